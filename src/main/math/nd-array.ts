/** Numbers with a shape, row-major (the last axis is contiguous), as files and engines exchange them. */
export type NumericArray =
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

export interface NdArray<T extends NumericArray = NumericArray> {
  readonly shape: readonly number[];
  readonly data: T;
}

/** Arrays by name: the weights of a model, the state of an optimiser, the parts of a fit. */
export type NamedArrays = Readonly<Record<string, NdArray>>;
