import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { FusiformError } from '../../../shared/errors.ts';
import { asReadError, statFileChecked } from './read.ts';

/** Node moves at most 2 GiB at a time. */
const maximumTransfer = 1 << 30;

/** Compressed and decompressed at a time: smaller pieces take a third longer, larger ones leave the caches. */
const pieceBytes = 1 << 20;

/** Reads a file from front to back in constant memory; a gzip file gives its content. */
export interface ByteReader {
  readonly gzipped: boolean;
  /** Size on the disk. */
  readonly fileBytes: number;
  /** Fills `target` as far as the file reaches; returns how many bytes that were. */
  read(target: Uint8Array): Promise<number>;
  /** Goes on by `count` bytes without keeping them; returns how many there were to skip. */
  skip(count: number): Promise<number>;
  close(): Promise<void>;
}

/**
 * Opens a file for reading in order. Gzip is told by its first bytes, not by the name.
 *
 * @throws FusiformError FILE_NOT_FOUND, FILE_UNREADABLE, FILE_EMPTY; reading on may throw GZIP_CORRUPT
 */
export async function openByteReader(path: string): Promise<ByteReader> {
  const stats = await statFileChecked(path);
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    throw await asReadError(error, path);
  }
  try {
    const magic = new Uint8Array(2);
    await handle.read(magic, 0, 2, 0);
    if (magic[0] !== 0x1f || magic[1] !== 0x8b) return new PlainReader(path, handle, stats.size);
  } catch (error) {
    await handle.close();
    throw await asReadError(error, path);
  }
  await handle.close();
  return new GzipReader(path, stats.size);
}

class PlainReader implements ByteReader {
  readonly gzipped = false;
  readonly fileBytes: number;
  readonly #path: string;
  readonly #handle: FileHandle;
  #position = 0;

  constructor(path: string, handle: FileHandle, fileBytes: number) {
    this.#path = path;
    this.#handle = handle;
    this.fileBytes = fileBytes;
  }

  async read(target: Uint8Array): Promise<number> {
    let filled = 0;
    try {
      while (filled < target.length) {
        const wanted = Math.min(target.length - filled, maximumTransfer);
        const { bytesRead } = await this.#handle.read(target, filled, wanted, this.#position);
        if (bytesRead === 0) break;
        filled += bytesRead;
        this.#position += bytesRead;
      }
    } catch (error) {
      throw await asReadError(error, this.#path);
    }
    return filled;
  }

  async skip(count: number): Promise<number> {
    const skipped = Math.max(0, Math.min(count, this.fileBytes - this.#position));
    this.#position += skipped;
    return skipped;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

class GzipReader implements ByteReader {
  readonly gzipped = true;
  readonly fileBytes: number;
  readonly #path: string;
  readonly #source: ReturnType<typeof createReadStream>;
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(path: string, fileBytes: number) {
    this.#path = path;
    this.fileBytes = fileBytes;
    this.#source = createReadStream(path, { highWaterMark: pieceBytes });
    const gunzip = createGunzip({ chunkSize: pieceBytes });
    // pipe() does not hand errors on: without this a disk error would leave the reader waiting for ever.
    this.#source.on('error', (error) => gunzip.destroy(error));
    this.#chunks = this.#source.pipe(gunzip)[Symbol.asyncIterator]();
  }

  async read(target: Uint8Array): Promise<number> {
    let filled = 0;
    while (filled < target.length && (await this.#refill())) {
      const part = this.#rest.subarray(0, target.length - filled);
      target.set(part, filled);
      filled += part.length;
      this.#rest = this.#rest.subarray(part.length);
    }
    return filled;
  }

  async skip(count: number): Promise<number> {
    let skipped = 0;
    while (skipped < count && (await this.#refill())) {
      const part = Math.min(this.#rest.length, count - skipped);
      skipped += part;
      this.#rest = this.#rest.subarray(part);
    }
    return skipped;
  }

  async close(): Promise<void> {
    this.#source.destroy();
    await this.#chunks.return?.();
  }

  /** Whether there is anything left. */
  async #refill(): Promise<boolean> {
    while (this.#rest.length === 0) {
      let next: IteratorResult<Uint8Array>;
      try {
        next = await this.#chunks.next();
      } catch (error) {
        throw await this.#named(error);
      }
      if (next.done) return false;
      this.#rest = next.value;
    }
    return true;
  }

  async #named(error: unknown): Promise<unknown> {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')) {
      return new FusiformError(
        'GZIP_CORRUPT',
        `The compressed file is damaged or cut short: ${error.message}.`,
        {
          file: this.#path,
          cause: error,
        },
      );
    }
    return asReadError(error, this.#path);
  }
}
