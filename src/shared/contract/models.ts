import { z } from 'zod';
import { entryName, inProject, procedure } from './base.ts';
import { trainModelRequest } from './job-requests.ts';

const oneModel = inProject.extend({ name: entryName });
const json = z.record(z.string(), z.unknown());

export const modelSchema = z.object({
  name: z.string(),
  artifact: z.string(),
  kind: z.string(),
  latentDim: z.number().int(),
  imageSize: z.number().int(),
  /** What the training found: held-out scores, active latents, the engine. */
  summary: json,
});
export type ModelFacts = z.output<typeof modelSchema>;

export const presetRowSchema = z.object({
  path: z.string(),
  value: z.unknown(),
  /** The default, the paper's where it or its code states one. */
  paper: z.unknown(),
  meaning: z.string(),
  source: z.string(),
});

export const trainingEstimateSchema = z.looseObject({
  engine: z.string(),
  trainingFaces: z.number(),
  steps: z.number(),
  epochs: z.number(),
  batchSize: z.number(),
  microBatch: z.number(),
  memoryBytes: z.number(),
  availableBytes: z.number(),
  /** Null where it was not timed. */
  seconds: z.number().nullable(),
  diskBytes: z.number(),
  begun: z.boolean(),
  warnings: z.array(z.string()),
});

export const trainingHistorySchema = z.object({
  name: z.string(),
  state: z.string(),
  losses: z.array(json),
  evaluations: z.array(json),
  /** Addresses of the pictures, one an evaluation, in the order of their steps. */
  grids: z.array(z.string()),
});

export const models = {
  list: procedure.input(inProject).output(z.array(modelSchema)),
  /** Every value of a preset with its meaning and where it is from. */
  preset: procedure
    .input(z.strictObject({ preset: z.enum(['paper', 'small', 'tiny']) }))
    .output(z.array(presetRowSchema)),
  /** What a training would take. Steps are timed only where nothing runs, since timing needs the engine. */
  estimate: procedure.input(inProject.extend({ request: trainModelRequest })).output(trainingEstimateSchema),
  history: procedure.input(oneModel).output(trainingHistorySchema),
};
