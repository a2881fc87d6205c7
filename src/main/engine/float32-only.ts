import { FusiformError } from '../../shared/errors.ts';
import type { Precision } from './engine.ts';

/** `Engine.withPrecision` of an engine that has float32 alone. */
export async function withPrecision<T>(precision: Precision, work: () => Promise<T>): Promise<T> {
  if (precision === 'float32') return await work();
  throw new FusiformError(
    'ENGINE_PRECISION_UNSUPPORTED',
    `The engine multiplies in float32 alone, not in ${precision}.`,
  );
}
