import { type FileHandle, open } from 'node:fs/promises';
import { asReadError, statFileChecked } from './read.ts';

/** Node moves at most 2 GiB at a time. */
const maximumTransfer = 1 << 30;

/** A file of which parts are read in any order. */
export class RandomAccessFile {
  readonly path: string;
  /** Size on the disk when it was opened. */
  readonly bytes: number;
  readonly #handle: FileHandle;

  private constructor(path: string, bytes: number, handle: FileHandle) {
    this.path = path;
    this.bytes = bytes;
    this.#handle = handle;
  }

  /** @throws FusiformError FILE_NOT_FOUND, FILE_UNREADABLE, FILE_EMPTY */
  static async open(path: string): Promise<RandomAccessFile> {
    const { size } = await statFileChecked(path);
    try {
      return new RandomAccessFile(path, size, await open(path, 'r'));
    } catch (error) {
      throw await asReadError(error, path);
    }
  }

  /**
   * `length` bytes from `offset` in memory of their own. Fewer come back where the file ends before, and no more memory
   * is taken than the file has bytes there, whatever `length` says.
   */
  async read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const target = new Uint8Array(Math.max(0, Math.min(length, this.bytes - offset)));
    let filled = 0;
    try {
      while (filled < target.length) {
        const wanted = Math.min(target.length - filled, maximumTransfer);
        const { bytesRead } = await this.#handle.read(target, filled, wanted, offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
    } catch (error) {
      throw await asReadError(error, this.path);
    }
    return filled === target.length ? target : target.slice(0, filled);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
