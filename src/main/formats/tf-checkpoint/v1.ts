import type { NdArray, NumericArray } from '../../math/nd-array.ts';
import { countElements, decodeNumbers, type NumericTypeName, numericTypes } from '../numeric-types.ts';
import { assertTiling, placePart } from './assemble.ts';
import { CheckpointFault, inFile, invalid, unsupported } from './fault.ts';
import { type Region, readShape, readSlice, regionOf, type TensorSlice } from './messages.ts';
import { sliceKey } from './ordered-code.ts';
import { readMessage, WireReader } from './protobuf.ts';
import { SortedTable } from './sorted-table.ts';
import { type Checkpoint, type CheckpointVariable, numericType, typeName } from './types.ts';

/** `SavedSliceMeta`: what a file says of a variable, and which parts of it the file holds. */
interface VariableMeta {
  readonly dtype: number;
  readonly shape: readonly number[];
  readonly slices: readonly TensorSlice[];
}

interface VariableParts {
  readonly dtype: number;
  readonly shape: readonly number[];
  readonly parts: readonly { readonly slice: TensorSlice; readonly table: SortedTable }[];
}

/**
 * Opens a checkpoint of TensorFlow's first format: tables that hold the values themselves
 * (`tensorflow/core/util/saved_tensor_slice.proto`). The released VAE-GAN of VanRullen & Reddy (2019) is of this
 * format: one file, `vaegan_celeba.ckpt`.
 *
 * @param paths the file, or the files `...-00000-of-00002` of a sharded one.
 * @throws FusiformError TF_CHECKPOINT_INVALID, and faults of the files
 */
export async function openV1(paths: readonly string[]): Promise<Checkpoint> {
  const tables: SortedTable[] = [];
  try {
    const variables = new Map<string, VariableParts>();
    for (const path of paths) {
      const table = await SortedTable.open(path);
      tables.push(table);
      for (const [name, meta] of await readMeta(table)) {
        const known = variables.get(name) ?? { ...meta, parts: [] };
        if (known.dtype !== meta.dtype || known.shape.join() !== meta.shape.join()) {
          throw invalid(`its files do not agree on "${name}"`, path);
        }
        const added = meta.slices.map((slice) => ({ slice, table }));
        variables.set(name, { ...known, parts: [...known.parts, ...added] });
      }
    }
    return new V1Checkpoint(tables, variables);
  } catch (error) {
    for (const table of tables) await table.close();
    throw error;
  }
}

async function readMeta(table: SortedTable): Promise<Map<string, VariableMeta>> {
  for await (const { key, value } of table.entries()) {
    if (key.length > 0) break;
    return inFile(table.file.path, () => parseMeta(value));
  }
  throw invalid('it has no list of variables', table.file.path);
}

/** `SavedTensorSlices.meta`. */
function parseMeta(bytes: Uint8Array): Map<string, VariableMeta> {
  const variables = new Map<string, VariableMeta>();
  for (const outer of readMessage(bytes)) {
    if (outer.number !== 1) continue;
    if (outer.wire !== 2)
      throw new CheckpointFault('it is an index of the newer format without its ending .index');
    for (const tensor of readMessage(outer.bytes)) {
      if (tensor.number !== 1) continue;
      let name = '';
      let dtype = 0;
      let shape: readonly number[] = [];
      const slices: TensorSlice[] = [];
      for (const field of readMessage(tensor.bytes)) {
        if (field.number === 1) name = Buffer.from(field.bytes).toString('utf8');
        else if (field.number === 2) shape = readShape(field.bytes);
        else if (field.number === 3) dtype = field.value;
        else if (field.number === 4) slices.push(readSlice(field.bytes));
      }
      if (countElements(shape) === null) {
        throw new CheckpointFault(`"${name}" has the impossible shape [${shape.join(', ')}]`);
      }
      variables.set(name, { dtype, shape, slices });
    }
  }
  return variables;
}

class V1Checkpoint implements Checkpoint {
  readonly version = 1;
  readonly variables: ReadonlyMap<string, CheckpointVariable>;
  readonly #tables: readonly SortedTable[];
  readonly #parts: ReadonlyMap<string, VariableParts>;

  constructor(tables: readonly SortedTable[], parts: ReadonlyMap<string, VariableParts>) {
    this.#tables = tables;
    this.#parts = parts;
    this.variables = new Map(
      [...parts].map(([name, { dtype, shape }]) => [name, { dtype: typeName(dtype), shape }]),
    );
  }

