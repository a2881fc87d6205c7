import type { Evaluated } from './use-evaluation.ts';

export interface PageProps {
  readonly of: Evaluated;
  /** All that was evaluated. */
  readonly scored: readonly Evaluated[];
}
