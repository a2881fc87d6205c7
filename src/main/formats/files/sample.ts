import { createHash } from 'node:crypto';
import { RandomAccessFile } from './random-access.ts';

const sampleBytes = 1 << 16;
const places = 5;

/**
 * A hash of five stretches of a file, evenly spread, 64 kB each: enough to tell scans apart without reading them, not
 * enough to name a content by.
 *
 * @throws FusiformError FILE_NOT_FOUND, FILE_UNREADABLE, FILE_EMPTY
 */
export async function sampleHash(path: string): Promise<string> {
  const hash = createHash('sha256');
  const file = await RandomAccessFile.open(path);
  try {
    const last = Math.max(0, file.bytes - sampleBytes);
    for (let place = 0; place < places; place++) {
      hash.update(await file.read(Math.floor((last * place) / (places - 1)), sampleBytes));
    }
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}
