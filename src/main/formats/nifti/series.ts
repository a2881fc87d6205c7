import { FusiformError } from '../../../shared/errors.ts';
import { checkAllocation, gridOf, type NiftiHeader, readNiftiHeader } from './header.ts';
import type { Grid, Volume } from './space.ts';
import { visitRawValues } from './values.ts';

/** A run of volumes on the disk. Opening reads the header alone; every read goes through the file once. */
export interface BoldSeries {
  readonly path: string;
  readonly header: NiftiHeader;
  readonly grid: Grid;
  readonly nVolumes: number;
  /** Seconds, as the image header says; null where it does not. */
  readonly tR: number | null;
  /**
   * Scaled values of some voxels over time, in the memory of one volume and the result.
   *
   * @param indices flat voxel indices, x fastest.
   * @param into memory for the result, used where it is large enough.
   * @returns [nVolumes, nVoxels]
   */
  readMasked(indices: Uint32Array, signal?: AbortSignal, into?: ArrayBuffer): Promise<Float32Array>;
  /** Mean over time of every voxel, in the memory of two volumes. A voxel that is ever NaN has the mean NaN. */
  readMean(signal?: AbortSignal): Promise<Volume>;
}

/**
 * Opens a time series: an image of four axes (axes of size 1 behind them do no harm), or one volume.
 *
 * @throws FusiformError NIFTI_NOT_4D, and what `readNiftiHeader` throws
 */
export async function openSeries(path: string): Promise<BoldSeries> {
  const header = await readNiftiHeader(path);
  if (header.shape.slice(4).some((size) => size !== 1)) {
    throw new FusiformError(
      'NIFTI_NOT_4D',
      `A time series was expected; the image is ${header.shape.join(' x ')}.`,
      {
        file: path,
        details: { shape: header.shape },
      },
    );
  }
  const grid = gridOf(header);
  const nVoxels = grid.shape[0] * grid.shape[1] * grid.shape[2];
  const nVolumes = header.shape[3] ?? 1;
  const slope = header.slope ?? 1;
  const inter = header.inter ?? 0;

  return {
    path,
    header,
    grid,
    nVolumes,
    tR: header.tR,

    async readMasked(indices, signal, into) {
      for (const index of indices) {
        if (index >= nVoxels) throw new RangeError(`voxel ${index} of a volume of ${nVoxels} voxels`);
      }
      const count = nVolumes * indices.length;
      checkAllocation(count * 4, path);
      const enough = into !== undefined && into.byteLength >= count * 4;
      const result = enough ? new Float32Array(into, 0, count) : new Float32Array(count);
      let position = 0;
      const collect = (values: ArrayLike<number>): void => {
        gather(result, position, values, indices, slope, inter);
        position += indices.length;
      };
      await visitRawValues(header, nVoxels, collect, signal);
      return result;
    },

    async readMean(signal) {
      const sum = new Float64Array(nVoxels);
      const add = (values: ArrayLike<number>): void => {
        for (let index = 0; index < nVoxels; index += 1) sum[index] += values[index];
      };
      await visitRawValues(header, nVoxels, add, signal);
      const data = Float32Array.from(sum, (value) => (value / nVolumes) * slope + inter);
      return { grid, data };
    },
  };
}

/** Scaled values of some voxels of a volume. A function of its own: on captured variables the loop is ten times slower. */
function gather(
  to: Float32Array,
  start: number,
  values: ArrayLike<number>,
  indices: Uint32Array,
  slope: number,
  inter: number,
): void {
  for (let at = 0; at < indices.length; at += 1) to[start + at] = values[indices[at]] * slope + inter;
}
