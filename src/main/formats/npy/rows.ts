import { closeSync, openSync, readSync } from 'node:fs';
import { FusiformError } from '../../../shared/errors.ts';
import { type MappedFile, mapFile } from '../files/mapped-file.ts';
import { readNpyLayout } from './npy.ts';

/** An array on the disk, read row by row (its first axis), never as a whole. */
export interface NpyRows {
  readonly shape: readonly number[];
  /** Bytes of a row. */
  readonly rowBytes: number;
  /** Why the rows are copied by ordinary reads; null where they are views of the mapped file. */
  readonly whyNotMapped: string | null;
  /**
   * A row, not to be written. It stays as it is until `close`.
   *
   * @throws RangeError where there is no such row, or the array was closed.
   */
  row(index: number): Uint8Array;
  /** Gives the file back. Views of a mapped file are empty from then on. */
  close(): void;
}

/** Maps a file or says why not; tests put a refusing one in its place. */
export type MapFile = (path: string, length: number) => Promise<MappedFile>;

/**
 * Opens a `uint8` (or `float32`) array of numpy's format for reading by rows. The file is mapped into memory where the system
 * allows it, so that a set larger than memory costs address space alone; else each row is read into memory of its own.
 * What is not closed is given back when nothing reaches it any more.
 *
 * @throws FusiformError NPY_INVALID (another type, or fewer bytes than the header says), FILE_NOT_FOUND,
 *   FILE_UNREADABLE, FILE_EMPTY
 */
export async function openNpyRows(
  path: string,
  map: MapFile = mapFile,
  type: 'uint8' | 'float32' = 'uint8',
): Promise<NpyRows> {
  const { shape, dtype, fortran, valuesAt, valueBytes } = await readNpyLayout(path);
  if (dtype !== type || fortran || shape.length < 1) {
    throw new FusiformError(
      'NPY_INVALID',
      `An array of ${type} in row-major order is needed, not ${dtype}.`,
      {
        file: path,
      },
    );
  }
  const [count] = shape;
  const rowBytes = count === 0 ? 0 : valueBytes / count;
  const source = await openSource(path, valuesAt + valueBytes, map);
  let open = true;
  return {
    shape,
    rowBytes,
    whyNotMapped: source.whyNotMapped,
    row(index) {
      if (!open) throw new RangeError(`${path} was closed`);
      if (!(Number.isInteger(index) && index >= 0 && index < count)) {
        throw new RangeError(`There is no row ${index} in an array of ${count}`);
      }
      return source.bytes(valuesAt + index * rowBytes, rowBytes);
    },
    close() {
      open = false;
      source.close();
    },
  };
}

interface Source {
  readonly whyNotMapped: string | null;
  bytes(from: number, length: number): Uint8Array;
  close(): void;
}

async function openSource(path: string, length: number, map: MapFile): Promise<Source> {
  try {
    const { bytes, close } = await map(path, length);
    return { whyNotMapped: null, bytes: (from, count) => bytes.subarray(from, from + count), close };
  } catch (error) {
    return new ReadSource(path, error instanceof Error ? error.message : String(error));
  }
}

/** Ordinary reads, each into memory of its own: a row that was handed out stays as it is. */
class ReadSource implements Source {
  readonly whyNotMapped: string;
  readonly #path: string;
  readonly #descriptor: number;

  constructor(path: string, whyNotMapped: string) {
    this.whyNotMapped = whyNotMapped;
    this.#path = path;
    this.#descriptor = openSync(path, 'r');
    abandoned.register(this, this.#descriptor, this);
  }

  bytes(from: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    if (readSync(this.#descriptor, bytes, 0, length, from) === length) return bytes;
    throw new FusiformError('NPY_INVALID', 'The file became shorter while it was read.', {
      file: this.#path,
    });
  }

  close(): void {
    if (abandoned.unregister(this)) closeSync(this.#descriptor);
  }
}

const abandoned = new FinalizationRegistry<number>((descriptor) => closeSync(descriptor));
