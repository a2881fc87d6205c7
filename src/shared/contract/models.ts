import { z } from 'zod';
import { entryName, hostPath, inProject, procedure } from './base.ts';
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

const loss = z.number().nullable();

export const lossPointSchema = z.object({
  step: z.number().int(),
  learningRate: z.number(),
  kl: z.number(),
  pixel: z.number(),
  similarity: loss,
  onReal: loss,
  onReconstruction: loss,
  onSample: loss,
  accuracy: loss,
  /** Shares of the steps in which each player learnt. */
  generatorUpdated: z.number(),
  discriminatorUpdated: z.number(),
});
export type LossPoint = z.output<typeof lossPointSchema>;

export const evaluationPointSchema = z.object({
  step: z.number().int(),
  faces: z.number().int(),
  ssim: z.number(),
  pixCorr: z.number(),
  pcaSsim: loss,
  pcaPixCorr: loss,
  activeLatents: z.number().int(),
});
export type EvaluationPoint = z.output<typeof evaluationPointSchema>;

export const trainingHistorySchema = z.object({
  name: z.string(),
  state: z.string(),
  /** The first step of the adversarial phase; null before it. */
  adversarialFrom: z.number().int().nullable(),
  /** Means over stretches of steps. */
  losses: z.array(lossPointSchema),
  evaluations: z.array(evaluationPointSchema),
  /** Addresses of the pictures, one an evaluation, in the order of their steps. */
  grids: z.array(z.string()),
});

export type TrainingHistoryFacts = z.output<typeof trainingHistorySchema>;

export const unfinishedSchema = z.object({
  name: z.string(),
  /** `running`, `interrupted`, `cancelled` or `failed`. */
  state: z.string(),
  /** Steps whose weights are kept, the latest first: `name@step` forks from one. */
  checkpoints: z.array(z.number().int()),
});

export const models = {
  list: procedure.input(inProject).output(z.array(modelSchema)),
  /** Every value of a preset with its meaning and where it is from. */
  preset: procedure
    .input(z.strictObject({ preset: z.enum(['paper', 'small', 'tiny']) }))
    .output(z.array(presetRowSchema)),
  /** What a training would take. Steps are timed only where nothing runs, since timing needs the engine. */
  estimate: procedure
    .input(inProject.extend({ request: trainModelRequest, rehearse: z.boolean().default(true) }))
    .output(trainingEstimateSchema),
  /** Trainings that run or were stopped. */
  unfinished: procedure.input(inProject).output(z.array(unfinishedSchema)),
  history: procedure
    .input(oneModel.extend({ points: z.number().int().min(10).max(2000).default(300) }))
    .output(trainingHistorySchema),
  /** Writes a model as one file that holds weights and configuration. */
  exportFile: procedure
    .input(oneModel.extend({ out: hostPath }))
    .output(z.object({ file: z.string(), kind: z.string(), bytes: z.number() })),
};
