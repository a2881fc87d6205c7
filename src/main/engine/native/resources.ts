import { randomUUID } from 'node:crypto';
import type { Tensor } from '@tensorflow/tfjs-core';
import { attributes, type NodeBackend } from './backend.ts';

/** A variable of TensorFlow itself, which operations change in place. */
export interface Resource {
  readonly handle: number;
  assign(tensor: Tensor): void;
  /** Adds in place, unless somebody still holds what `read` gave. */
  add(tensor: Tensor): void;
  /** Shares the numbers, until the next change. */
  read(): Tensor;
}

export class ResourceStore {
  readonly #backend: NodeBackend;
  readonly #handles: number[] = [];

  constructor(backend: NodeBackend) {
    this.#backend = backend;
  }

  create(shape: readonly number[]): Resource {
    const backend = this.#backend;
    const { binding } = backend;
    const { float32, shape: shapeOf, string } = attributes(binding);
    const type = [float32('dtype')];
    const name = [shapeOf('shape', shape), string('container', ''), string('shared_name', randomUUID())];
    const handle = binding.executeOp('VarHandleOp', [...type, ...name], [], 1)[0].id;
    this.#handles.push(handle);
    const change = (operation: string, tensor: Tensor): void => {
      binding.executeOp(operation, type, [handle, ...backend.getInputTensorIds([tensor])], 0);
    };
    return {
      handle,
      assign: (tensor) => change('AssignVariableOp', tensor),
      add: (tensor) => change('AssignAddVariableOp', tensor),
      read: () => backend.createOutputTensor(binding.executeOp('ReadVariableOp', type, [handle], 1)[0]),
    };
  }

  dispose(): void {
    const { binding } = this.#backend;
    const { bool } = attributes(binding);
    for (const handle of this.#handles.splice(0)) {
      binding.executeOp('DestroyResourceOp', [bool('ignore_lookup_error', true)], [handle], 0);
      binding.deleteTensor(handle);
    }
  }
}
