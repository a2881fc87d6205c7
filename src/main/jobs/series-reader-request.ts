import type { Problem } from '../../shared/errors.ts';
import type { Matrix } from '../math/matrix.ts';

export interface SeriesReaderData {
  readonly indices: Uint32Array;
}

export interface SeriesRequest {
  readonly id: number;
  readonly path: string;
  /** Memory to read into, used where it is large enough. */
  readonly into: ArrayBuffer | undefined;
  /** [nVolumes, columns]: what is no noise. Null: the data stay as they are. */
  readonly whitenBehind: Matrix | null;
}

export type SeriesReply =
  | { readonly id: number; readonly values: Float32Array; readonly rho: number }
  | { readonly id: number; readonly problem: Problem }
  | { readonly id: number; readonly crash: string };

/** The last message to the thread: it ends after the run in hand. */
export const endRequest = 'end';
