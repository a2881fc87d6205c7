import { type Matrix, matrix } from '../../math/matrix.ts';
import { attributes, type Binding } from './backend.ts';

/** TensorFlow's numbers of types that tfjs has no name for. */
const double = 2;
const int32 = 3;

/**
 * `x'x` by TensorFlow's float64 kernel. tfjs knows no float64: the bits come and go as pairs of int32.
 *
 * @param x [rows, cols]
 * @returns [cols, cols]
 */
export function nativeGram(binding: Binding, x: Matrix): Matrix {
  const made: number[] = [];
  const keep = (id: number): number => {
    made.push(id);
    return id;
  };
  const type = (name: string, value: number) => ({ name, type: binding.TF_ATTR_TYPE, value });
  const cast = (from: number, to: number, id: number): number =>
    keep(binding.executeOp('Bitcast', [type('T', from), type('type', to)], [id], 1)[0].id);
  const { bool } = attributes(binding);
  try {
    const bits = new Int32Array(x.data.buffer, x.data.byteOffset, 2 * x.data.length);
    const wide = cast(int32, double, keep(binding.createTensor([x.rows, x.cols, 2], int32, bits)));
    const product = binding.executeOp(
      'MatMul',
      [type('T', double), bool('transpose_a', true), bool('transpose_b', false)],
      [wide, wide],
      1,
    )[0].id;
    const result = binding.tensorDataSync(cast(double, int32, keep(product)));
    return matrix(x.cols, x.cols, new Float64Array(result.buffer, result.byteOffset, x.cols ** 2));
  } finally {
    for (const id of made) binding.deleteTensor(id);
  }
}
