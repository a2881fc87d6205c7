import { z } from 'zod';
import { entryName, hostPath } from './base.ts';

/* What several requests to the queue are made of. */

export const engine = z.enum(['preferred', 'auto', 'native', 'webgpu', 'wasm']).default('preferred');
export const seed = z
  .number()
  .int()
  .min(0)
  .max(2 ** 32 - 1)
  .default(1);
export const share = z.number().gt(0).max(1);
export const whole = z.number().int().positive();
/** Share of a picture's side that is kept. */
export const crop = share.default(0.8);

/** Settings of the model of a run, as `glm fit` has them; checked against the model's own schema before the job is queued. */
export const glmSettings = z.record(z.string(), z.json()).default({});

export const selectionRule = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('all') }),
  z.strictObject({ kind: z.literal('fdr'), q: share }),
  z.strictObject({ kind: z.literal('p'), p: share }),
  z.strictObject({ kind: z.literal('fraction'), keep: share }),
  z.strictObject({ kind: z.literal('count'), keep: whole }),
  z.strictObject({ kind: z.literal('threshold'), statistic: z.number().min(0) }),
]);

/** What a linear model of a subject's runs with a model's latents is fitted with, and which voxels are kept. */
export const encodingRequest = z.strictObject({
  subject: z.string().min(1),
  model: entryName,
  settings: glmSettings,
  noise: z.enum(['ols', 'ar1']).default('ar1'),
  mask: hostPath.exactOptional(),
  maskThreshold: share.exactOptional(),
  folds: z.number().int().min(0).max(100).default(0),
  stimuli: hostPath.exactOptional(),
  crop,
  allowNear: z.boolean().default(false),
  faceRule: selectionRule.default({ kind: 'fdr', q: 0.05 }),
  gainRule: selectionRule.default({ kind: 'fraction', keep: 2 / 3 }),
});
