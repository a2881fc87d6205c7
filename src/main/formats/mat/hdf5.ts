import type { Dataset, Entity, Group, File as H5File } from 'h5wasm/node';
import { FusiformError } from '../../../shared/errors.ts';
import type { NumericArray } from '../../math/nd-array.ts';
import { toRowMajor } from '../axis-order.ts';
import { RandomAccessFile } from '../files/random-access.ts';
import { statFileChecked } from '../files/read.ts';
import { countElements } from '../numeric-types.ts';
import { checkRegion, type Region } from './region.ts';
import {
  invalid,
  type MatValue,
  type MatVariable,
  mostBytes,
  unsupported,
  variableMissing,
} from './values.ts';

/** Values copied out of the library at a time. */
const valuesAtOnce = 2 ** 23;
/** Cells that are followed. */
const mostCells = 1_000_000;
const deepestGroup = 16;
/** Groups and arrays of a file that are listed. */
const mostEntities = 10_000;
/** The library holds a whole chunk of an array in its memory. */
const mostChunkBytes = 2 ** 28;
/** Deflate's greatest expansion. */
const greatestRatio = 1032;

/** MATLAB's classes that hold plain numbers. */
const numericClassNames = new Set([
  'double',
  'single',
  'int8',
  'uint8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'uint64',
  'logical',
]);

const hdf5Magic = Buffer.from('\x89HDF\r\n\x1a\n', 'latin1');

/** Whether a file is HDF5, which MATLAB 7.3 puts behind a block of 512 bytes of its own. */
export async function isHdf5(path: string): Promise<boolean> {
  const file = await RandomAccessFile.open(path);
  try {
    const begin = Buffer.from(await file.read(0, 520));
    return [0, 512].some((at) => begin.subarray(at, at + 8).equals(hdf5Magic));
  } finally {
    await file.close();
  }
}

type H5 = typeof import('h5wasm/node');
let library: Promise<H5> | undefined;

/** Four megabytes of WebAssembly, loaded when the first file is opened. */
function loadLibrary(): Promise<H5> {
  library ??= import('h5wasm/node').then(async (h5) => {
    // Faults become exceptions instead of text on the standard error stream.
    (await h5.ready).activate_throwing_error_handler();
    return h5;
  });
  return library;
}

/**
 * An open MATLAB file of version 7.3, which is HDF5. Only what is asked for is read, so that files larger than memory
 * serve. The fields of a struct have variables of their own, `struct/field`.
 *
 * Arrays come out row-major in MATLAB's axes (see `MatValue`).
 */
export class Mat73File {
  readonly path: string;
  readonly variables: ReadonlyMap<string, MatVariable>;
  readonly #file: H5File;
  readonly #bytes: number;

  private constructor(
    path: string,
    bytes: number,
    file: H5File,
    variables: ReadonlyMap<string, MatVariable>,
  ) {
    this.path = path;
    this.#bytes = bytes;
    this.#file = file;
    this.variables = variables;
  }

  /** @throws FusiformError MAT_INVALID, FILE_NOT_FOUND, FILE_UNREADABLE, FILE_EMPTY */
  static async open(path: string): Promise<Mat73File> {
    const { size } = await statFileChecked(path);
    const h5 = await loadLibrary();
    return guarded(path, () => {
      const file = new h5.File(path, 'r');
      try {
        const variables = new Map<string, MatVariable>();
        collect(h5, file, '', variables, 0);
        return new Mat73File(path, size, file, variables);
      } catch (error) {
        file.close();
        throw error;
      }
    });
  }

