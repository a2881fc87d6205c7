import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Random } from '../../../src/main/math/random.ts';
import { type MatlabArray, matrixOf, writeMatlab73 } from './matlab73.ts';

/** Axes of the volumes. */
export const volume = [12, 10, 8] as const;
const volumeVoxels = volume[0] * volume[1] * volume[2];
export const regionNames = ['occipital', 'temporal', 'frontoparietal'] as const;

/** A subject whose voxels answer to faces by a known linear model. */
export interface SimulatedSubject {
  readonly latentDim: number;
  readonly faces: number;
  /** Selected voxels, counted from one, in the order of the weights. */
  readonly validindices: Float64Array;
  /** [latents + 1, voxels], row-major; the bias is the last row. */
  readonly W: Float64Array;
  /** [faces, volume voxels], x fastest. */
  readonly vol: Float64Array;
  /** [volume voxels] */
  readonly imagery: Float64Array;
  /** [faces, latents] */
  readonly codes: Float32Array;
  /** [latents] */
  readonly imagined: Float32Array;
}

export function simulateSubject(
  codes: Float32Array,
  imagined: Float32Array,
  { nVoxels = 90, noise = 0.01 }: { nVoxels?: number; noise?: number } = {},
): SimulatedSubject {
  const latentDim = imagined.length;
  const faces = codes.length / latentDim;
  const random = new Random('published subject');
  const draw = random.fork('normal');
  const order = random.fork('voxels').permutation(volumeVoxels).slice(0, nVoxels);
  const validindices = Float64Array.from(order, (voxel) => voxel + 1);
  const W = Float64Array.from({ length: (latentDim + 1) * nVoxels }, () => Math.fround(draw.normal()));
  const response = (code: Float32Array): Float64Array => {
    const pattern = Float64Array.from({ length: volumeVoxels }, () => draw.normal());
    order.forEach((voxel, at) => {
      let sum = W[latentDim * nVoxels + at];
      code.forEach((value, latent) => {
        sum += value * W[latent * nVoxels + at];
      });
      pattern[voxel] = sum + noise * draw.normal();
    });
    return pattern;
  };
  const vol = new Float64Array(faces * volumeVoxels);
  for (let face = 0; face < faces; face++) {
    vol.set(response(codes.subarray(face * latentDim, (face + 1) * latentDim)), face * volumeVoxels);
  }
  return { latentDim, faces, validindices, W, vol, imagery: response(imagined), codes, imagined };
}

/** Every file of the subject by name, as the study lays it out; tests change what they need. */
export function publishedVariables(
  subject: SimulatedSubject,
  space = 'VAEGAN',
): Record<string, Record<string, MatlabArray>> {
  const { latentDim, faces, validindices, W, vol, imagery, codes, imagined } = subject;
  const nVoxels = validindices.length;
  const roi = (voxels: readonly number[]) => {
    const part = Float64Array.from({ length: (latentDim + 1) * voxels.length }, (_, at) => {
      const row = Math.floor(at / voxels.length);
      return W[row * nVoxels + voxels[at % voxels.length]];
    });
    return {
      W: matrixOf(part, latentDim + 1, voxels.length),
      invcovW: matrixOf(inverse(gram(part, latentDim + 1)), latentDim + 1, latentDim + 1),
      validindices: {
        shape: [voxels.length, 1],
        columnMajor: Float64Array.from(voxels, (at) => validindices[at]),
      },
    };
  };
  const all = Array.from({ length: nVoxels }, (_, at) => at);
  const third = nVoxels / 3;
  const latents = `${space.toLowerCase()}latentvars`;
  return {
    [`ROI_${space}.mat`]: roi(all),
    ...Object.fromEntries(
      regionNames.map((name, at) => [
        `ROI_${space}_${name}.mat`,
        roi(all.slice(at * third, (at + 1) * third)),
      ]),
    ),
    'test_patterns.mat': { vol: matrixOf(vol, faces, volumeVoxels) },
    'test_images.mat': { [`testimage_${latents}`]: matrixOf(codes, faces, latentDim) },
    'img_pattern.mat': { vol: matrixOf(imagery, 1, volumeVoxels) },
    'img_image.mat': { [`imgimage_${latents}`]: matrixOf(imagined, 1, latentDim) },
    'FacevsFix.mat': { T: { shape: volume, columnMajor: vol.slice(0, volumeVoxels) } },
  };
}

export async function writePublished(
  dir: string,
  files: Readonly<Record<string, Readonly<Record<string, MatlabArray>>>>,
): Promise<void> {
  await mkdir(dir, { recursive: true });
  for (const [name, variables] of Object.entries(files)) await writeMatlab73(join(dir, name), variables);
}

/** Patterns of the selected voxels, NaN as zero, decoded by `x = y W' (W W')^-1` in float64, the bias dropped. */
export function decodeReference(
  subject: SimulatedSubject,
  patterns: Float64Array,
  only?: readonly number[],
): Float64Array {
  const { latentDim, validindices, W } = subject;
  const nVoxels = validindices.length;
  const voxels = only ?? Array.from({ length: nVoxels }, (_, at) => at);
  const rows = latentDim + 1;
  const weights = Float64Array.from(
    { length: rows * voxels.length },
    (_, at) => W[Math.floor(at / voxels.length) * nVoxels + voxels[at % voxels.length]],
  );
  const solve = inverse(gram(weights, rows));
  const count = patterns.length / volumeVoxels;
  const decoded = new Float64Array(count * latentDim);
  for (let pattern = 0; pattern < count; pattern++) {
    const projected = new Float64Array(rows);
    voxels.forEach((voxel, at) => {
      const value = patterns[pattern * volumeVoxels + validindices[voxel] - 1];
      if (Number.isNaN(value)) return;
      for (let row = 0; row < rows; row++) projected[row] += value * weights[row * voxels.length + at];
    });
    for (let latent = 0; latent < latentDim; latent++) {
      for (let row = 0; row < rows; row++) {
        decoded[pattern * latentDim + latent] += solve[latent * rows + row] * projected[row];
      }
    }
  }
  return decoded;
}

function gram(weights: Float64Array, rows: number): Float64Array {
  const columns = weights.length / rows;
  return Float64Array.from({ length: rows * rows }, (_, at) => {
    const [a, b] = [Math.floor(at / rows), at % rows];
    let sum = 0;
    for (let column = 0; column < columns; column++)
      sum += weights[a * columns + column] * weights[b * columns + column];
    return sum;
  });
}

/** Gauss and Jordan, with pivots. */
function inverse(square: Float64Array): Float64Array {
  const n = Math.sqrt(square.length);
  const left = square.slice();
  const right = Float64Array.from({ length: n * n }, (_, at) => (Math.floor(at / n) === at % n ? 1 : 0));
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let row = column; row < n; row++) {
      if (Math.abs(left[row * n + column]) > Math.abs(left[pivot * n + column])) pivot = row;
    }
    for (const side of [left, right]) {
      const kept = side.slice(pivot * n, (pivot + 1) * n);
      side.copyWithin(pivot * n, column * n, (column + 1) * n);
      side.set(kept, column * n);
    }
    const scale = left[column * n + column];
    for (const side of [left, right]) {
      for (let at = 0; at < n; at++) side[column * n + at] /= scale;
    }
    for (let row = 0; row < n; row++) {
      const factor = left[row * n + column];
      if (row === column || factor === 0) continue;
      for (const side of [left, right]) {
        for (let at = 0; at < n; at++) side[row * n + at] -= factor * side[column * n + at];
      }
    }
  }
  return right;
}
