import { z } from 'zod';
import { inProject, procedure } from './base.ts';
import { jobRequest } from './job-requests.ts';

export const pipelineSteps = ['faces', 'model', 'subject', 'mapping', 'decoding', 'evaluation'] as const;
export type PipelineStep = (typeof pipelineSteps)[number];

export const stepStates = ['missing', 'waiting', 'running', 'failed', 'stale', 'done'] as const;

const stalenessSchema = z.object({
  /** When what it was computed from was replaced. */
  since: z.string().nullable(),
  because: z.string(),
});

/** The one thing to do next: a place of the project to go to, or work to start there and then. */
export const nextActionSchema = z.object({
  label: z.string(),
  /** Below the project, such as `/faces`; null where something is started. */
  place: z.templateLiteral(['/', z.string()]).nullable(),
  /** What is asked of the queue; null where one goes somewhere. */
  request: jobRequest.nullable(),
  /** The settings that the request runs with, as people read them. */
  settings: z.array(z.object({ name: z.string(), value: z.string() })),
});
export type NextAction = z.output<typeof nextActionSchema>;

export const stepSchema = z.object({
  step: z.enum(pipelineSteps),
  state: z.enum(stepStates),
  /** How many results there are, and how many of them no longer hold. */
  count: z.number().int(),
  stale: z.number().int(),
  /** Seconds that all of them took to compute. */
  seconds: z.number(),
  /** Those that no longer hold first, then the latest. Only some. */
  entries: z.array(
    z.object({
      name: z.string(),
      seconds: z.number(),
      finishedAt: z.string().nullable(),
      /** Null where it holds. */
      stale: stalenessSchema.nullable(),
    }),
  ),
  /** What has to be there first; null: the step can be taken now. */
  needs: z.enum(pipelineSteps).nullable(),
  /** The job of this step that waits, runs or failed last; null where there is none. */
  job: z.object({ id: z.number().int(), label: z.string(), state: z.string() }).nullable(),
  next: nextActionSchema,
});
export type StepFacts = z.output<typeof stepSchema>;

export const overview = {
  /** The pipeline in its order, each step with its state. */
  get: procedure.input(inProject).output(z.array(stepSchema)),
};
