import type { BoldSeries } from '../../formats/nifti/series.ts';
import { visitRawValues } from '../../formats/nifti/values.ts';

/** A run as quality control needs it, from one pass over its file. */
export interface QualitySeries {
  /** [nVolumes, nVoxels] scaled values of the mask's voxels. */
  readonly y: Float32Array;
  /** [nx * ny * nz] mean over time of every voxel, outside the mask too. */
  readonly mean: Float32Array;
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
  const sum = new Float64Array(nAll);
  await visitRawValues(
    header,
    nAll,
    (values, start) => {
      const volume = start / nAll;
      const at = volume * nVoxels;
      for (let voxel = 0; voxel < nVoxels; voxel += 1) {
        y[at + voxel] = values[indices[voxel]] * slope + inter;
      }
      for (let index = 0; index < nAll; index += 1) sum[index] += values[index];
      onVolume(volume);
    },
    signal,
  );
  return { y, mean: Float32Array.from(sum, (value) => (value / nVolumes) * slope + inter) };
}
