import { type ByteReader, openByteReader } from '../files/byte-reader.ts';
import { decodeValues, type RawValues } from './datatypes.ts';
import { checkAllocation, type NiftiHeader, truncated, valueCount } from './header.ts';

/**
 * How far to read on behind the last voxel. A gzip file's checksum stands at its end: reading to the end verifies it;
 * a file that goes on for longer is not worth the wait.
 */
const maximumTrailingBytes = 1 << 20;

/**
 * Gives the stored (unscaled) values of an image block by block, in order, in the memory of one block.
 *
 * @param blockValues values a block, such as one volume; the last block may be shorter.
 * @param visit gets the values, which are overwritten afterwards, and the position of the first of them.
 * @throws FusiformError NIFTI_TRUNCATED, GZIP_CORRUPT; the reason of an aborted signal
 */
export async function visitRawValues(
  header: NiftiHeader,
  blockValues: number,
  visit: (values: RawValues, start: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  const total = valueCount(header);
  const { bytes } = header.datatype;
  checkAllocation(blockValues * bytes, header.dataFile);
  const reader = await openByteReader(header.dataFile);
  try {
    if ((await reader.skip(header.dataOffset)) < header.dataOffset) throw truncated(header, 0);
    const buffer = new ArrayBuffer(Math.min(blockValues, total) * bytes);
    for (let start = 0; start < total; start += blockValues) {
      signal?.throwIfAborted();
      const count = Math.min(blockValues, total - start);
      await fill(reader, new Uint8Array(buffer, 0, count * bytes), header, start * bytes);
      visit(decodeValues(buffer, count, header.datatype, header.byteOrder), start);
    }
    if (reader.gzipped) await reader.skip(maximumTrailingBytes);
  } finally {
    await reader.close();
  }
}

async function fill(
  reader: ByteReader,
  target: Uint8Array,
  header: NiftiHeader,
  before: number,
): Promise<void> {
  const filled = await reader.read(target);
  if (filled < target.length) throw truncated(header, header.dataOffset + before + filled);
}
