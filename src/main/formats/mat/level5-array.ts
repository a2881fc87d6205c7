import type { NumericArray } from '../../math/nd-array.ts';
import { toRowMajor } from '../axis-order.ts';
import { countElements, decodeNumbers, type NumericTypeName, numericTypes } from '../numeric-types.ts';
import {
  elementTypes,
  miInt8,
  miInt16,
  miInt32,
  miMatrix,
  miUint8,
  miUint16,
  miUint32,
  miUtf8,
  miUtf16,
  miUtf32,
  mxCell,
  mxChar,
  mxOpaque,
  numericClasses,
  otherClasses,
} from './level5-types.ts';
import { invalid, type MatValue } from './values.ts';

export interface Element {
  readonly type: number;
  readonly bytes: Uint8Array;
}

/** Cells within cells deeper than this are refused: a file of tags alone could nest without end. */
const deepestCell = 32;
/** Cells of a variable, those within cells among them: a tag of eight bytes costs far more once it is an array. */
const mostCells = 1_000_000;
/** Axes of an array. */
const mostAxes = 32;

/** Reads data elements from bytes, one after the other. */
export class ElementReader {
  readonly file: string;
  readonly bigEndian: boolean;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array, bigEndian: boolean, file: string) {
    // A Buffer's own `slice` would share its memory.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.bigEndian = bigEndian;
    this.file = file;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** A tag of eight bytes and its data, padded to eight; data of up to four bytes may stand within the tag. */
  element(): Element {
    if (this.#bytes.length - this.#at < 8) throw invalid('it ends within a tag', this.file);
    const first = this.#view.getUint32(this.#at, !this.bigEndian);
    const small = first >>> 16;
    if (small > 0) {
      if (small > 4) throw invalid(`a short element claims to hold ${small} bytes`, this.file);
      this.#at += 8;
      return { type: first & 0xffff, bytes: this.#bytes.subarray(this.#at - 4, this.#at - 4 + small) };
    }
    const length = this.#view.getUint32(this.#at + 4, !this.bigEndian);
    const from = this.#at + 8;
    if (length > this.#bytes.length - from) {
      throw invalid(`an element of ${length} bytes does not fit`, this.file);
    }
    this.#at = from + Math.ceil(length / 8) * 8;
    return { type: first, bytes: this.#bytes.subarray(from, from + length) };
  }
}

export interface ArrayHeader {
  readonly classNumber: number;
  readonly complex: boolean;
  readonly logical: boolean;
  readonly shape: readonly number[];
  readonly name: string;
}

/** Flags, dimensions and name: the beginning of every array. */
export function readArrayHeader(reader: ElementReader): ArrayHeader {
  const { file, bigEndian } = reader;
  const flags = reader.element();
  if (flags.type !== miUint32 || flags.bytes.length !== 8) throw invalid('an array has no flags', file);
  const word = new DataView(flags.bytes.buffer, flags.bytes.byteOffset).getUint32(0, !bigEndian);
  const classNumber = word & 0xff;
  return {
    classNumber,
    complex: (word & 0x0800) !== 0,
    logical: (word & 0x0200) !== 0,
    shape: classNumber === mxOpaque ? [] : readShape(reader),
    name: Buffer.from(reader.element().bytes).toString('utf8'),
  };
}

function readShape(reader: ElementReader): number[] {
  const { file, bigEndian } = reader;
  const { type, bytes } = reader.element();
  if ((type !== miInt32 && type !== miUint32) || bytes.length % 4 !== 0)
    throw invalid('an array has no dimensions', file);
  if (bytes.length < 8 || bytes.length > mostAxes * 4) {
    throw invalid(`an array has ${bytes.length / 4} axes`, file);
  }
  const shape = Array.from(decodeNumbers('int32', bytes.slice(), bigEndian));
  if (countElements(shape) === null) {
    throw invalid(`an array has the impossible dimensions ${shape.join(' x ')}`, file);
  }
  return shape;
}

/** MATLAB's name of the class of an array. */
export function classNameOf({ classNumber, logical }: ArrayHeader): string {
  if (logical) return 'logical';
  return (
    numericClasses[classNumber]?.name ?? otherClasses[classNumber]?.name ?? `class number ${classNumber}`
  );
}

/** What an array is that is not read; null for those that are. */
export function whyUnsupported({ classNumber, complex }: ArrayHeader): string | null {
  if (classNumber === mxCell || classNumber === mxChar) return null;
  if (numericClasses[classNumber] !== undefined) return complex ? 'complex' : null;
  return otherClasses[classNumber]?.what ?? `an array of class number ${classNumber}`;
}

/**
 * The most bytes that an array of numbers or characters can take behind its header, by its dimensions; null where they
 * do not tell.
 */
export function mostBodyBytes({ classNumber, shape }: ArrayHeader): number | null {
  if (classNumber === mxCell) return null;
  // Eight bytes a value at most, with a tag and padding.
  return (countElements(shape) ?? 0) * 8 + 16;
}

/** The rest of an array after its header. @throws FusiformError MAT_INVALID */
export function readArrayBody(
  reader: ElementReader,
  header: ArrayHeader,
  cells: CellAllowance = { left: mostCells, depth: 0 },
): MatValue {
  const { classNumber, shape } = header;
  const what = whyUnsupported(header);
  if (what !== null) return { kind: 'unsupported', what };
  if (classNumber === mxCell) return readCells(reader, shape, cells);
  if (classNumber === mxChar) return { kind: 'text', rows: readText(reader, shape) };
  const values = readNumbers(reader, header, numericClasses[classNumber].type);
  return { kind: 'numeric', className: classNameOf(header), shape, data: toRowMajor(values, shape) };
}

/** What may still come within a variable. */
interface CellAllowance {
  left: number;
  depth: number;
}

function readCells(reader: ElementReader, shape: readonly number[], allowance: CellAllowance): MatValue {
  if (allowance.depth >= deepestCell) throw invalid('cells are nested too deep', reader.file);
  const count = countElements(shape) ?? 0;
  allowance.left -= count;
  if (allowance.left < 0) throw invalid(`it has more than ${mostCells} cells`, reader.file);
  allowance.depth += 1;
  const cells: MatValue[] = [];
  while (cells.length < count) {
    const element = reader.element();
    if (element.type !== miMatrix) throw invalid('a cell holds no array', reader.file);
    const inner = new ElementReader(element.bytes, reader.bigEndian, reader.file);
    // An empty cell may be an element without content.
    if (inner.done) {
      cells.push({ kind: 'numeric', className: 'double', shape: [0, 0], data: new Float64Array(0) });
    } else {
      cells.push(readArrayBody(inner, readArrayHeader(inner), allowance));
    }
  }
  allowance.depth -= 1;
  const order = toRowMajor(
    Uint32Array.from(cells, (_, at) => at),
    shape,
  );
  return { kind: 'cell', shape, cells: Array.from(order, (at) => cells[at]) };
}

/** The values in the type of the class; they may be stored in a smaller one. */
function readNumbers(reader: ElementReader, { shape }: ArrayHeader, type: NumericTypeName): NumericArray {
  const element = reader.element();
  const stored = elementTypes[element.type];
  const count = countElements(shape);
  if (stored === undefined || element.bytes.length !== (count ?? -1) * numericTypes[stored].bytes) {
    throw invalid(
      `an array of ${shape.join(' x ')} holds ${element.bytes.length} bytes of type ${stored ?? element.type}`,
      reader.file,
    );
  }
  const values = decodeNumbers(stored, element.bytes.slice(), reader.bigEndian);
  if (stored === type) return values;
  const converted = numericTypes[type].decode(new ArrayBuffer(values.length * numericTypes[type].bytes));
  converted.set(values as ArrayLike<number>);
  return converted;
}

/** Characters (UTF-16 units) are stored column by column, in one of several encodings. */
function readText(reader: ElementReader, shape: readonly number[]): string[] {
  const { type, bytes } = reader.element();
  const count = countElements(shape) ?? 0;
  // No encoding takes less than a byte for a unit.
  if (count > bytes.length) throw invalid(`a text of ${shape.join(' x ')} is cut short`, reader.file);
  const text = decodeText(type, bytes, reader);
  const rows = count === 0 ? 0 : shape[0];
  if (rows === 1) return [text];
  const columns = count / rows;
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) => text[column * rows + row] ?? '').join(''),
  );
}

function decodeText(type: number, bytes: Uint8Array, { bigEndian, file }: ElementReader): string {
  if (type === miUtf8 || type === miInt8 || type === miUint8) return new TextDecoder().decode(bytes);
  if (type === miUtf16 || type === miInt16 || type === miUint16) {
    return new TextDecoder(bigEndian ? 'utf-16be' : 'utf-16le').decode(bytes);
  }
  if (type !== miUtf32 || bytes.length % 4 !== 0) throw invalid(`a text is of type ${type}`, file);
  return Array.from(decodeNumbers('uint32', bytes.slice(), bigEndian), (code) =>
    code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd',
  ).join('');
}