  async read(name: string): Promise<NdArray> {
    const variable = this.#parts.get(name);
    if (variable === undefined) throw new RangeError(`the checkpoint has no variable "${name}"`);
    const { shape, parts, dtype } = variable;
    const path = this.#tables[0].file.path;
    const type = numericType(dtype);
    if (type === null) throw unsupported(`"${name}" is of type ${typeName(dtype)}`, path);
    const regions = await inFile(path, () => {
      const found = parts.map(({ slice }) => regionOf(name, shape, slice));
      assertTiling(name, shape, found);
      return found;
    });
    // Values first, so that no memory is taken on the word of a shape.
    const values: NumericArray[] = [];
    for (const [at, part] of parts.entries()) {
      values.push(await readPart(part.table, name, part.slice, regions[at], type));
    }
    if (parts.length === 1) return { shape, data: values[0] };
    const whole = numericTypes[type].decode(
      new ArrayBuffer((countElements(shape) ?? 0) * numericTypes[type].bytes),
    );
    for (const [at, part] of values.entries()) placePart(whole, shape, part, regions[at]);
    return { shape, data: whole };
  }

  async close(): Promise<void> {
    for (const table of this.#tables) await table.close();
  }
}

async function readPart(
  table: SortedTable,
  name: string,
  slice: TensorSlice,
  region: Region,
  type: NumericTypeName,
): Promise<NumericArray> {
  const wanted = sliceKey(name, slice);
  for await (const { key, value } of table.entries(wanted)) {
    const order = key.compare(wanted);
    if (order < 0) continue;
    if (order > 0) break;
    return inFile(table.file.path, () => {
      const values = parseValues(name, value, type);
      const expected = countElements(region.shape);
      if (values.length !== expected) {
        throw new CheckpointFault(`"${name}" has ${values.length} values where its shape needs ${expected}`);
      }
      return values;
    });
  }
  throw invalid(`the values of "${name}" are missing`, table.file.path);
}

/** `SavedTensorSlices.data` holds the name again and a `TensorProto`. */
function parseValues(name: string, bytes: Uint8Array, type: NumericTypeName): NumericArray {
  for (const outer of readMessage(bytes)) {
    if (outer.number !== 2) continue;
    for (const field of readMessage(outer.bytes)) {
      if (field.number === 3) return parseTensor(name, field.bytes, type);
    }
  }
  throw new CheckpointFault(`the values of "${name}" are missing`);
}

/** Fields of `TensorProto` that hold values as fixed-width numbers, and as varints. */
const fixedField: Readonly<Partial<Record<NumericTypeName, number>>> = { float32: 5, float64: 6 };
const varintField: Readonly<Partial<Record<NumericTypeName, number>>> = {
  int32: 7,
  uint8: 7,
  int16: 7,
  int8: 7,
  uint16: 7,
  int64: 10,
  bool: 11,
  float16: 13,
  bfloat16: 13,
  uint32: 16,
  uint64: 17,
};

function parseTensor(name: string, bytes: Uint8Array, type: NumericTypeName): NumericArray {
  const packed: Uint8Array[] = [];
  for (const field of readMessage(bytes)) {
    if (field.number === 4 && field.bytes.length > 0) return decodeNumbers(type, field.bytes.slice(), false);
    if (field.number === (fixedField[type] ?? varintField[type])) {
      if (field.wire === 0) throw new CheckpointFault(`the values of "${name}" are not packed`);
      packed.push(field.bytes);
    }
  }
  const all = packed.length === 1 ? packed[0] : Buffer.concat(packed);
  if (fixedField[type] === undefined) return decodeVarints(all, type);
  if (all.length % numericTypes[type].bytes !== 0)
    throw new CheckpointFault(`"${name}" ends within a number`);
  return decodeNumbers(type, all.slice() as Uint8Array<ArrayBuffer>, false);
}

function decodeVarints(bytes: Uint8Array, type: NumericTypeName): NumericArray {
  const reader = new WireReader(bytes);
  const values: bigint[] = [];
  while (!reader.done) values.push(reader.varint64());
  // Fewer bits are the last ones: that is two's complement for the signed types.
  const target = new ArrayBuffer(values.length * numericTypes[type].bytes);
  const view = new DataView(target);
  values.forEach((value, at) => {
    const bits = BigInt.asUintN(64, value);
    if (numericTypes[type].bytes === 8) view.setBigUint64(8 * at, bits, true);
    else if (numericTypes[type].bytes === 4) view.setUint32(4 * at, Number(bits & 0xffffffffn), true);
    else if (numericTypes[type].bytes === 2) view.setUint16(2 * at, Number(bits & 0xffffn), true);
    else view.setUint8(at, Number(bits & 0xffn));
  });
  return numericTypes[type].decode(target);
}
