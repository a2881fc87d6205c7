import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import type { CloseRequest } from './messages.ts';

/** What an idle worker needs to close its engine is a fraction of a second. */
const closeLimitMs = 10_000;

/**
 * Asks a worker to close its engine and its port, and waits until its thread has ended. Torn down with a graphics
 * device open a thread takes the whole process along: it ends by itself, and is torn down only when it does not.
 */
export async function endWorker(worker: Worker): Promise<void> {
  const ended = once(worker, 'exit');
  worker.ref();
  worker.postMessage({ close: true } satisfies CloseRequest);
  const timer = setTimeout(() => worker.terminate(), closeLimitMs);
  await ended;
  clearTimeout(timer);
}
