import { openByteReader } from '../files/byte-reader.ts';
import { decodeArray } from './data-array.ts';
import { GiftiParser } from './document.ts';
import type { Gifti, GiftiArray } from './gifti.ts';

export type { CoordinateSystem, Gifti, GiftiArray, GiftiLabel } from './gifti.ts';

const chunkBytes = 1 << 18;

/**
 * Reads a GIfTI file (`.surf.gii`, `.func.gii`, `.shape.gii`, `.label.gii`; compressed or not): every encoding of the
 * format, both byte orders, both index orders. The arrays are those that nibabel gives.
 *
 * @throws FusiformError GIFTI_INVALID, GIFTI_UNSUPPORTED (complex numbers, colours, another encoding), GZIP_CORRUPT, and
 *   what opening a file throws
 */
export async function readGifti(path: string): Promise<Gifti> {
  const parser = new GiftiParser(path);
  const decoder = new TextDecoder('utf-8');
  const reader = await openByteReader(path);
  try {
    const bytes = new Uint8Array(chunkBytes);
    for (;;) {
      const read = await reader.read(bytes);
      if (read === 0) break;
      parser.write(decoder.decode(bytes.subarray(0, read), { stream: true }));
    }
    parser.write(decoder.decode());
  } finally {
    await reader.close();
  }
  const { version, metadata, labels, arrays } = parser.close();
  const decoded: GiftiArray[] = [];
  for (const array of arrays) {
    decoded.push(await decodeArray(array, path));
    // The text is several times as large as the numbers.
    array.data = '';
  }
  return { version, metadata, labels, arrays: decoded };
}
