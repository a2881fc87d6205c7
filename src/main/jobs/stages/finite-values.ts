import { FusiformError } from '../../../shared/errors.ts';
import type { BoldSeries } from '../../formats/nifti/series.ts';

/**
 * Values of some voxels over time, [nVolumes, nVoxels], all of them numbers.
 *
 * @param into memory for them, used where it is large enough
 * @throws FusiformError DATA_NOT_FINITE naming the first voxel and volume; what reading throws
 */
export async function finiteValues(
  series: BoldSeries,
  indices: Uint32Array,
  signal?: AbortSignal,
  into?: ArrayBuffer,
): Promise<Float32Array> {
  const values = await series.readMasked(indices, signal, into);
  for (let at = 0; at < values.length; at++) {
    if (Number.isFinite(values[at])) continue;
    const voxel = indices[at % indices.length];
    const volume = Math.floor(at / indices.length);
    throw new FusiformError(
      'DATA_NOT_FINITE',
      `The data hold NaN or Inf inside the mask (first at voxel ${voxel}, volume ${volume}, both from 0).`,
      { file: series.path, details: { voxel, volume } },
    );
  }
  return values;
}
