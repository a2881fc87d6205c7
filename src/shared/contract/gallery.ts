import { z } from 'zod';
import { entryName, inProject, procedure } from './base.ts';

const count = z.number().int().min(0);

/** What rows are sorted by: a rank counts from 1, the best; of all others the larger is the better. */
export const galleryScores = ['rank', 'pairwise', 'similarity', 'ssim', 'pixCorr'] as const;
export type GalleryScore = (typeof galleryScores)[number];

/** A latent model and a decoder: what a decoded picture comes from. */
export const gallerySourceSchema = z.object({
  /** `vaegan`, or `vaegan/ridge`: the entry's name without its subject. */
  id: z.string(),
  title: z.string(),
  model: z.string(),
  decoder: z.string(),
  kind: z.enum(['vaegan', 'vae', 'pca']),
  latentDim: count,
  imageSize: count,
  /** What guessing would score with the faces of each of its subjects; null where it is not known. */
  chance: z.array(
    z.object({
      subject: z.string(),
      faces: count,
      ssim: z.number().nullable(),
      pixCorr: z.number().nullable(),
    }),
  ),
  /** Subjects whose decoded faces were not compared with the training faces yet. */
  withoutNearest: z.array(z.string()),
  /** `all` first; those of all its subjects. */
  regions: z.array(z.string()),
  /** Attributes that were read from its decoded codes. */
  attributes: z.array(z.string()),
});
export type GallerySource = z.output<typeof gallerySourceSchema>;

export const galleryFactsSchema = z.object({
  /** Stimuli of all subjects together. */
  rows: count,
  subjects: z.array(z.object({ name: z.string(), faces: count })),
  sources: z.array(gallerySourceSchema),
  /** Labels of the stimuli with their values; of labels with many values none are listed. */
  labels: z.array(z.object({ name: z.string(), values: z.array(z.string()) })),
  sessions: z.array(z.string()),
  runs: z.array(z.string()),
  /** What is missing and why. */
  notes: z.array(z.string()),
});
export type GalleryFacts = z.output<typeof galleryFactsSchema>;

export const galleryFilter = z.strictObject({
  subjects: z.array(entryName).default([]),
  sessions: z.array(z.string()).default([]),
  runs: z.array(z.string()).default([]),
  /** Rows that were decoded by one of these sources. */
  sources: z.array(z.string()).default([]),
  /** Values that labels must have. */
  labels: z.record(z.string(), z.string()).default({}),
  /** Part of the stimulus's name. */
  name: z.string().max(200).default(''),
});
export type GalleryFilter = z.output<typeof galleryFilter>;

export const galleryOrder = z.strictObject({
  /** `study`: subjects and test faces in the order of the study. */
  by: z.enum(['study', 'name', ...galleryScores]).default('study'),
  /** Whose score. */
  source: z.string().default(''),
  descending: z.boolean().default(false),
});
export type GalleryOrder = z.output<typeof galleryOrder>;

/** Which rows, in which order, decoded from which voxels. An empty list of a filter asks for nothing. */
export const galleryView = z.strictObject({
  filter: galleryFilter.prefault({}),
  order: galleryOrder.prefault({}),
  /** All selected voxels, one region, or all without one (`without-...`). */
  region: z.string().default('all'),
});
export type GalleryView = z.output<typeof galleryView>;

const scoresSchema = z.object({
  rank: z.number().nullable(),
  pairwise: z.number().nullable(),
  /** Pearson's r of the decoded code with the true one. */
  similarity: z.number().nullable(),
  ssim: z.number().nullable(),
  pixCorr: z.number().nullable(),
});
export type GalleryScores = z.output<typeof scoresSchema>;

export const nearestSchema = z.object({
  /** Of the picture, below `/data/<project>/`. */
  picture: z.string(),
  file: z.string(),
  /** r of the decoded code with the code of the training face. */
  similarity: z.number(),
  /** r of the decoded picture's colour values with those of the training face. */
  pixCorr: z.number(),
});
export type NearestFace = z.output<typeof nearestSchema>;

export const galleryCellSchema = z.object({
  source: z.string(),
  /** Addresses below `/data/<project>/`; null where there is no such picture. */
  own: z.string().nullable(),
  decoded: z.string().nullable(),
  scores: scoresSchema,
  /** Where the decoded code lies on attributes: above 0 on the side of the class. */
  attributes: z.record(z.string(), z.number()),
  /** Null where it was not looked for. */
  nearest: nearestSchema.nullable(),
});
export type GalleryCell = z.output<typeof galleryCellSchema>;

export const galleryRowSchema = z.object({
  /** The row's own number, the same in every order. */
  id: count,
  subject: z.string(),
  stimulus: z.string(),
  original: z.string().nullable(),
  labels: z.record(z.string(), z.string()),
  /** Runs in which it was shown, with how often. */
  runs: z.array(z.object({ run: z.string(), presentations: count })),
  cells: z.array(galleryCellSchema),
});
export type GalleryRow = z.output<typeof galleryRowSchema>;

export const gallery = {
  /** What can be shown, sorted and filtered by. */
  facts: procedure.input(inProject).output(galleryFactsSchema),
  /** A page of rows. */
  rows: procedure
    .input(
      inProject.extend({
        view: galleryView,
        from: count.default(0),
        count: count.min(1).max(200).default(50),
      }),
    )
    .output(z.object({ total: count, rows: z.array(galleryRowSchema) })),
  /** Where a stimulus stands in a view; null where the view has no such row. */
  place: procedure
    .input(inProject.extend({ view: galleryView, subject: entryName, stimulus: z.string() }))
    .output(z.number().nullable()),
};
