import { z } from 'zod';
import { entryName, inProject, procedure } from './base.ts';
import { selectionRule } from './request-parts.ts';

/** A fitted mapping or decoded patterns, found under `subject/model` or `subject/model/decoder`. */
export const resultSchema = z.object({
  name: z.string(),
  artifact: z.string(),
  seconds: z.number(),
  finishedAt: z.string().nullable(),
  summary: z.record(z.string(), z.unknown()),
  /** Files of the artefact with their bytes, for `/data/<project>/artifacts/<artifact>/<file>`. */
  files: z.array(z.object({ path: z.string(), bytes: z.number() })),
});
export type ResultFacts = z.output<typeof resultSchema>;

export const fittedWithSchema = z.object({
  /** Runs that took part. */
  runs: z.array(z.string()),
  settings: z.record(z.string(), z.json()),
  noise: z.enum(['ols', 'ar1']),
  maskThreshold: z.number(),
  folds: z.number().int(),
  faceRule: selectionRule,
  gainRule: selectionRule,
  gainMeasure: z.enum(['f', 'cross-validated']),
});
export type FittedWith = z.output<typeof fittedWithSchema>;

const oneMapping = inProject.extend({ subject: entryName, model: entryName });

export const decoding = {
  /** How a mapping was fitted; null where there is none, or where it was imported. */
  fittedWith: procedure.input(oneMapping).output(fittedWithSchema.nullable()),
  mappings: procedure.input(inProject).output(z.array(resultSchema)),
  list: procedure.input(inProject).output(z.array(resultSchema)),
};