  /**
   * A variable, or a part of one.
   *
   * @param region ranges in MATLAB's axes; without it, all of the variable.
   * @throws FusiformError MAT_VARIABLE_MISSING, MAT_UNSUPPORTED, MAT_TOO_LARGE, MAT_INVALID; RangeError for a region
   *   outside of the variable
   */
  read(name: string, region?: Region): MatValue {
    const known = this.variables.get(name);
    if (known === undefined) throw variableMissing([...this.variables.keys()], name, this.path);
    if (known.className === 'struct') return { kind: 'unsupported', what: 'a struct' };
    if (known.className === 'sparse') return { kind: 'unsupported', what: 'a sparse matrix' };
    if (region !== undefined) checkRegion(name, known.shape, region);
    return guarded(this.path, () => {
      const dataset = this.#file.get(name) as Dataset;
      return readDataset(
        dataset,
        { name, path: this.path, file: this.#file, fileBytes: this.#bytes },
        region,
      );
    });
  }

  close(): void {
    this.#file.close();
  }
}

function collect(
  h5: H5,
  group: Group,
  prefix: string,
  variables: Map<string, MatVariable>,
  depth: number,
): void {
  if (depth > deepestGroup) return;
  for (const key of group.keys()) {
    // MATLAB's own groups: the content of cells, and of objects.
    if (depth === 0 && key.startsWith('#')) continue;
    const entity: Entity | null = group.get(key);
    const name = `${prefix}${key}`;
    if (entity instanceof h5.Dataset) {
      variables.set(name, { name, className: textAttribute(entity, 'MATLAB_class'), shape: shapeOf(entity) });
    } else if (entity instanceof h5.Group) {
      const isSparse = entity.attrs.MATLAB_sparse !== undefined;
      variables.set(name, { name, className: isSparse ? 'sparse' : 'struct', shape: [1, 1] });
      if (!isSparse) collect(h5, entity, `${name}/`, variables, depth + 1);
    }
    // Links may go round in circles.
    if (variables.size > mostEntities) throw new Error(`more than ${mostEntities} groups and arrays`);
  }
}

/** What is read: for messages, and for what is kept elsewhere in the file. */
interface Source {
  readonly name: string;
  readonly path: string;
  readonly file: H5File;
  readonly fileBytes: number;
}

function readDataset(dataset: Dataset, source: Source, region?: Region): MatValue {
  const className = textAttribute(dataset, 'MATLAB_class');
  if (className === 'cell') return readCells(dataset, source);
  if (className !== null && className !== 'char' && !numericClassNames.has(className)) {
    return { kind: 'unsupported', what: `of the class ${className}` };
  }
  const { dtype } = dataset;
  if (Array.isArray(dtype)) return { kind: 'unsupported', what: 'complex' };
  if (typeof dtype !== 'string' || !/^[<>]?[bBhHiIqQfd]$/.test(dtype)) {
    return { kind: 'unsupported', what: `of the HDF5 type ${JSON.stringify(dtype)}` };
  }
  const shape = shapeOf(dataset);
  // What is empty holds its dimensions in the place of values.
  const array = isEmpty(dataset)
    ? { shape: emptyShape(dataset, shape), data: new Float64Array(0) }
    : readRegion(dataset, shape, source, region);
  if (className === 'char') return { kind: 'text', rows: textRows(array.shape, array.data) };
  return { kind: 'numeric', className, ...array };
}

function isEmpty({ attrs }: Dataset): boolean {
  return attrs.MATLAB_empty !== undefined && Number(attrs.MATLAB_empty.value) === 1;
}

function emptyShape(dataset: Dataset, stored: readonly number[]): number[] {
  const count = countElements(stored);
  if (count === null || count > 32) throw new Error('an empty array has too many dimensions');
  const shape = Array.from((dataset.value ?? []) as ArrayLike<number | bigint>, Number);
  if (countElements(shape) !== 0) throw new Error(`an empty array is ${shape.join(' x ')}`);
  return shape;
}

/** Reads in parts of a few megabytes along the axis that is slowest in the file, which is MATLAB's last. */
function readRegion(
  dataset: Dataset,
  shape: readonly number[],
  { name, path, fileBytes }: Source,
  region: Region = shape.map(() => null),
): { shape: number[]; data: NumericArray } {
  // What h5py writes of a single number has no axes.
  if (shape.length === 0) return { shape: [1, 1], data: Float64Array.of(Number(dataset.value)) };
  const ranges = region.map((range, axis) => range ?? [0, shape[axis]]);
  const size = ranges.map(([from, to]) => to - from);
  const count = countElements(size);
  const { chunks, size: valueBytes } = dataset.metadata;
  if (count === null || count * valueBytes > mostBytes) {
    throw new FusiformError(
      'MAT_TOO_LARGE',
      `"${name}" is ${shape.join(' x ')}: more than 2 GB, to be read in parts.`,
      { file: path },
    );
  }
  if (count * valueBytes > fileBytes * greatestRatio) {
    throw invalid(`"${name}" claims ${count * valueBytes} bytes in a file of ${fileBytes}`, path);
  }
  if (chunks !== null && (countElements(chunks) ?? Number.POSITIVE_INFINITY) * valueBytes > mostChunkBytes) {
    throw unsupported(name, `kept in chunks of ${chunks.join(' x ')}`, path);
  }
  if (count === 0) return { shape: size, data: new Float64Array(0) };
  const reversed = ranges.toReversed();
  const [[first, end]] = reversed;
  const perSlab = count / (end - first);
  const step = Math.max(1, Math.floor(valuesAtOnce / perSlab));
  const parts: NumericArray[] = [];
  for (let from = first; from < end; from += step) {
    const slab = [[from, Math.min(end, from + step)], ...reversed.slice(1)].map(([a, b]) => [a, b]);
    parts.push(numbersOf(dataset.slice(slab as [number, number][]), name, path));
  }
  return { shape: size, data: toRowMajor(joined(parts), size) };
}

function joined(parts: readonly NumericArray[]): NumericArray {
  if (parts.length === 1) return parts[0];
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const Type = parts[0].constructor as new (length: number) => NumericArray;
  const all = new Type(length);
  let at = 0;
  for (const part of parts) {
    all.set(part as ArrayLike<number>, at);
    at += part.length;
  }
  return all;
}

/** 64-bit integers become float64. */
function numbersOf(values: unknown, name: string, path: string): NumericArray {
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
    return Float64Array.from(values as Iterable<bigint>, Number);
  }
  if (ArrayBuffer.isView(values) && !(values instanceof DataView)) return values as NumericArray;
  throw unsupported(name, 'no array of numbers', path);
}

