import { parentPort, workerData } from 'node:worker_threads';
import { FusiformError } from '../../shared/errors.ts';
import { openSeries } from '../formats/nifti/series.ts';
import { estimateAr1, whitenSeries } from '../glm/autocorrelation.ts';
import {
  endRequest,
  type SeriesReaderData,
  type SeriesReply,
  type SeriesRequest,
} from './series-reader-request.ts';
import { finiteValues } from './stages/finite-values.ts';

/* The thread of SeriesReader. */

const port = parentPort;
if (!port) throw new Error('The reading thread is started by its reader.');
const { indices } = workerData as SeriesReaderData;
let turn: Promise<void> = Promise.resolve();
let ended = false;

port.on('message', (request: SeriesRequest | typeof endRequest) => {
  if (request === endRequest) {
    ended = true;
    turn = turn.then(() => port.close());
    return;
  }
  const { id, path, into, whitenBehind } = request;
  turn = turn.then(async () => {
    if (ended) return;
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
