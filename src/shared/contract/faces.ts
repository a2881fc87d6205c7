import { z } from 'zod';
import { entryName, inProject, procedure } from './base.ts';

const count = z.number().int();

export const faceSetSchema = z.object({
  name: z.string(),
  source: z.string().nullable(),
  /** Hash of the artefact: pictures are at `/data/<project>/faces/<artifact>/<index>.png`. */
  artifact: z.string(),
  imageSize: count,
  count,
  crop: z.number(),
  labels: z.array(z.string()),
  labelTables: z.array(z.object({ file: z.string(), columns: count, rows: count, matched: count })),
  rejected: count,
  duplicates: z.object({ groups: count, sameFile: count, samePixels: count, near: count, dropped: count }),
});
export type FaceSetFacts = z.output<typeof faceSetSchema>;

export const labelValuesSchema = z.object({
  label: z.string(),
  missing: count,
  distinct: count,
  counts: z.record(z.string(), count).nullable(),
});

const oneSet = inProject.extend({ name: entryName });

/** Rows of a table of the set: what every column says. */
const rowsSchema = z.object({
  columns: z.array(z.string()),
  /** Rows in all. */
  total: count,
  rows: z.array(z.object({ index: count, values: z.record(z.string(), z.string()) })),
});

export const faces = {
  list: procedure.input(inProject).output(z.array(faceSetSchema)),
  /** The values of every label with how many faces have them. */
  labels: procedure.input(oneSet).output(z.array(labelValuesSchema)),
  /** Indices of the faces whose labels have the given values, in their order; all without any. */
  find: procedure
    .input(oneSet.extend({ where: z.record(z.string(), z.string()).default({}) }))
    .output(z.object({ total: count, indices: z.array(count).nullable() })),
  /** A table of the set, page by page: the faces, what was left out and why, or which are alike. */
  table: procedure
    .input(
      oneSet.extend({
        table: z.enum(['faces', 'rejected', 'duplicates']),
        from: count.min(0).default(0),
        count: count.min(1).max(1000).default(200),
      }),
    )
    .output(rowsSchema),
};
