import { basename } from 'node:path';
import { type JobRequest, jobRequest } from '../../../shared/contract/job-requests.ts';
import type { JobProgress, QueuedJob } from '../../../shared/contract/jobs.ts';
import { FusiformError, type Problem } from '../../../shared/errors.ts';
import type { JobEvent } from '../../../shared/job-events.ts';
import type { JsonObject } from '../../../shared/json.ts';
import { formatDuration, ProgressMeter } from '../../../shared/progress-meter.ts';
import {
  addQueued,
  endQueued,
  findQueued,
  listQueued,
  moveQueued,
  nextWaiting,
  noteQueued,
  type QueuedRecord,
  removeQueued,
  requeueInterrupted,
  setQueuedState,
  startQueued,
} from '../../store/queue.ts';
import type { Workspace } from '../workspace.ts';
import type { JobResult } from './job-definition.ts';
import { checkRequest, labelOf, performRequest } from './job-kinds.ts';
import { LiveValue } from './live-value.ts';
import { problemOf } from './problem.ts';

/** What is seen of a queue. `jobs` is another array whenever anything but the progress changed. */
export interface QueueView {
  readonly held: boolean;
  readonly jobs: readonly QueuedJob[];
  readonly progress: JobProgress | null;
}

export interface JobQueueOptions {
  /** Told after every change of what the project holds. */
  readonly onChange?: () => void;
  /** In place of the services, for tests. */
  readonly perform?: (workspace: Workspace, request: JobRequest) => Promise<JobResult>;
}

/** Why a running job was stopped, which is what becomes of it. */
type Stop = 'cancelled' | 'paused' | 'waiting';

interface Running {
  readonly id: number;
  readonly abort: AbortController;
  readonly ended: Promise<void>;
  stop: Stop | null;
}

/**
 * The work that a project was asked for: kept in its database, one job at a time, in their order. A queue that is
 * found with unfinished jobs is held until someone lets it go on: what took the program down may do so again.
 */
export class JobQueue {
  readonly live: LiveValue<QueueView>;
  readonly #workspace: Workspace;
  readonly #onChange: () => void;
  readonly #perform: NonNullable<JobQueueOptions['perform']>;
  #running: Running | null = null;
  #progress: JobProgress | null = null;
  #held: boolean;
  #closed = false;

