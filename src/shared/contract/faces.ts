import { z } from 'zod';
import { entryName, hostPath, inProject, procedure } from './base.ts';
import { importFacesRequest } from './job-requests.ts';
import { problemSchema } from './problem.ts';

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

export const facesPreviewSchema = z.object({
  /** Pictures in the folder and below it; so many were looked at, spread evenly. */
  count,
  lookedAt: count,
  /** Pixels of the shorter side of the pictures. */
  sides: z.object({ smallest: count, largest: count }).nullable(),
  /** Of those looked at: what cannot be read, and how many have the pixels of an earlier one. */
  rejected: z.array(problemSchema),
  duplicates: count,
  tables: z.array(z.object({ file: z.string(), columns: count, rows: count, matched: count })),
  labels: z.array(z.string()),
  /** What is wrong with the tables of labels. */
  problems: z.array(problemSchema),
  /** Faces as they would be imported, side by side, as a `data:` address. */
  sample: z.object({ picture: z.string(), columns: count, files: z.array(z.string()) }).nullable(),
});
export type FacesPreviewFacts = z.output<typeof facesPreviewSchema>;

export const alikeSchema = z.object({
  group: count,
  members: z.array(
    z.object({
      file: z.string(),
      /** Row of the set; null where it was dropped. */
      index: count.nullable(),
      /** `first`, `same file`, `same pixels` or `near`. */
      likeness: z.string(),
      of: z.string().nullable(),
      /** Pearson correlation of the pixels with those of `of`. */
      correlation: z.number().nullable(),
    }),
  ),
});
export type AlikeFaces = z.output<typeof alikeSchema>;

const { imageSize, crop } = importFacesRequest.shape;

export const faces = {
  list: procedure.input(inProject).output(z.array(faceSetSchema)),
  /** What an import of a folder would give; nothing is written. */
  preview: procedure
    .input(
      z.strictObject({
        dir: hostPath,
        labels: z.union([z.literal('find'), z.array(hostPath)]).default('find'),
        imageSize,
        crop,
      }),
    )
    .output(facesPreviewSchema),
  /** The values of every label with how many faces have them. */
  labels: procedure.input(oneSet).output(z.array(labelValuesSchema)),
  /** Indices of the faces whose labels have the given values, in their order; all without any. */
  find: procedure
    .input(oneSet.extend({ where: z.record(z.string(), z.string()).default({}) }))
    .output(z.object({ total: count, indices: z.array(count).nullable() })),
  /** Groups of faces that are the same or nearly so, page by page. */
  duplicates: procedure
    .input(oneSet.extend({ from: count.min(0).default(0), count: count.min(1).max(200).default(50) }))
    .output(z.object({ total: count, groups: z.array(alikeSchema) })),
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
