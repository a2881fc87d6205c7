import { mkdir, rm } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { FusiformError } from '../../shared/errors.ts';
import type { Progress } from '../../shared/progress.ts';
import { asEngineFailure } from '../engine/failure.ts';
import { asWriteError } from '../formats/files/atomic-write.ts';
import type { CloseRequest, JobReply, JobRequest, WorkerData } from './messages.ts';
import type { StageResult } from './stage.ts';
import { findStage } from './stages/index.ts';
import { WorkerEngine } from './worker-engine.ts';

/** The thread in which jobs run, one after another. Engines stay open between them: bringing one up costs a second. */
const port = parentPort;
if (!port) throw new Error('The job worker is started by its runner.');
const { cancelFlag } = workerData as WorkerData;
const engines = new WorkerEngine();

/** Often enough for a smooth bar, seldom enough to cost nothing. */
const progressIntervalMs = 100;

port.on('message', (request: JobRequest | CloseRequest) => {
  if ('close' in request) {
    // Without its port and its engine the thread has nothing left to live for.
    engines.close().finally(() => port.close());
    return;
  }
  perform(request).then(
    (result) => reply({ type: 'done', id: request.id, result }),
    (error: unknown) => fail(request.id, error),
  );
});

async function perform(request: JobRequest): Promise<StageResult> {
  const stage = findStage(request.stage);
  await rm(request.outDir, { recursive: true, force: true });
  await mkdir(request.outDir, { recursive: true });
  await mkdir(request.scratchDir, { recursive: true });
  const cancel = new AbortController();
  const poll = () => {
    if (Atomics.load(cancelFlag, 0) === request.id && !cancel.signal.aborted) cancel.abort();
  };
  const timer = setInterval(poll, progressIntervalMs);
  try {
    engines.beginJob();
    const result = await stage.perform(request.parameters, {
      inputs: request.inputs,
      outDir: request.outDir,
      scratchDir: request.scratchDir,
      conduct: request.conduct ?? {},
      signal: cancel.signal,
      report: throttled((progress) => reply({ type: 'progress', id: request.id, progress }), poll),
      engine: (kind) => engines.open(kind),
    });
    const engine = engines.used();
    return engine === undefined ? result : { ...result, engine };
  } finally {
    clearInterval(timer);
  }
}

/** Passes on a report now and then, the last one always; looks for a cancel at each. */
function throttled(send: (progress: Progress) => void, poll: () => void): (progress: Progress) => void {
  let last = 0;
  return (progress) => {
    poll();
    const now = performance.now();
    if (now - last < progressIntervalMs && progress.done < progress.total) return;
    last = now;
    send(progress);
  };
}

function fail(id: number, error: unknown): void {
  const failure = describeFailure(id, error);
  // An engine that failed is not to be trusted with the next job.
  if (failure.type === 'failed' && failure.problem.code.startsWith('ENGINE_')) {
    engines.close().catch(() => undefined);
  }
  reply(failure);
}

function describeFailure(id: number, error: unknown): JobReply {
  if (error instanceof Error && error.name === 'AbortError') return { type: 'cancelled', id };
  const known = error instanceof FusiformError ? error : (asEngineFailure(error) ?? asWriteError(error, ''));
  if (known instanceof FusiformError) return { type: 'failed', id, problem: known.toProblem() };
  const crash = error instanceof Error ? error : new Error(String(error));
  return { type: 'crashed', id, message: crash.message, stack: crash.stack ?? '' };
}

function reply(message: JobReply): void {
  port?.postMessage(message);
}
