import { z } from 'zod';
import { entryName, inProject, procedure } from './base.ts';
import { galleryView } from './gallery.ts';

const count = z.number().int().min(0);

export const figureFormats = ['png', 'svg', 'pdf'] as const;
export type FigureFormat = (typeof figureFormats)[number];

/** How a figure is written: the same for all. */
const output = {
  formats: z
    .array(z.enum(figureFormats))
    .min(1)
    .default([...figureFormats]),
  /** Pixels an inch of PNG. */
  dpi: count.min(72).max(1200).default(300),
  transparent: z.boolean().default(false),
  /** Folder to write into, an absolute path; null: to be fetched from the addresses that come back. */
  folder: z.string().min(1).max(4096).nullable().default(null),
};
/** Millimetres of a picture's side on paper. */
const pictureMm = z.number().min(5).max(100).default(18);

export const sheetRequest = z.strictObject({
  view: galleryView.prefault({}),
  /** Rows of the view from the first; with `ids` these alone. */
  count: count.min(1).max(500).default(50),
  ids: z.array(count).max(500).default([]),
  /** Columns of the gallery, such as `decoded:vaegan`. */
  columns: z.array(z.string()).min(1),
  pictureMm,
});
export type SheetRequest = z.output<typeof sheetRequest>;

export const reconstructionsRequest = z.strictObject({
  /** Default: all. */
  subjects: z.array(entryName).default([]),
  /** Models by name; default: all, the VAE-GAN first. */
  models: z.array(entryName).default([]),
  /** Test faces, in this order; default: the first of the study. */
  stimuli: z.array(z.string()).max(60).default([]),
  count: count.min(1).max(60).default(10),
  pictureMm,
});
export type ReconstructionsRequest = z.output<typeof reconstructionsRequest>;

export const regionsRequest = z.strictObject({
  subjects: z.array(entryName).default([]),
  models: z.array(entryName).default([]),
  /** Each region alone, or all voxels without it. */
  which: z.enum(['alone', 'without']).default('alone'),
  score: z.enum(['pairwise', 'nWay', 'gender', 'imagery']).default('pairwise'),
});
export type RegionsRequest = z.output<typeof regionsRequest>;

export const writtenSchema = z.object({
  /** Where the files are; null where they were not to be kept. */
  folder: z.string().nullable(),
  files: z.array(
    z.object({
      name: z.string(),
      bytes: count,
      /** Below `/data/<project>/`; null for files in a folder of the user's. */
      address: z.string().nullable(),
    }),
  ),
  caption: z.string(),
});
export type WrittenPictures = z.output<typeof writtenSchema>;

/** Pictures to be printed: PNG, SVG and PDF with a caption, and what they were made of as JSON. */
export const figures = {
  /** Rows of the gallery, or a single picture, with scores and how the rows were chosen. */
  sheet: procedure.input(inProject.extend({ ...output, sheet: sheetRequest })).output(writtenSchema),
  /** The article's figure of reconstructions: a row for the originals, each model's own, and each subject. */
  reconstructions: procedure
    .input(inProject.extend({ ...output, figure: reconstructionsRequest.prefault({}) }))
    .output(writtenSchema),
  /** The article's figure of regions: a score by region with chance, a point a subject. */
  regions: procedure
    .input(inProject.extend({ ...output, figure: regionsRequest.prefault({}) }))
    .output(writtenSchema),
};
