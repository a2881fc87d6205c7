import { z } from 'zod';
import { decoderKinds } from '../decoders.ts';
import { entryName, hostPath } from './base.ts';
import {
  compareRegionsRequest,
  groupResultsRequest,
  learningCurveRequest,
  readAttributesRequest,
  readImageryRequest,
  voxelReliabilityRequest,
  writeReportRequest,
} from './evaluation-requests.ts';
import { crop, encodingRequest, engine, glmSettings, seed, whole } from './request-parts.ts';

/* What may be asked of a project's queue: requests to the services, with the defaults of the command line. */

const heldOut = z.number().min(0).lt(1).default(0.1);
const preset = z.enum(['paper', 'small', 'tiny']).default('tiny');

export const importFacesRequest = z.strictObject({
  kind: z.literal('import-faces'),
  dir: hostPath,
  name: entryName.default('faces'),
  labels: z.union([z.literal('find'), z.array(hostPath)]).default('find'),
  imageSize: whole.max(1024).default(64),
  crop,
  dropDuplicates: z.boolean().default(false),
});

export const trainModelRequest = z.strictObject({
  kind: z.literal('train-model'),
  faces: entryName.default('faces'),
  name: entryName.default('vaegan'),
  network: z.enum(['vaegan', 'vae']).default('vaegan'),
  preset,
  /** A model, or `model@step`, whose weights are the start; takes the place of the preset. */
  fork: z.string().exactOptional(),
  /** `path=value` each, such as `loss.kl=0.5`. */
  set: z.array(z.string()).default([]),
  latents: whole.exactOptional(),
  steps: whole.exactOptional(),
  epochs: z.number().positive().exactOptional(),
  heldOut,
  microBatch: whole.exactOptional(),
  evaluateEverySteps: whole.exactOptional(),
  baseline: z.boolean().default(true),
  seed,
  engine,
});

export const fitPcaRequest = z.strictObject({
  kind: z.literal('fit-pca'),
  faces: entryName.default('faces'),
  name: entryName.default('pca'),
  preset,
  latents: whole.exactOptional(),
  heldOut,
  seed,
  engine,
});

/** A model that was trained elsewhere: a `.safetensors` file, or the checkpoint of the released VAE-GAN. */
export const importModelRequest = z.strictObject({
  kind: z.literal('import-model'),
  path: hostPath,
  name: entryName.default('published'),
});

export const encodeFacesRequest = z.strictObject({
  kind: z.literal('encode-faces'),
  model: entryName,
  faces: entryName,
  engine,
});

export const attributeAxesRequest = z.strictObject({
  kind: z.literal('attribute-axes'),
  model: entryName,
  faces: entryName,
  folds: whole.min(2).max(100).default(5),
  seed,
  engine,
});

export const studyOptions = z.strictObject({
  layout: z.string().exactOptional(),
  derivatives: z.array(hostPath).exactOptional(),
  space: z.string().exactOptional(),
  resolution: z.string().exactOptional(),
  prefix: z.string().exactOptional(),
});

export const addSubjectRequest = z.strictObject({
  kind: z.literal('add-subject'),
  /** Folder of the study, or a table of runs. */
  bids: hostPath,
  subject: z.string().min(1),
  task: z.string().exactOptional(),
  index: studyOptions.exactOptional(),
});

export const examineSubjectRequest = z.strictObject({
  kind: z.literal('examine-subject'),
  subject: z.string().min(1),
  settings: glmSettings,
});

const mapRequest = encodingRequest.extend({
  gainMeasure: z.enum(['f', 'cross-validated']).default('f'),
  atlas: hostPath.exactOptional(),
  atlasLabels: hostPath.exactOptional(),
  regions: z.array(z.string()).exactOptional(),
  regionMasks: z.array(z.string()).exactOptional(),
  engine,
});

export const fitMapRequest = mapRequest.extend({
  kind: z.literal('fit-map'),
  /** Relative penalty on the latents' weights; 0: least squares. */
  ridge: z.number().min(0).default(0),
});

/** How many voxels remain under the rules and others, before a mapping is fitted with them. */
export const previewVoxelsRequest = mapRequest.extend({ kind: z.literal('preview-voxels') });

