import { constants, createInflate, inflateSync } from 'node:zlib';
import { FusiformError } from '../../../shared/errors.ts';
import { RandomAccessFile } from '../files/random-access.ts';
import {
  type ArrayHeader,
  classNameOf,
  ElementReader,
  mostBodyBytes,
  readArrayBody,
  readArrayHeader,
  whyUnsupported,
} from './level5-array.ts';
import { miCompressed, miMatrix } from './level5-types.ts';
import { invalid, type MatValue, type MatVariable, mostBytes } from './values.ts';

const headerBytes = 128;
/** Read of a variable to find its header: flags, dimensions and name of any sane variable. */
const peekedBytes = 4096;
/** Deflate's greatest expansion. */
const greatestRatio = 1032;

/**
 * Reads a MATLAB file of Level 5 ("v5", "v6", "v7": what `save` writes without `-v7.3`, and scipy and Octave), of either
 * byte order, compressed or not. Variables that are not wanted are passed over without expanding them.
 *
 * Format: MathWorks, "MAT-File Format" (R2024a).
 *
 * @param wanted the variables to read; without it, all.
 * @throws FusiformError MAT_INVALID, MAT_TOO_LARGE, MAT_UNSUPPORTED (Level 4), FILE_NOT_FOUND, FILE_UNREADABLE, FILE_EMPTY
 */
export async function readLevel5(path: string, wanted?: ReadonlySet<string>): Promise<Map<string, MatValue>> {
  const variables = new Map<string, MatValue>();
  await visitVariables(path, async (variable, file) => {
    const { name } = variable.header;
    if (wanted === undefined || wanted.has(name)) variables.set(name, await readValue(variable, file));
  });
  return variables;
}

/** The variables of a file, none of them read (see `readLevel5`). */
export async function listLevel5(path: string): Promise<MatVariable[]> {
  const variables: MatVariable[] = [];
  await visitVariables(path, async ({ header }) => {
    variables.push({ name: header.name, className: classNameOf(header), shape: header.shape });
  });
  return variables;
}

/** Where a variable lies. */
interface Place {
  readonly at: number;
  /** Bytes behind the tag. */
  readonly length: number;
  readonly compressed: boolean;
  readonly bigEndian: boolean;
}

interface Located extends Place {
  readonly header: ArrayHeader;
  /** Bytes of the variable with its tag, once it is expanded. */
  readonly declared: number;
}

async function visitVariables(
  path: string,
  visit: (variable: Located, file: RandomAccessFile) => Promise<void>,
): Promise<void> {
  const file = await RandomAccessFile.open(path);
  try {
    const bigEndian = byteOrder(await file.read(0, headerBytes), path);
    for (let at = headerBytes; at < file.bytes; ) {
      const tag = await file.read(at, 8);
      if (tag.length < 8) throw invalid('it ends within a tag', path);
      const view = new DataView(tag.buffer);
      const type = view.getUint32(0, !bigEndian);
      const length = view.getUint32(4, !bigEndian);
      if (length > file.bytes - at - 8) {
        throw invalid(`a variable of ${length} bytes lies beyond its end; it may be cut short`, path);
      }
      const compressed = type === miCompressed;
      if (compressed || type === miMatrix) {
        const located = await locate({ at, length, compressed, bigEndian }, file);
        // What has no name is MATLAB's own.
        if (located.header.name !== '') await visit(located, file);
      }
      // Compressed elements are not padded.
      at += 8 + (compressed ? length : Math.ceil(length / 8) * 8);
    }
  } finally {
    await file.close();
  }
}

/** Whether the numbers are big-endian: the letters MI as the machine that wrote them stored the word. */
function byteOrder(header: Uint8Array, path: string): boolean {
  const letters = Buffer.from(header.subarray(126, 128)).toString('latin1');
  if (letters === 'IM') return false;
  if (letters === 'MI') return true;
  // Level 4 begins with a number that has a zero byte; later levels begin with text.
  if (header.length >= 4 && header.subarray(0, 4).includes(0)) {
    throw new FusiformError('MAT_UNSUPPORTED', 'This may be a MATLAB file of Level 4, which is not read.', {
      file: path,
    });
  }
  throw invalid('it does not begin as one', path);
}

/** Reads the header of a variable; its values need not be there. */
async function locate(place: Place, file: RandomAccessFile): Promise<Located> {
  const { at, length, compressed, bigEndian } = place;
  const begin = compressed
    ? expandBegin(await file.read(at + 8, Math.min(length, peekedBytes)), file.path)
    : await file.read(at, Math.min(length + 8, peekedBytes));
  if (begin.length < 8) throw invalid('a compressed variable is cut short', file.path);
  const view = new DataView(begin.buffer, begin.byteOffset);
  if (view.getUint32(0, !bigEndian) !== miMatrix) {
    throw invalid('a compressed variable holds no array', file.path);
  }
  const declared = view.getUint32(4, !bigEndian) + 8;
  const header = readArrayHeader(new ElementReader(begin.subarray(8), bigEndian, file.path));
  return { ...place, header, declared };
}

async function readValue(variable: Located, file: RandomAccessFile): Promise<MatValue> {
  const { header, declared, bigEndian } = variable;
  const what = whyUnsupported(header);
  if (what !== null) return { kind: 'unsupported', what };
  const bodyBytes = mostBodyBytes(header);
  if (bodyBytes !== null && declared > bodyBytes + peekedBytes) {
    throw invalid(
      `"${header.name}" is ${header.shape.join(' x ')} and claims to take ${declared} bytes`,
      file.path,
    );
  }
  if (declared > mostBytes) {
    throw new FusiformError('MAT_TOO_LARGE', `"${header.name}" has ${declared} bytes.`, { file: file.path });
  }
  const bytes = variable.compressed
    ? await expand(variable, file)
    : await file.read(variable.at, variable.length + 8);
  const { bytes: content } = new ElementReader(bytes, bigEndian, file.path).element();
  const reader = new ElementReader(content, bigEndian, file.path);
  return readArrayBody(reader, readArrayHeader(reader));
}

function expandBegin(compressed: Uint8Array, path: string): Uint8Array {
  try {
    return inflateSync(compressed, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch (error) {
    throw invalid('a compressed variable is damaged', path, error);
  }
}

/** Expands a variable to as many bytes as its tag says, and never more. */
async function expand({ at, length, declared }: Located, file: RandomAccessFile): Promise<Uint8Array> {
  if (declared > length * greatestRatio + 64) {
    throw invalid(`${length} compressed bytes claim to hold ${declared}`, file.path);
  }
  const bytes = new Uint8Array(declared);
  const inflate = createInflate({ chunkSize: 1 << 18 });
  inflate.end(await file.read(at + 8, length));
  let filled = 0;
  try {
    // To the end of the stream, where its checksum is.
    for await (const chunk of inflate as AsyncIterable<Uint8Array>) {
      bytes.set(chunk.subarray(0, Math.max(0, declared - filled)), Math.min(filled, declared));
      filled += chunk.length;
      if (filled > declared + 8) throw invalid('a compressed variable holds more than it says', file.path);
    }
  } catch (error) {
    throw error instanceof FusiformError
      ? error
      : invalid('a compressed variable is damaged', file.path, error);
  }
  if (filled < declared) throw invalid('a compressed variable is cut short', file.path);
  return bytes;
}
