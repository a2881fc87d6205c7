import { z } from 'zod';
import { inProject, procedure } from './base.ts';

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

export const decoding = {
  mappings: procedure.input(inProject).output(z.array(resultSchema)),
  list: procedure.input(inProject).output(z.array(resultSchema)),
};
