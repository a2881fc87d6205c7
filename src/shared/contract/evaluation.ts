import { z } from 'zod';
import { decodedAttributesSchema } from '../decoded-attributes.ts';
import type { Evaluation } from '../evaluation.ts';
import type { GroupResult } from '../group.ts';
import { imageryResultSchema } from '../imagery.ts';
import { learningCurveSchema } from '../learning-curve.ts';
import { regionComparisonSchema } from '../region-comparison.ts';
import { voxelReliabilitySchema } from '../voxel-reliability.ts';
import { entryName, inProject, procedure } from './base.ts';
import { resultSchema } from './decoding.ts';

export const metricSchema = z.object({
  name: z.string(),
  definition: z.string(),
  subject: z.string(),
  model: z.string(),
  decoder: z.string(),
  region: z.string(),
  /** Null where it could not be computed; `reason` says why. */
  value: z.number().nullable(),
  lower: z.number().exactOptional(),
  upper: z.number().exactOptional(),
  p: z.number().exactOptional(),
  /** The test of `p`, with its version. */
  test: z.string().exactOptional(),
  adjustedP: z.number().exactOptional(),
  publishedP: z.number().exactOptional(),
  publishedTest: z.string().exactOptional(),
  chance: z.number().exactOptional(),
  n: z.number(),
  reason: z.string().exactOptional(),
});

export const identificationMatrixSchema = z.object({
  /** Test faces in the order of the study. */
  stimuli: z.array(z.string()),
  /** [n, n]: r of each decoded code (rows) with the true code of each test face (columns). */
  correlations: z.array(z.number()),
});
export type IdentificationMatrix = z.output<typeof identificationMatrixSchema>;

const named = inProject.extend({ name: entryName });
const ofSubject = inProject.extend({ subject: entryName });

export const evaluation = {
  list: procedure.input(inProject).output(z.array(resultSchema)),
  get: procedure.input(named).output(z.custom<Evaluation>()),
  /** Every score of an evaluation with the definition it was computed by. */
  metrics: procedure.input(named).output(z.array(metricSchema)),
  /** Null where there are too many test faces to be shown. */
  matrix: procedure
    .input(named.extend({ region: z.string().default('all') }))
    .output(identificationMatrixSchema.nullable()),
  /* Further analyses of what an evaluation is of, under the same name; null where there is none yet. */
  attributes: procedure.input(named).output(decodedAttributesSchema.nullable()),
  imagery: procedure.input(named).output(imageryResultSchema.nullable()),
  regions: procedure.input(named).output(regionComparisonSchema.nullable()),
  /** With voxels of each point's own runs, and with those of all runs. */
  learningCurves: procedure.input(named).output(z.array(learningCurveSchema)),
  reliability: procedure.input(ofSubject).output(voxelReliabilitySchema.nullable()),
  /** Names of the group results. */
  groups: procedure.input(inProject).output(z.array(z.string())),
  group: procedure.input(named).output(z.custom<GroupResult>()),
};
