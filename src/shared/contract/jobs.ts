import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { inProject, procedure } from './base.ts';
import { jobRequest } from './job-requests.ts';
import { problemSchema } from './problem.ts';

/**
 * - `waiting`: its turn comes, unless the queue is held;
 * - `paused`: stopped by the user, goes on from where it was when resumed;
 * - `cancelled`: stopped for good; `retry` asks for it again.
 */
export const queuedJobStates = ['waiting', 'running', 'paused', 'done', 'failed', 'cancelled'] as const;

export const queuedJobSchema = z.object({
  id: z.number().int(),
  label: z.string(),
  request: jobRequest,
  state: z.enum(queuedJobStates),
  /** Whether its last attempt ended with the program: a crash, a closed lid, a power cut. */
  interrupted: z.boolean(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  /** Wall-clock seconds of all attempts that ended. */
  seconds: z.number(),
  /** Why it failed. */
  problem: problemSchema.nullable(),
  outcome: z
    .object({
      key: z.string(),
      artifact: z.string(),
      cached: z.boolean(),
      summary: z.record(z.string(), z.unknown()),
      problems: z.array(problemSchema),
    })
    .nullable(),
  /** What happened, the oldest first. */
  log: z.array(z.object({ at: z.string(), text: z.string() })),
});
export type QueuedJob = z.output<typeof queuedJobSchema>;

export const jobProgressSchema = z.object({
  job: z.number().int(),
  /** The stage at work, such as `encode "faces" by "vaegan"`. */
  label: z.string(),
  done: z.number(),
  total: z.number(),
  unit: z.string(),
  note: z.string().nullable(),
  /** Units a second; null until it can be told. */
  rate: z.number().nullable(),
  etaSeconds: z.number().nullable(),
  /** The stage's job key where files grow that are worth looking at, below the project's `work/<key>/`. */
  live: z.object({ key: z.string(), folder: z.string() }).nullable(),
});
export type JobProgress = z.output<typeof jobProgressSchema>;

/** Begins with a snapshot; whoever reconnects has caught up after the first event. Only the newest progress is sent. */
export const queueEventSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('snapshot'),
    /** Nothing new is started until the queue is released. */
    held: z.boolean(),
    /** In their order; finished ones, the latest first, behind those that are not. */
    jobs: z.array(queuedJobSchema),
    progress: jobProgressSchema.nullable(),
  }),
  z.object({ type: z.literal('progress'), progress: jobProgressSchema }),
]);
export type QueueEvent = z.output<typeof queueEventSchema>;

const oneJob = inProject.extend({ id: z.number().int() });

export const jobs = {
  enqueue: procedure
    .input(inProject.extend({ request: jobRequest }))
    .output(z.object({ id: z.number().int() })),
  watch: procedure.input(inProject).output(eventIterator(queueEventSchema)),
  cancel: procedure.input(oneJob).output(z.void()),
  pause: procedure.input(oneJob).output(z.void()),
  resume: procedure.input(oneJob).output(z.void()),
  /** Asks again for a job that failed or was cancelled, at the end of the queue. */
  retry: procedure.input(oneJob).output(z.void()),
  /** Takes a job that is not running out of the list. Results stay. */
  remove: procedure.input(oneJob).output(z.void()),
  /** Puts a waiting or paused job before another, or at the end. */
  move: procedure.input(oneJob.extend({ before: z.number().int().nullable() })).output(z.void()),
  hold: procedure.input(inProject).output(z.void()),
  release: procedure.input(inProject).output(z.void()),
};
