import type { NdArray } from '../../math/nd-array.ts';
import type { NumericTypeName } from '../numeric-types.ts';

/** TensorFlow's names of the types of numbers that are read, by their number in `types.proto`. */
const numericTypes: Readonly<Record<number, NumericTypeName>> = {
  1: 'float32',
  2: 'float64',
  3: 'int32',
  4: 'uint8',
  5: 'int16',
  6: 'int8',
  9: 'int64',
  10: 'bool',
  14: 'bfloat16',
  17: 'uint16',
  19: 'float16',
  22: 'uint32',
  23: 'uint64',
};

/** Types that are not read, for the messages. */
const otherTypes: Readonly<Record<number, string>> = {
  7: 'string',
  8: 'complex64',
  18: 'complex128',
  20: 'resource',
  21: 'variant',
};

/** The type of a number in `types.proto`, or null where its values are not read. */
export function numericType(dtype: number): NumericTypeName | null {
  return numericTypes[dtype] ?? null;
}

export function typeName(dtype: number): string {
  return numericTypes[dtype] ?? otherTypes[dtype] ?? `type ${dtype}`;
}

export interface CheckpointVariable {
  /** As numpy calls it: `float32`, `bfloat16`; also `string` and others, which are listed and not read. */
  readonly dtype: string;
  readonly shape: readonly number[];
}

/** An open TensorFlow checkpoint. Its index was read and checked; values are read one variable at a time. */
export interface Checkpoint {
  /** 1: the single file of early TensorFlow. 2: the tensor bundle, `.index` and `.data-...-of-...`. */
  readonly version: 1 | 2;
  readonly variables: ReadonlyMap<string, CheckpointVariable>;
  /**
   * The values of a variable, row-major. float16 and bfloat16 become float32, 64-bit integers float64, bool uint8.
   * Checksums are compared; a variable that is stored in parts is put together.
   *
   * @throws FusiformError TF_CHECKPOINT_INVALID, TF_CHECKPOINT_UNSUPPORTED (a type that is no number)
   */
  read(name: string): Promise<NdArray>;
  close(): Promise<void>;
}
