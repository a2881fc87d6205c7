import type { KernelBackend, Tensor, TensorInfo } from '@tensorflow/tfjs-core';

/** The compiled addon, as far as it is used here. */
export interface Binding {
  executeOp(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly number[],
    outputs: number,
  ): Metadata[];
  createTensor(shape: readonly number[], dtype: number, values: Float32Array | Int32Array): number;
  tensorDataSync(id: number): Float32Array | Int32Array | Uint8Array;
  deleteTensor(id: number): void;
  isUsingGpuDevice(): boolean;
  readonly TF_Version: string;
  readonly TF_FLOAT: number;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_SHAPE: number;
}

export interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: boolean | number | string | readonly number[];
}

/** What the addon says of a tensor that it made; `id` is its name for it. */
export interface Metadata {
  readonly id: number;
  readonly shape: number[];
  readonly dtype: number;
}

/** The backend class of tfjs-node, as far as it is used here. */
export interface NodeBackend extends KernelBackend {
  readonly binding: Binding;
  readonly tensorMap: { get(dataId: object): { id: number } };
  getInputTensorIds(tensors: readonly TensorInfo[]): number[];
  createOutputTensor(metadata: Metadata): Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly TensorInfo[],
    outputs: number,
  ): Tensor[];
}

/** Attributes of TensorFlow operations, by the type that each is declared with. */
export function attributes(binding: Binding) {
  const make =
    (type: number) =>
    (name: string, value: Attribute['value']): Attribute => ({ name, type, value });
  const typeOf = make(binding.TF_ATTR_TYPE);
  return {
    type: typeOf,
    float32: (name: string) => typeOf(name, binding.TF_FLOAT),
    integers: make(binding.TF_ATTR_INT),
    float: make(binding.TF_ATTR_FLOAT),
    bool: make(binding.TF_ATTR_BOOL),
    string: make(binding.TF_ATTR_STRING),
    shape: make(binding.TF_ATTR_SHAPE),
  };
}
