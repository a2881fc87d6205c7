import { z } from 'zod';
import { decoderKinds } from '../decoders.ts';
import { pointSelections } from '../learning-curve.ts';
import { entryName, hostPath } from './base.ts';
import { encodingRequest, engine, glmSettings, seed, share, whole } from './request-parts.ts';

const decoded = z.strictObject({
  subject: z.string().min(1),
  model: entryName,
  decoder: z.enum(decoderKinds).default('pseudo-inverse'),
});

/** Attributes of a labelled face set, read from true and decoded codes. */
export const readAttributesRequest = decoded.extend({
  kind: z.literal('read-attributes'),
  /** The labelled face set that attributes are learnt from. */
  faces: entryName.default('faces'),
  /** Absent: all columns. */
  columns: z.array(z.string()).exactOptional(),
  /** Column of what must not be divided between folds. */
  group: z.string().exactOptional(),
  folds: whole.min(3).max(100).default(10),
  permutations: whole.max(1e7).default(10_000),
  seed,
  engine,
});

export const readImageryRequest = decoded.extend({
  kind: z.literal('read-imagery'),
  /** Who was imagined, where the events do not say. */
  imagined: z.string().exactOptional(),
  candidates: z.array(z.string()).min(2),
  /** Whether the runs are read once more, for the ceiling of as many trials. */
  trials: z.boolean().default(true),
  seed,
  engine,
});

export const compareRegionsRequest = decoded.extend({ kind: z.literal('compare-regions'), seed });

export const learningCurveRequest = encodingRequest.extend({
  kind: z.literal('learning-curve'),
  /** Numbers of training faces; absent: 1000, 2000 and so on. All of them always come last. */
  points: z.array(whole).exactOptional(),
  selection: z.enum(pointSelections).default('own-runs'),
  seed,
  engine,
});

export const voxelReliabilityRequest = z.strictObject({
  kind: z.literal('voxel-reliability'),
  subject: z.string().min(1),
  settings: glmSettings,
  noise: z.enum(['ols', 'ar1']).default('ar1'),
  mask: hostPath.exactOptional(),
  maskThreshold: share.exactOptional(),
  /** Sets of runs that the noise is estimated from, an even number. */
  sets: whole.max(100).default(8),
});

/** All evaluated subjects of the project side by side, with their group statistics. */
export const groupResultsRequest = z.strictObject({
  kind: z.literal('group-results'),
  name: entryName.default('study'),
});

export const writeReportRequest = z.strictObject({
  kind: z.literal('write-report'),
  /** Absent: the study, and each of its subjects. */
  subject: entryName.exactOptional(),
  study: entryName.default('study'),
  outDir: hostPath,
});
