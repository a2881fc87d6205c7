import { FusiformError } from '../../../shared/errors.ts';
import { checkAllocation, gridOf, type NiftiHeader, readNiftiHeader, valueCount } from './header.ts';
import type { Volume } from './space.ts';
import { visitRawValues } from './values.ts';

export type { Datatype } from './datatypes.ts';
export { gridOf, type NiftiHeader, type NiftiIntent, readNiftiHeader } from './header.ts';
export type { Grid, Volume } from './space.ts';

/** Values decoded at a time where the order of volumes does not matter. */
const blockValues = 1 << 20;

export interface NiftiImage {
  readonly header: NiftiHeader;
  /**
   * Scaled values, first axis fastest. Float64Array where the stored type does not fit into float32 (32-bit and
   * 64-bit integers, float64), else Float32Array.
   */
  readonly data: Float32Array | Float64Array;
}

/**
 * Reads a whole image with its scaling applied.
 *
 * @throws FusiformError what `readNiftiHeader` throws, and NIFTI_TRUNCATED, GZIP_CORRUPT
 */
export async function readNifti(path: string): Promise<NiftiImage> {
  const header = await readNiftiHeader(path);
  const count = valueCount(header);
  checkAllocation(count * (header.datatype.wide ? 8 : 4), header.dataFile);
  const data = header.datatype.wide ? new Float64Array(count) : new Float32Array(count);
  await readInto(data, header);
  return { header, data };
}

/**
 * Reads an image of one volume as float32.
 *
 * @throws FusiformError NIFTI_NOT_3D for a series of volumes, and what `readNifti` throws
 */
export async function readVolume(path: string): Promise<Volume> {
  const header = await readNiftiHeader(path);
  if (header.shape.slice(3).some((size) => size !== 1)) {
    throw new FusiformError(
      'NIFTI_NOT_3D',
      `One volume was expected; the image is ${header.shape.join(' x ')}.`,
      {
        file: path,
        details: { shape: header.shape },
      },
    );
  }
  checkAllocation(valueCount(header) * 4, header.dataFile);
  const data = new Float32Array(valueCount(header));
  await readInto(data, header);
  return { grid: gridOf(header), data };
}

async function readInto(data: Float32Array | Float64Array, header: NiftiHeader): Promise<void> {
  const slope = header.slope ?? 1;
  const inter = header.inter ?? 0;
  await visitRawValues(header, blockValues, (values, start) => {
    if (slope === 1 && inter === 0) data.set(values, start);
    else
      for (let index = 0; index < values.length; index += 1)
        data[start + index] = values[index] * slope + inter;
  });
}
