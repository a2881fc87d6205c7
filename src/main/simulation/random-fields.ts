import type { Random } from '../math/random.ts';

type Shape = readonly [number, number, number];

/**
 * A Gaussian random field: white noise smoothed by a Gaussian along the three axes, scaled to unit standard
 * deviation and zero mean over the voxels asked for.
 *
 * @param fwhm of the smoothing, in voxels.
 * @param indices flat voxel indices, x fastest.
 * @returns [indices.length].
 */
export function smoothField(random: Random, shape: Shape, fwhm: number, indices: Uint32Array): Float32Array {
  let field = new Float32Array(shape[0] * shape[1] * shape[2]);
  random.fillNormal(field);
  const kernel = gaussianKernel(fwhm / Math.sqrt(8 * Math.log(2)));
  let stride = 1;
  for (const length of shape) {
    field = smoothAlong(field, length, stride, kernel);
    stride *= length;
  }
  const values = Float32Array.from(indices, (index) => field[index]);
  return standardise(values);
}

function gaussianKernel(sigma: number): Float64Array {
  const radius = Math.max(1, Math.ceil(2.5 * sigma));
  return Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-0.5 * ((i - radius) / sigma) ** 2),
  );
}

function smoothAlong(
  field: Float32Array,
  length: number,
  stride: number,
  kernel: Float64Array,
): Float32Array<ArrayBuffer> {
  const radius = (kernel.length - 1) / 2;
  const out = new Float32Array(field.length);
  for (let index = 0; index < field.length; index += 1) {
    const position = Math.floor(index / stride) % length;
    const from = Math.max(-radius, -position);
    const to = Math.min(radius, length - 1 - position);
    let sum = 0;
    for (let offset = from; offset <= to; offset += 1) {
      sum += kernel[offset + radius] * field[index + offset * stride];
    }
    out[index] = sum;
  }
  return out;
}

/** In place, to mean 0 and standard deviation 1. */
export function standardise(values: Float32Array): Float32Array {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  const scale = 1 / Math.sqrt(squares / values.length);
  for (let i = 0; i < values.length; i += 1) values[i] = (values[i] - mean) * scale;
  return values;
}
