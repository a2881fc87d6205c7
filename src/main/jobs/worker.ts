import { mkdir, rm } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { FusiformError } from '../../shared/errors.ts';
import type { Progress } from '../../shared/progress.ts';
import type { Engine, EngineKind } from '../engine/engine.ts';
import { openEngine } from '../engine/registry.ts';
import { asWriteError } from '../formats/files/atomic-write.ts';
import type { JobReply, JobRequest, WorkerData } from './messages.ts';
import type { StageResult } from './stage.ts';
import { findStage } from './stages/index.ts';

/** The thread in which jobs run, one after another. Engines stay open between them: bringing one up costs a second. */
const port = parentPort;
if (!port) throw new Error('The job worker is started by its runner.');
const { cancelFlag } = workerData as WorkerData;
const engines = new Map<EngineKind, Promise<Engine>>();

/** Often enough for a smooth bar, seldom enough to cost nothing. */
const progressIntervalMs = 100;

port.on('message', (request: JobRequest) => {
  perform(request).then(
    (result) => reply({ type: 'done', id: request.id, result }),
    (error: unknown) => reply(describeFailure(request.id, error)),
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
    return await stage.perform(request.parameters, {
      inputs: request.inputs,
      outDir: request.outDir,
      scratchDir: request.scratchDir,
      signal: cancel.signal,
      report: throttled((progress) => reply({ type: 'progress', id: request.id, progress }), poll),
      engine: sharedEngine,
    });
  } finally {
    clearInterval(timer);
  }
}

function sharedEngine(kind: EngineKind): Promise<Engine> {
  const open = engines.get(kind) ?? openEngine(kind).then(({ engine }) => engine);
  engines.set(kind, open);
  return open;
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

function describeFailure(id: number, error: unknown): JobReply {
  if (error instanceof Error && error.name === 'AbortError') return { type: 'cancelled', id };
  const known = error instanceof FusiformError ? error : asWriteError(error, '');
  if (known instanceof FusiformError) return { type: 'failed', id, problem: known.toProblem() };
  const crash = error instanceof Error ? error : new Error(String(error));
  return { type: 'crashed', id, message: crash.message, stack: crash.stack ?? '' };
}

function reply(message: JobReply): void {
  port?.postMessage(message);
}