  constructor(workspace: Workspace, options: JobQueueOptions = {}) {
    this.#workspace = workspace;
    this.#onChange = options.onChange ?? (() => undefined);
    this.#perform = options.perform ?? performRequest;
    requeueInterrupted(this.#sql);
    this.#held = nextWaiting(this.#sql) !== undefined;
    this.live = new LiveValue(this.#view());
  }

  get #sql() {
    return this.#workspace.store.sql;
  }

  get busy(): boolean {
    return this.#running !== null;
  }

  /** Queues a request; equal work that the project holds is found done when its turn comes. @throws FusiformError */
  enqueue(request: JobRequest): number {
    checkRequest(request);
    const id = addQueued(this.#sql, labelOf(request), request as unknown as JsonObject);
    this.#changed();
    this.#next();
    return id;
  }

  cancel(id: number): void {
    if (this.#running?.id === id) this.#stop('cancelled');
    else this.#change(id, ['waiting', 'paused'], () => setQueuedState(this.#sql, id, 'cancelled'));
  }

  /** A running job stops at the next safe place and keeps what it did. */
  pause(id: number): void {
    if (this.#running?.id === id) this.#stop('paused');
    else this.#change(id, ['waiting'], () => setQueuedState(this.#sql, id, 'paused'));
  }

  resume(id: number): void {
    this.#change(id, ['paused'], () => setQueuedState(this.#sql, id, 'waiting'));
  }

  retry(id: number): void {
    this.#change(id, ['failed', 'cancelled'], () => {
      setQueuedState(this.#sql, id, 'waiting');
      moveQueued(this.#sql, id, null);
    });
  }

  remove(id: number): void {
    this.#change(id, ['waiting', 'paused', 'done', 'failed', 'cancelled'], () => removeQueued(this.#sql, id));
  }

  move(id: number, before: number | null): void {
    this.#change(id, ['waiting', 'paused'], () => moveQueued(this.#sql, id, before));
  }

  /** Starts nothing more; what runs goes on. */
  hold(): void {
    this.#held = true;
    this.#changed();
  }

  release(): void {
    this.#held = false;
    this.#changed();
    this.#next();
  }

  /** Stops what runs; it waits at its place for the next opening. */
  async close(): Promise<void> {
    this.#closed = true;
    const running = this.#running;
    if (running === null) return;
    this.#stop('waiting');
    await running.ended;
  }

  #stop(stop: Stop): void {
    if (this.#running === null) return;
    this.#running.stop = stop;
    this.#running.abort.abort();
  }

  #change(id: number, from: readonly QueuedRecord['state'][], change: () => void): void {
    const found = findQueued(this.#sql, id);
    if (found === undefined) throw new FusiformError('QUEUED_JOB_UNKNOWN', `The queue has no job ${id}.`);
    if (!from.includes(found.state)) {
      throw new FusiformError(
        'QUEUED_JOB_STATE',
        `"${found.label}" is ${found.state}; this can be done to one that is ${from.join(' or ')}.`,
      );
    }
    change();
    this.#changed();
    this.#next();
  }

  #next(): void {
    if (this.#running !== null || this.#held || this.#closed) return;
    const job = nextWaiting(this.#sql);
    if (job === undefined) return;
    startQueued(this.#sql, job.id);
    const abort = new AbortController();
    const ended = this.#attempt(job, abort.signal).finally(() => {
      this.#running = null;
      this.#progress = null;
      if (this.#closed) return;
      this.#changed();
      this.#next();
    });
    this.#running = { id: job.id, abort, ended, stop: null };
    this.#changed();
  }

  async #attempt(job: QueuedRecord, signal: AbortSignal): Promise<void> {
    const started = performance.now();
    const seconds = () => (performance.now() - started) / 1000;
    const workspace = this.#workspace.withOptions({ signal, onEvent: this.#listener(job.id) });
    try {
      // What an older version queued is parsed by what this one knows.
      const outcome = await this.#perform(workspace, jobRequest.parse(job.request));
      const { key, hash, cached, summary, problems } = outcome;
      endQueued(this.#sql, job.id, {
        state: 'done',
        seconds: seconds(),
        outcome: { key, artifact: hash, cached, summary, problems: problems as unknown as JsonObject[] },
      });
    } catch (error) {
      const stop = this.#running?.stop ?? null;
      if (stop === null) {
        endQueued(this.#sql, job.id, {
          state: 'failed',
          seconds: seconds(),
          problem: problemOf(error) as Problem,
        });
      } else {
        endQueued(this.#sql, job.id, { state: stop, seconds: seconds(), interrupted: stop === 'waiting' });
      }
    }
  }

  #listener(job: number): (event: JobEvent) => void {
    let meter = new ProgressMeter();
    let metered: string | null = null;
    let live: JobProgress['live'] = null;
    return (event) => {
      if (event.type === 'progress') {
        if (event.key !== metered) meter = new ProgressMeter();
        metered = event.key;
        const pace = meter.update(event.progress, performance.now() / 1000);
        const { done, total, unit, note = null } = event.progress;
        this.#progress = { job, label: event.label, done, total, unit, note, ...pace, live };
        this.live.set({ ...this.live.value, progress: this.#progress });
        return;
      }
      if (event.type === 'started') {
        live = event.liveFolder === undefined ? null : { key: event.key, folder: basename(event.liveFolder) };
        noteQueued(this.#sql, job, `Began: ${event.label}`);
      } else {
        const how = event.cached ? 'the project held it already' : formatDuration(event.seconds);
        const problems = event.problems.length === 0 ? '' : `, ${event.problems.length} problems`;
        noteQueued(this.#sql, job, `Finished: ${event.label} (${how}${problems})`);
      }
      this.#changed();
    };
  }

  #changed(): void {
    this.live.set(this.#view());
    this.#onChange();
  }

  #view(): QueueView {
    const jobs = listQueued(this.#sql) as unknown as QueuedJob[];
    return { held: this.#held, jobs, progress: this.#progress };
  }
}
