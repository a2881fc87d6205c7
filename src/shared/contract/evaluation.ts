import { z } from 'zod';
import type { Evaluation } from '../evaluation.ts';
import { entryName, inProject, procedure } from './base.ts';
import { resultSchema } from './decoding.ts';

export const metricSchema = z.looseObject({
  name: z.string(),
  definition: z.string(),
  subject: z.string(),
  model: z.string(),
  decoder: z.string(),
  region: z.string(),
  /** Null where it could not be computed; `reason` says why. */
  value: z.number().nullable(),
  n: z.number(),
});

export const evaluation = {
  list: procedure.input(inProject).output(z.array(resultSchema)),
  get: procedure.input(inProject.extend({ name: entryName })).output(z.custom<Evaluation>()),
  /** Every score of an evaluation with the definition it was computed by. */
  metrics: procedure.input(inProject.extend({ name: entryName })).output(z.array(metricSchema)),
};
