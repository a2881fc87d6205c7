import { readFileSync } from 'node:fs';
import type { Tensor } from '@tensorflow/tfjs-core';
import { FusiformError } from '../../../shared/errors.ts';
import type { Precision } from '../engine.ts';
import { type Attribute, attributes, type NodeBackend } from './backend.ts';

/** TensorFlow's number for it; tfjs knows no such type, so that these tensors never leave this file. */
const bfloat16 = 14;

/** Linux's names for processors that multiply bfloat16 and add in float32. Others would compute it piece by piece. */
const instructions = /\b(avx512_bf16|amx_bf16)\b/;

/**
 * What the factors of convolutions are rounded to. bfloat16 keeps 8 of float32's 24 bits and all of its range; inputs,
 * results and sums stay float32.
 */
export class ConvolutionPrecision {
  #current: Precision = 'float32';

  get rounds(): boolean {
    return this.#current === 'bfloat16';
  }

  /** @throws FusiformError ENGINE_PRECISION_UNSUPPORTED */
  async during<T>(precision: Precision, work: () => Promise<T>): Promise<T> {
    if (precision === 'bfloat16' && !processorRounds()) {
      throw new FusiformError(
        'ENGINE_PRECISION_UNSUPPORTED',
        'This processor has no instructions for bfloat16 (AVX512-BF16 or AMX-BF16).',
      );
    }
    const before = this.#current;
    this.#current = precision;
    try {
      return await work();
    } finally {
      this.#current = before;
    }
  }
}

let known: boolean | undefined;

function processorRounds(): boolean {
  known ??= instructions.test(processorFlags());
  return known;
}

/** Empty where the system tells none: what has no /proc has no native engine either. */
function processorFlags(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}

/**
 * Runs an operation of one output on float32 tensors rounded to bfloat16, and widens what it returns.
 *
 * @param operationAttributes all but the type
 * @param inputs int32 tensors are handed on as they are.
 */
export function runRounded(
  backend: NodeBackend,
  operation: string,
  operationAttributes: readonly Attribute[],
  inputs: readonly Tensor[],
): Tensor {
  const { binding } = backend;
  const { type, bool } = attributes(binding);
  const cast = (id: number, from: number, to: number) =>
    binding.executeOp('Cast', [type('SrcT', from), type('DstT', to), bool('Truncate', false)], [id], 1)[0];
  const rounded: number[] = [];
  try {
    const ids = backend.getInputTensorIds(inputs).map((id, at) => {
      if (inputs[at].dtype !== 'float32') return id;
      rounded.push(cast(id, binding.TF_FLOAT, bfloat16).id);
      return rounded[rounded.length - 1];
    });
    const [{ id }] = binding.executeOp(operation, [type('T', bfloat16), ...operationAttributes], ids, 1);
    rounded.push(id);
    return backend.createOutputTensor(cast(id, bfloat16, binding.TF_FLOAT));
  } finally {
    for (const id of rounded) binding.deleteTensor(id);
  }
}
