import { z } from 'zod';
import { entryName, hostPath, inProject, procedure } from './base.ts';

/** What an image of the brain is of. */
export const brainImageKinds = [
  'anatomy',
  'mean',
  'quality',
  'statistic',
  'variance',
  'reliability',
  'selection',
  'weights',
  'filter',
  'pattern',
  'contribution',
  'labels',
  'mask',
  'other',
] as const;
export type BrainImageKind = (typeof brainImageKinds)[number];

export const brainImageSchema = z.object({
  /** As addresses name it: `artifacts/<hash>/<file>`, `regions:<hash>`, `mean:<file>` or `file:<file>`. */
  id: z.string(),
  name: z.string(),
  kind: z.enum(brainImageKinds),
  /** Below `/data/<project>/`; NIfTI bytes, compressed or not. */
  url: z.string(),
  /** On the host's disk; null where it is made when it is asked for. */
  file: z.string().nullable(),
  units: z.string().nullable(),
  /** Degrees of freedom; of F those above and below. */
  degreesOfFreedom: z.array(z.number()).nullable(),
  /** What was done for the number of voxels, in words. */
  correction: z.string().nullable(),
  description: z.string().nullable(),
  /** Whether values of both signs mean something, and 0 is the middle. */
  isSigned: z.boolean(),
  /** The latent model, and what a map of weights is of: `latent 1`, `Male=1`, a face. */
  model: z.string().nullable(),
  target: z.string().nullable(),
  /** Names of the values of a label image; empty where there is no table. */
  labels: z.array(z.object({ index: z.number(), name: z.string() })),
});
export type BrainImage = z.output<typeof brainImageSchema>;

export const brainSurfaceSchema = z.object({
  id: z.string(),
  name: z.string(),
  hemisphere: z.enum(['L', 'R']).nullable(),
  url: z.string(),
});
export type BrainSurface = z.output<typeof brainSurfaceSchema>;

export const brainFactsSchema = z.object({
  subject: z.string(),
  images: z.array(brainImageSchema),
  /** Surfaces of both hemispheres that belong together, white matter, pial or midthickness. */
  surfaces: z.array(brainSurfaceSchema),
  /** What could not be listed, and why. */
  problems: z.array(z.object({ code: z.string(), message: z.string(), remedy: z.string() })),
});
export type BrainFacts = z.output<typeof brainFactsSchema>;

/** One step of how a mask was made. */
export const maskStepSchema = z.strictObject({
  /** `sphere`, `brush`, `threshold`, `union` ... */
  operation: z.string().max(60),
  /** What it was done with, in words: `radius 6 mm at -42, -51, -18`. */
  detail: z.string().max(400),
  voxelsAfter: z.number().int().min(0),
});
export type MaskStep = z.output<typeof maskStepSchema>;

const oneSubject = inProject.extend({ subject: entryName });

export const brain = {
  /** Everything that can be looked at of a subject: its anatomy, maps, regions and surfaces. */
  facts: procedure.input(oneSubject).output(brainFactsSchema),
  /** A NIfTI image anywhere on the host's disk, as far as its header tells. */
  image: procedure.input(inProject.extend({ file: hostPath })).output(brainImageSchema),
  /**
   * Writes a mask into the project (`masks/sub-<subject>_label-<name>_mask.nii.gz`), with a sidecar that says how it was
   * made; one of that name is replaced, and its history goes on. The voxels are runs of flat indices, x fastest.
   */
  saveMask: procedure
    .input(
      oneSubject.extend({
        name: z.string().min(1).max(80),
        /** The image on whose grid it lies, by its id. */
        grid: z.string(),
        /** First voxel and length of each run, one after the other. */
        runs: z.array(z.number().int().min(0)).max(120_000),
        steps: z.array(maskStepSchema).max(2000),
      }),
    )
    .output(brainImageSchema),
};
