import { z } from 'zod';

/**
 * Which runs the voxels of a point are selected on: its own, so that nothing reaches a small training set that it could not know; or all
 * runs, the same voxels at every point.
 */
export const pointSelections = ['own-runs', 'all-runs'] as const;
export type PointSelection = (typeof pointSelections)[number];

/** Identification in one region, decoded with a mapping that was trained on some of the faces. */
export const learningPointSchema = z.object({
  /** `all`, or a region of the voxels. */
  region: z.string(),
  /** The number of training faces that was asked for; null where it is all of them. */
  requested: z.number().int().nullable(),
  /** Different training faces in the runs that the mapping was trained on. */
  trainingFaces: z.number().int(),
  runs: z.number().int(),
  /** Voxels that were selected. */
  voxels: z.number().int(),
  /** Mean over test faces; chance 0.5. */
  pairwise: z.number(),
  /** Percentile interval of the bootstrap over test faces, 95 %. */
  pairwiseInterval: z.tuple([z.number(), z.number()]),
  /** Exact rank test, one-sided. */
  pairwiseP: z.number(),
  /** Among all test faces; chance 1 / test faces. */
  nWay: z.number(),
  /** Binomial, one-sided. */
  nWayP: z.number(),
});
export type LearningPoint = z.output<typeof learningPointSchema>;

/** What a point is: stored with it, raised whenever it is computed otherwise. */
export const learningCurveDefinition = 'learning-curve/1';

export const learningCurveSchema = z.object({
  definition: z.literal(learningCurveDefinition),
  subject: z.string(),
  model: z.string(),
  decoder: z.literal('pseudo-inverse'),
  selection: z.enum(pointSelections),
  testFaces: z.number().int(),
  /** Ascending in training faces, `all` first in each. */
  points: z.array(learningPointSchema),
});

/** How identification grows with the number of training faces. */
export type LearningCurve = z.output<typeof learningCurveSchema>;
