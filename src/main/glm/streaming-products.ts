import type { Engine } from '../engine/engine.ts';
import { crossProduct, type Matrix, matrix, multiply, transpose } from '../math/matrix.ts';
import { centredBlock } from './linear-fit.ts';

/** The products over voxels that streaming least squares is made of, in float64 loops or on an engine. */

export interface ChunkProduct {
  /** X'Y and y'y of voxels start .. start + size, nuisance projected out. */
  apply(
    y: Float32Array,
    means: Float64Array,
    start: number,
    size: number,
  ): Promise<{ crossProduct: Float64Array | Float32Array; squares: Float64Array | Float32Array }>;
  dispose(): void;
}

export function loopProduct(x: Matrix, q: Matrix): ChunkProduct {
  return {
    apply: async (y, means, start, size) => {
      const block = matrix(x.rows, size);
      centredBlock(block.data, y, means, start, size);
      const fitted = multiply(q, crossProduct(q, block));
      const squares = new Float64Array(size);
      for (let t = 0; t < x.rows; t++) {
        for (let v = 0; v < size; v++) {
          block.data[t * size + v] -= fitted.data[t * size + v];
          squares[v] += block.data[t * size + v] ** 2;
        }
      }
      return { crossProduct: crossProduct(x, block).data, squares };
    },
    dispose: () => {},
  };
}

export function engineProduct({ tf }: Engine, x: Matrix, q: Matrix): ChunkProduct {
  const nTime = x.rows;
  const tensor = ({ rows, cols, data }: Matrix) => tf.tensor2d(Float32Array.from(data), [rows, cols]);
  // Transposed here: kernels that transpose are several times slower on some engines.
  const xT = x.cols === 0 ? null : tensor(transpose(x));
  const basis = q.cols === 0 ? null : { q: tensor(q), qT: tensor(transpose(q)) };
  return {
    apply: async (y, means, start, size) => {
      // A new array for each chunk: an engine may keep the one it was given.
      const centred = new Float32Array(nTime * size);
      centredBlock(centred, y, means, start, size);
      const tensors = tf.tidy(() => {
        const block = tf.tensor2d(centred, [nTime, size]);
        const left = basis === null ? block : tf.sub(block, tf.matMul(basis.q, tf.matMul(basis.qT, block)));
        const squares = tf.sum(tf.square(left), 0);
        return xT === null ? [squares] : [squares, tf.matMul(xT, left)];
      });
      try {
        const [squares, product] = await Promise.all(tensors.map((result) => result.data<'float32'>()));
        return { squares, crossProduct: product ?? new Float32Array(0) };
      } finally {
        tf.dispose(tensors);
      }
    },
    dispose: () => {
      xT?.dispose();
      basis?.q.dispose();
      basis?.qT.dispose();
    },
  };
}

export interface Multiplier {
  apply(right: Matrix): Promise<Float64Array | Float32Array>;
  dispose(): void;
}

export function loopMultiplier(left: Matrix): Multiplier {
  return { apply: async (right) => multiply(left, right).data, dispose: () => {} };
}

export function engineMultiplier({ tf }: Engine, left: Matrix): Multiplier {
  const leftTensor = tf.tensor2d(Float32Array.from(left.data), [left.rows, left.cols]);
  return {
    apply: async (right) => {
      const product = tf.tidy(() =>
        tf.matMul(leftTensor, tf.tensor2d(Float32Array.from(right.data), [right.rows, right.cols])),
      );
      try {
        return await product.data<'float32'>();
      } finally {
        product.dispose();
      }
    },
    dispose: () => leftTensor.dispose(),
  };
}
