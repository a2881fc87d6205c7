import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Problem } from '../../../shared/errors.ts';
import { npyHeader } from '../../formats/npy/npy.ts';

/** What became of an image, in the order of the manifest. */
export type ImportRecord =
  | {
      readonly kind: 'kept' | 'dropped';
      /** Hash of the pixels after cropping, 32 hexadecimal digits. */
      readonly pixels: string;
      /** Difference hash, two words. */
      readonly outline: readonly [number, number];
    }
  | { readonly kind: 'rejected'; readonly problem: Problem };

/** Room for the header of the pixel file, whose number of images is known only at the end. */
const headerBytes = 128;
/** Pixels are handed to the system in pieces of about this size. */
const pieceBytes = 4 * 2 ** 20;

/**
 * An import in progress: the pixels of the images so far, and a line of JSON an image beside them. A checkpoint first
 * flushes the pixels to the disk, then adds the lines: whatever moment a kill or a power cut chooses, each line
 * stands for pixels that are there. Opening cuts both files back to what the lines vouch for.
 */
export class ImportJournal {
  /** What became of the images of earlier attempts and of this one. */
  readonly records: ImportRecord[];
  readonly pixelFile: string;
  readonly #rowBytes: number;
  readonly #pixels: FileHandle;
  readonly #lines: FileHandle;
  #kept: number;
  /** Kept images that wait to be written. */
  #waiting: Uint8Array[] = [];
  /** Records from here on are not in the journal yet. */
  #recorded: number;

  private constructor(
    pixelFile: string,
    rowBytes: number,
    files: { pixels: FileHandle; lines: FileHandle },
    records: ImportRecord[],
  ) {
    this.pixelFile = pixelFile;
    this.#rowBytes = rowBytes;
    this.#pixels = files.pixels;
    this.#lines = files.lines;
    this.records = records;
    this.#recorded = records.length;
    this.#kept = countKept(records);
  }

  /**
   * @param folder where an earlier attempt may have left its files.
   * @param rowBytes bytes of an image.
   */
  static async open(folder: string, rowBytes: number): Promise<ImportJournal> {
    const pixelFile = join(folder, 'pixels.npy');
    const journalFile = join(folder, 'journal.jsonl');
    const pixels = await openOrCreate(pixelFile);
    const lines = await openOrCreate(journalFile);
    const { size } = await pixels.stat();
    const { records, bytes } = readLines(
      await readFile(journalFile),
      Math.floor((size - headerBytes) / rowBytes),
    );
    await lines.truncate(bytes);
    await pixels.truncate(headerBytes + countKept(records) * rowBytes);
    return new ImportJournal(pixelFile, rowBytes, { pixels, lines }, records);
  }

  /** @param pixels of a kept image; not to be changed afterwards. */
  async add(record: ImportRecord, pixels?: Uint8Array): Promise<void> {
    this.records.push(record);
    if (record.kind !== 'kept') return;
    if (pixels?.length !== this.#rowBytes) throw new RangeError('A kept image comes with all its pixels.');
    this.#waiting.push(pixels);
    if (this.#waiting.length * this.#rowBytes >= pieceBytes) await this.#write();
  }

  /** Makes all that was added so far outlive the process and the power. */
  async checkpoint(): Promise<void> {
    await this.#write();
    await this.#pixels.datasync();
    const lines = this.records.slice(this.#recorded).map(toLine).join('');
    this.#recorded = this.records.length;
    await this.#lines.appendFile(lines);
    await this.#lines.datasync();
  }

  /** Completes the pixel file: `[kept, size, size, 3]`. */
  async finish(size: number): Promise<void> {
    await this.checkpoint();
    const header = npyHeader([this.#kept, size, size, 3], '|u1', headerBytes);
    await this.#pixels.write(header, 0, headerBytes, 0);
    await this.#pixels.datasync();
  }

  async close(): Promise<void> {
    await this.#pixels.close();
    await this.#lines.close();
  }

  async #write(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const rows = this.#waiting;
    const at = headerBytes + this.#kept * this.#rowBytes;
    const { bytesWritten } = await this.#pixels.writev(rows, at);
    // A disk that fills up takes a part; the next call says why.
    for (let done = bytesWritten; done < rows.length * this.#rowBytes; ) {
      const row = rows[Math.floor(done / this.#rowBytes)].subarray(done % this.#rowBytes);
      done += (await this.#pixels.write(row, 0, row.length, at + done)).bytesWritten;
    }
    this.#kept += rows.length;
    this.#waiting = [];
  }
}

/** For reading and writing at any place, as it is or empty. */
async function openOrCreate(path: string): Promise<FileHandle> {
  return open(path, 'r+').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return open(path, 'w+');
  });
}

function countKept(records: readonly ImportRecord[]): number {
  return records.reduce((count, { kind }) => count + (kind === 'kept' ? 1 : 0), 0);
}

function toLine(record: ImportRecord): string {
  return `${JSON.stringify(record)}\n`;
}

/** The whole lines up to the first that is damaged or tells of more images than the pixel file holds. */
function readLines(content: Buffer, rows: number): { records: ImportRecord[]; bytes: number } {
  const records: ImportRecord[] = [];
  let bytes = 0;
  let kept = 0;
  for (let end = content.indexOf(10); end >= 0; end = content.indexOf(10, bytes)) {
    const record = parseLine(content.toString('utf8', bytes, end));
    if (record === null) break;
    if (record.kind === 'kept' && ++kept > rows) break;
    records.push(record);
    bytes = end + 1;
  }
  return { records, bytes };
}

function parseLine(line: string): ImportRecord | null {
  try {
    return JSON.parse(line) as ImportRecord;
  } catch {
    return null;
  }
}