function readCells(dataset: Dataset, source: Source): MatValue {
  const { name, path, file, fileBytes } = source;
  const shape = shapeOf(dataset);
  const count = countElements(shape);
  if (count === null || count > Math.min(mostCells, fileBytes)) {
    throw unsupported(name, `a cell array of ${shape.join(' x ')}`, path);
  }
  if (isEmpty(dataset)) return { kind: 'cell', shape: emptyShape(dataset, shape), cells: [] };
  const references = dataset.value as Parameters<H5File['dereference']>[0][];
  const cells = references.map((reference): MatValue => {
    const target = file.dereference(reference);
    // Cells within cells and structs within cells are named, not followed.
    if (!isDataset(target) || textAttribute(target, 'MATLAB_class') === 'cell') {
      return { kind: 'unsupported', what: 'a cell of no plain array' };
    }
    return readDataset(target, source);
  });
  const order = toRowMajor(
    Uint32Array.from(cells, (_, at) => at),
    shape,
  );
  return { kind: 'cell', shape, cells: Array.from(order, (at) => cells[at]) };
}

function isDataset(target: ReturnType<H5File['dereference']>): target is Dataset {
  return target !== null && 'slice' in target;
}

/** `codes` are UTF-16 units, row-major. */
function textRows(shape: readonly number[], codes: ArrayLike<number>): string[] {
  if (codes.length === 0) return [];
  const columns = codes.length / shape[0];
  return Array.from({ length: shape[0] }, (_, row) =>
    Array.from({ length: columns }, (_, column) => String.fromCharCode(codes[row * columns + column])).join(
      '',
    ),
  );
}

function shapeOf(dataset: Dataset): number[] {
  return Array.from(dataset.shape ?? [], Number).reverse();
}

function textAttribute(
  entity: { readonly attrs: Readonly<Record<string, { readonly value: unknown }>> },
  name: string,
): string | null {
  const value = entity.attrs[name]?.value;
  return typeof value === 'string' ? value : null;
}

/** Whatever the library finds wrong is a fault of the file. */
function guarded<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof FusiformError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw invalid(`the HDF5 library refuses it (${message.split('\n')[0].slice(0, 200)})`, path, error);
  }
}
