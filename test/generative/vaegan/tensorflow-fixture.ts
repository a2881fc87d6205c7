import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Numbers that TensorFlow computed; see `make-vaegan.py` beside them. */
export interface TensorFlowFixture {
  readonly variables: readonly [name: string, dtype: string, shape: number[]][];
  readonly codes: readonly number[][];
  readonly pictures: { readonly stride: number; readonly values: readonly number[] };
}

export const imageSize = 128;

export const tensorFlowFixture = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/tf-checkpoint/vaegan.json'), 'utf8'),
) as TensorFlowFixture;

/** The formula of `make-vaegan.py`: numbers in 0..1 from a hash of the stream's number and the position. */
function uniform(stream: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, at) => {
    let h = (Math.imul(at, 1103515245) + Math.imul(stream, 40503) + 12345) | 0;
    for (let round = 0; round < 2; round++) h = Math.imul(h ^ (h >>> 16), 0x45d9f3b);
    return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
  });
}

function span(name: string, shape: readonly number[]): [low: number, high: number] {
  const last = name.startsWith('generator/layer5/bn/');
  const product = (axes: readonly number[]) => axes.reduce((total, size) => total * size, 1);
  if (name.endsWith('/W')) {
    const fan = name.includes('deconv2d')
      ? (product(shape.slice(0, 2)) * shape[3]) / 4
      : product(shape.slice(0, -1));
    const limit = Math.sqrt(6 / fan) * (name.includes('/mu/') ? 0.2 : 1);
    return [-limit, limit];
  }
  if (name.endsWith('/gamma')) return last ? [0.02, 0.08] : [0.5, 1.5];
  if (name.endsWith('/beta')) return last ? [0.4, 0.6] : [-0.5, 0.5];
  if (name.includes('Squeeze_1/')) return [0.5, 2];
  return [-0.5, 0.5];
}

/** The values that the script gave to the variable at a position of its list. */
export function valuesOfVariable(position: number): Float32Array {
  const [name, , shape] = tensorFlowFixture.variables[position];
  const [low, high] = span(name, shape);
  const count = shape.reduce((total, size) => total * size, 1);
  return Float32Array.from(uniform(position, count), (value) => low + (high - low) * value);
}

/** The faces that the script encoded: noise, a ramp, noise. */
export function facesOfFixture(): Uint8Array {
  const length = imageSize * imageSize * 3;
  const bytes = Uint8Array.from(uniform(1000, 3 * length), (value) => Math.floor(value * 256));
  for (let pixel = 0; pixel < imageSize * imageSize; pixel++) {
    const value = Math.floor(pixel / imageSize) + (pixel % imageSize);
    bytes.fill(value, length + 3 * pixel, length + 3 * pixel + 3);
  }
  return bytes;
}
