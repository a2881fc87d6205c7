import { parentPort, workerData } from 'node:worker_threads';
import { FusiformError, type Problem } from '../../shared/errors.ts';
import { estimateAr1, whitenSeries } from '../glm/autocorrelation.ts';
import type { Matrix } from '../math/matrix.ts';
import { openSeries } from '../formats/nifti/series.ts';
import { finiteValues } from './stages/finite-values.ts';

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

/* The thread of SeriesReader. */

const port = parentPort;
if (!port) throw new Error('The reading thread is started by its reader.');
const { indices } = workerData as SeriesReaderData;
let turn: Promise<void> = Promise.resolve();

port.on('message', ({ id, path, into, whitenBehind }: SeriesRequest) => {
  turn = turn.then(async () => {
    try {
      const values = await finiteValues(await openSeries(path), indices, undefined, into);
      const rho = whitenBehind === null ? 0 : estimateAr1(whitenBehind, values, indices.length);
      if (rho !== 0) whitenSeries(values, indices.length, rho);
      port.postMessage({ id, values, rho } satisfies SeriesReply, [values.buffer as ArrayBuffer]);
    } catch (error) {
      port.postMessage(describe(id, error));
    }
  });
});

function describe(id: number, error: unknown): SeriesReply {
  if (error instanceof FusiformError) return { id, problem: error.toProblem() };
  return { id, crash: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