export const fitDecodersRequest = mapRequest.extend({
  kind: z.literal('fit-decoders'),
  decoders: z
    .array(z.enum(decoderKinds))
    .min(1)
    .default([...decoderKinds]),
  singleTrial: z.enum(['lss', 'lsa']).default('lss'),
  seed,
});

const decoder = z.enum(decoderKinds).default('pseudo-inverse');

export const decodeSubjectRequest = z.strictObject({
  kind: z.literal('decode-subject'),
  subject: z.string().min(1),
  model: entryName,
  decoder,
  engine,
});

const offline = z.strictObject({
  subject: z.string().min(1),
  model: entryName,
  decoder,
  /** What the result is found by; default: the names of the runs, or of the file. */
  name: entryName.exactOptional(),
  engine,
});

/** What was seen in runs that a finished mapping was not fitted with. */
export const decodeRunsRequest = offline.extend({
  kind: z.literal('decode-runs'),
  runs: z.array(z.string()).min(1),
  bids: hostPath.exactOptional(),
  index: studyOptions.exactOptional(),
  /** A pattern a picture over all these runs, or one a trial. */
  unit: z.enum(['picture', 'trial']).default('picture'),
  types: z.array(z.string()).min(1).exactOptional(),
});

/** Patterns of a file: NIfTI, `.npy`, `.mat`. */
export const decodeFileRequest = offline.extend({
  kind: z.literal('decode-file'),
  file: hostPath,
  presentations: z.number().positive().default(1),
});

export const evaluateSubjectRequest = z.strictObject({
  kind: z.literal('evaluate-subject'),
  subject: z.string().min(1),
  model: entryName,
  decoder,
  permutations: whole.max(1e7).default(10_000),
  gender: z.strictObject({ faces: entryName, column: z.string(), positive: z.string() }).exactOptional(),
  imagery: z.strictObject({ imagined: z.string(), candidates: z.array(z.string()).min(2) }).exactOptional(),
  /** The VAE-GAN whose discriminator looks at the pictures; absent: the model's own. */
  discriminator: entryName.exactOptional(),
  seed,
  engine,
});

/** Images of what each voxel contributes to latents, attributes and decoded faces, as `maps` makes them. */
export const mapWeightsRequest = z.strictObject({
  kind: z.literal('map-weights'),
  subject: z.string().min(1),
  model: entryName,
  /** Latents, counted from 1. */
  latents: z.array(whole).default([]),
  /** As `COLUMN=VALUE`. */
  attributes: z.array(z.string()).default([]),
  along: z.enum(['axis', 'classifier']).default('axis'),
  /** Test faces by their stimulus names. */
  testFaces: z.array(z.string()).default([]),
  /** Decoded from this region alone; absent: from all voxels. */
  region: z.string().exactOptional(),
  /** Labelled face set from which attributes are learnt. */
  faces: entryName.default('faces'),
  folds: whole.min(3).max(100).default(10),
  seed,
  engine,
});

/** The training face nearest to each decoded face: whether it is a memory. */
export const nearestTrainingRequest = z.strictObject({
  kind: z.literal('nearest-training'),
  subject: z.string().min(1),
  model: entryName,
  decoder,
  engine,
});

/** The whole method on a simulated subject and simulated faces, in this project. */
export const demoRequest = z.strictObject({ kind: z.literal('demo'), seed, engine });

export const jobRequest = z.discriminatedUnion('kind', [
  importFacesRequest,
  trainModelRequest,
  fitPcaRequest,
  importModelRequest,
  encodeFacesRequest,
  attributeAxesRequest,
  addSubjectRequest,
  examineSubjectRequest,
  fitMapRequest,
  previewVoxelsRequest,
  fitDecodersRequest,
  decodeSubjectRequest,
  decodeRunsRequest,
  decodeFileRequest,
  evaluateSubjectRequest,
  readAttributesRequest,
  readImageryRequest,
  compareRegionsRequest,
  learningCurveRequest,
  voxelReliabilityRequest,
  groupResultsRequest,
  writeReportRequest,
  mapWeightsRequest,
  nearestTrainingRequest,
  demoRequest,
]);
/** As it is asked for: what has a default may be left out. */
export type JobRequestInput = z.input<typeof jobRequest>;
export type JobRequest = z.output<typeof jobRequest>;
export type JobKind = JobRequest['kind'];
