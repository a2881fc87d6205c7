import type { BoldSeries } from '../../formats/nifti/series.ts';
import { visitRawValues } from '../../formats/nifti/values.ts';

/** A run as quality control needs it, from one pass over its file. */
export interface QualitySeries {
  /** [nVolumes, nVoxels] scaled values of the mask's voxels. */
  readonly y: Float32Array;
  /** [nx * ny * nz] mean over time of every voxel, outside the mask too. */
  readonly mean: Float32Array;
  /** The same for the population standard deviation. */
  readonly sd: Float32Array;
}

/** @param indices flat indices of the mask's voxels */
export async function readQualitySeries(
  series: BoldSeries,
  indices: Uint32Array,
  signal: AbortSignal,
  onVolume: (volume: number) => void,
): Promise<QualitySeries> {
  const { header, grid, nVolumes } = series;
  const slope = header.slope ?? 1;
  const inter = header.inter ?? 0;
  const nAll = grid.shape[0] * grid.shape[1] * grid.shape[2];
  const nVoxels = indices.length;
  const y = new Float32Array(nVolumes * nVoxels);
  // About the first volume, so that a large mean costs no digits.
  const origin = new Float64Array(nAll);
  const sum = new Float64Array(nAll);
  const squares = new Float64Array(nAll);
  await visitRawValues(
    header,
    nAll,
    (values, start) => {
      const volume = start / nAll;
      if (volume === 0) origin.set(values);
      const at = volume * nVoxels;
      for (let voxel = 0; voxel < nVoxels; voxel += 1) {
        y[at + voxel] = values[indices[voxel]] * slope + inter;
      }
      for (let index = 0; index < nAll; index += 1) {
        const value = values[index] - origin[index];
        sum[index] += value;
        squares[index] += value * value;
      }
      onVolume(volume);
    },
    signal,
  );
  const mean = new Float32Array(nAll);
  const sd = new Float32Array(nAll);
  for (let index = 0; index < nAll; index += 1) {
    const shift = sum[index] / nVolumes;
    mean[index] = (origin[index] + shift) * slope + inter;
    sd[index] = Math.abs(slope) * Math.sqrt(Math.max(0, squares[index] / nVolumes - shift * shift));
  }
  return { y, mean, sd };
}
