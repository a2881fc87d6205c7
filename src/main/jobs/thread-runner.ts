import { Worker } from 'node:worker_threads';
import { errorFromProblem, FusiformError } from '../../shared/errors.ts';
import type { ReportProgress } from '../../shared/progress.ts';
import { configureProcess } from '../engine/native/open.ts';
import { threadsOfEnvironment } from '../engine/open-kind.ts';
import { endWorker } from './end-worker.ts';
import type { JobReply, JobRequest, WorkerData } from './messages.ts';
import type { StageResult } from './stage.ts';

export interface RunOptions {
  readonly report: ReportProgress;
  readonly signal: AbortSignal;
}

/** Runs jobs one at a time in a worker thread, so that the thread that serves the user never computes. */
export class ThreadRunner {
  readonly #cancelFlag = new Int32Array(new SharedArrayBuffer(4));
  #worker: Worker | undefined;
  #nextId = 1;
  #queue: Promise<unknown> = Promise.resolve();

  run(job: Omit<JobRequest, 'id'>, options: RunOptions): Promise<StageResult> {
    const turn = this.#queue.then(() => this.#runNow({ ...job, id: this.#nextId++ }, options));
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await this.#queue;
    if (worker === undefined) return;
    await endWorker(worker);
  }

  #runNow(request: JobRequest, { report, signal }: RunOptions): Promise<StageResult> {
    if (signal.aborted) return Promise.reject(cancelled());
    const worker = this.#start();
    return new Promise((resolve, reject) => {
      const cancel = () => Atomics.store(this.#cancelFlag, 0, request.id);
      const settle = (finish: () => void) => {
        signal.removeEventListener('abort', cancel);
        worker.off('message', onMessage);
        worker.off('error', onError);
        worker.off('exit', onExit);
        finish();
      };
      const onMessage = (message: JobReply) => {
        if (message.id !== request.id) return;
        if (message.type === 'progress') report(message.progress);
        else settle(() => finishWith(message, resolve, reject));
      };
      // A worker that died takes its engines along: the next job starts a new one.
      const onError = (error: unknown) => {
        this.#worker = undefined;
        settle(() => reject(error));
      };
      const onExit = (code: number) => {
        this.#worker = undefined;
        settle(() => reject(new Error(`The job worker ended unexpectedly with code ${code}.`)));
      };
      signal.addEventListener('abort', cancel, { once: true });
      worker.on('message', onMessage);
      worker.on('error', onError);
      worker.on('exit', onExit);
      worker.postMessage(request);
    });
  }

  #start(): Worker {
    configureProcess(threadsOfEnvironment());
    this.#worker ??= new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: { cancelFlag: this.#cancelFlag } satisfies WorkerData,
    });
    return this.#worker;
  }
}

function finishWith(
  message: Exclude<JobReply, { type: 'progress' }>,
  resolve: (result: StageResult) => void,
  reject: (error: unknown) => void,
): void {
  if (message.type === 'done') resolve(message.result);
  else if (message.type === 'cancelled') reject(cancelled());
  else if (message.type === 'failed') reject(errorFromProblem(message.problem));
  else reject(Object.assign(new Error(message.message), { stack: message.stack }));
}

function cancelled(): FusiformError {
  return new FusiformError('JOB_CANCELLED', 'Cancelled; what was finished is kept.');
}
