import { z } from 'zod';
import { inProject, procedure } from './base.ts';

export const pipelineSteps = ['faces', 'model', 'subject', 'mapping', 'decoding', 'evaluation'] as const;
export type PipelineStep = (typeof pipelineSteps)[number];

export const stepStates = ['missing', 'waiting', 'running', 'failed', 'stale', 'done'] as const;

export const stepSchema = z.object({
  step: z.enum(pipelineSteps),
  state: z.enum(stepStates),
  entries: z.array(
    z.object({
      name: z.string(),
      seconds: z.number(),
      finishedAt: z.string().nullable(),
      /** Why it no longer holds; null: it does. */
      stale: z.string().nullable(),
    }),
  ),
  /** What has to be there first; null: the step can be taken now. */
  needs: z.enum(pipelineSteps).nullable(),
  /** The job of this step that waits, runs or failed last; null where there is none. */
  job: z.number().int().nullable(),
});
export type StepFacts = z.output<typeof stepSchema>;

export const overview = {
  /** The pipeline in its order, each step with its state. */
  get: procedure.input(inProject).output(z.array(stepSchema)),
};
