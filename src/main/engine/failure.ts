import { FusiformError } from '../../shared/errors.ts';

/**
 * How the libraries behind the engines say that memory is short: TensorFlow by its status, V8 by a RangeError, the
 * WebAssembly module by ending itself. (WebGPU's faults are typed where they are read.)
 */
const memorySigns = [
  /OOM when allocating/,
  /RESOURCE_EXHAUSTED|ResourceExhausted/,
  /Array buffer allocation failed|Invalid typed array length/,
  /Cannot enlarge memory|Out of memory|OOM\b/i,
  /memory access out of bounds/,
];

/**
 * A fault of an engine while it computed, as a typed error.
 *
 * @returns undefined where the error is of another kind
 */
export function asEngineFailure(error: unknown): FusiformError | undefined {
  if (error instanceof FusiformError) return error.code.startsWith('ENGINE_') ? error : undefined;
  if (!(error instanceof Error) || !memorySigns.some((sign) => sign.test(error.message))) return undefined;
  const [line] = error.message.split('\n');
  return new FusiformError('ENGINE_OUT_OF_MEMORY', `The engine ran out of memory: ${line}`, { cause: error });
}
