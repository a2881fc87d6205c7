import { z } from 'zod';
import { decoderKinds } from '../decoders.ts';
import { entryName, inProject, procedure } from './base.ts';

const whole = z.number().int();
const voxelIndices = z.tuple([whole.min(0), whole.min(0), whole.min(0)]);
const mappingOf = inProject.extend({ subject: entryName, model: entryName });

/** A test face as it was decoded: its codes, when it was shown, and what each region makes of it. */
export const stimulusLinksSchema = z.object({
  /** [latentDim] each. */
  trueCode: z.array(z.number()),
  decodedCode: z.array(z.number()),
  /** Pearson's r of the two; null where one of them is of one value throughout. */
  similarity: z.number().nullable(),
  regions: z.array(
    z.object({
      /** `all`, a region, or `without-` one. */
      name: z.string(),
      excluded: z.string().nullable(),
      nVoxels: whole,
      similarity: z.number().nullable(),
      rank: z.number().nullable(),
      pairwise: z.number().nullable(),
      /** Address of the picture below `/data/<project>/`; null where it cannot be made. */
      picture: z.string().nullable(),
    }),
  ),
  nFaces: whole,
});
export type StimulusLinks = z.output<typeof stimulusLinksSchema>;

export const trialSchema = z.object({
  run: z.string(),
  session: z.string().nullable(),
  /** Line of the run's table of events, its header being line 1. */
  line: whole,
  /** Seconds from the first volume. */
  onset: z.number(),
  /** Seconds. */
  duration: z.number(),
});

export const placeSchema = z.object({
  voxel: voxelIndices,
  /** RAS+ millimetres. */
  mm: z.tuple([z.number(), z.number(), z.number()]),
  /** Null where it lies in none. */
  region: z.string().nullable(),
});

export const strongestSchema = placeSchema.extend({ value: z.number() });

export const voxelLinksSchema = placeSchema.extend({
  /** Whether it is among those that are decoded from: only these have weights. */
  isSelected: z.boolean(),
  /** Response to any face, in units of the images. */
  bias: z.number().nullable(),
  /** [latentDim]: response per unit of each latent, 0 for those that are not modelled; empty where it is not selected. */
  weights: z.array(z.number()),
  /** Codes of the faces that drive the voxel least and most: the mean training face, moved against and along the weights. */
  faces: z.array(z.object({ name: z.enum(['against', 'mean', 'along']), code: z.array(z.number()) })),
  /** How far the two lie from the mean: as far as training faces do, root mean square. */
  distance: z.number().nullable(),
  modelArtifact: z.string().nullable(),
});
export type VoxelLinks = z.output<typeof voxelLinksSchema>;

export const voxelSeriesSchema = z.object({
  run: z.string(),
  /** Seconds, of every volume. */
  times: z.array(z.number()),
  tR: z.number(),
  /** As the image holds it. */
  bold: z.array(z.number()),
  /** What the model predicts: conditions, latents and nuisance together. */
  fit: z.array(z.number()),
  /** The nuisance alone: drift, motion, mean. */
  nuisance: z.array(z.number()),
  /** Share of the variance behind the nuisance that the conditions and latents explain; null where nothing varies. */
  explained: z.number().nullable(),
  /** Noise's correlation from volume to volume that was taken out of the fit. */
  rho: z.number(),
  regressors: whole,
  events: z.array(
    z.object({
      onset: z.number(),
      duration: z.number(),
      regressor: z.string(),
      stimulus: z.string().nullable(),
    }),
  ),
});
export type VoxelSeries = z.output<typeof voxelSeriesSchema>;

export const latentLinksSchema = z.object({
  /** From 0. */
  latent: whole,
  isModelled: z.boolean(),
  /** Over the training faces of the subject. */
  mean: z.number(),
  sd: z.number(),
  /** [latentDim]: the mean training face. */
  meanCode: z.array(z.number()),
  strongest: z.array(strongestSchema),
  modelArtifact: z.string(),
});
export type LatentLinks = z.output<typeof latentLinksSchema>;

/** A map that shows a target, and what it shows. */
export const targetMapSchema = z.object({
  kind: z.string(),
  /** As images of the brain are named: `artifact:<hash>/<file>`. */
  id: z.string(),
  description: z.string(),
  units: z.string(),
});

export const targetMapsSchema = z.object({
  /** Empty where none was made of this mapping. */
  maps: z.array(targetMapSchema),
  /** The voxels that add most to the likeness of a decoded face with the face that was shown. */
  strongest: z.array(strongestSchema),
  /** What regions take part; of a face the part of the correlation that each adds. */
  regions: z.array(z.object({ region: z.string(), nVoxels: whole, sum: z.number(), share: z.number() })),
});
export type TargetMaps = z.output<typeof targetMapsSchema>;

export const mapTarget = z.discriminatedUnion('kind', [
  /** From 1, as maps are asked for. */
  z.strictObject({ kind: z.literal('latent'), index: whole.min(1) }),
  z.strictObject({ kind: z.literal('attribute'), name: z.string() }),
  z.strictObject({ kind: z.literal('face'), name: z.string() }),
]);
export type MapTargetName = z.output<typeof mapTarget>;

/** From a face, a voxel, a latent or a region to all the others. */
export const links = {
  stimulus: procedure
    .input(mappingOf.extend({ decoder: z.enum(decoderKinds), stimulus: z.string() }))
    .output(stimulusLinksSchema),
  /** When a test face was shown. */
  trials: procedure
    .input(inProject.extend({ subject: entryName, stimulus: z.string() }))
    .output(z.array(trialSchema)),
  voxel: procedure.input(mappingOf.extend({ voxel: voxelIndices })).output(voxelLinksSchema),
  /** The voxel's signal over a run, beside what the encoding model says of it. */
  series: procedure
    .input(mappingOf.extend({ voxel: voxelIndices, run: z.string() }))
    .output(voxelSeriesSchema),
  latent: procedure
    .input(mappingOf.extend({ latent: whole.min(0), count: whole.min(1).max(100).default(10) }))
    .output(latentLinksSchema),
  /** Maps of a target that were made of the mapping as it is now. */
  maps: procedure.input(mappingOf.extend({ target: mapTarget })).output(targetMapsSchema),
};
