import { z } from 'zod';
import { decoderKinds } from '../decoders.ts';
import { entryName, hostPath, inProject, procedure } from './base.ts';
import { studyOptions } from './job-requests.ts';
import { problemSchema } from './problem.ts';
import { selectionRule } from './request-parts.ts';

/** A fitted mapping or decoded patterns, found under `subject/model` or `subject/model/decoder`. */
export const resultSchema = z.object({
  name: z.string(),
  artifact: z.string(),
  seconds: z.number(),
  finishedAt: z.string().nullable(),
  summary: z.record(z.string(), z.unknown()),
  /** Files of the artefact with their bytes, for `/data/<project>/artifacts/<artifact>/<file>`. */
  files: z.array(z.object({ path: z.string(), bytes: z.number() })),
});
export type ResultFacts = z.output<typeof resultSchema>;

export const fittedWithSchema = z.object({
  /** Runs that took part. */
  runs: z.array(z.string()),
  settings: z.record(z.string(), z.json()),
  noise: z.enum(['ols', 'ar1']),
  maskThreshold: z.number(),
  folds: z.number().int(),
  faceRule: selectionRule,
  gainRule: selectionRule,
  gainMeasure: z.enum(['f', 'cross-validated']),
});
export type FittedWith = z.output<typeof fittedWithSchema>;

const scores = z.array(z.number().nullable());
export const fittedDecoderSchema = z.object({
  decoder: z.enum(decoderKinds),
  /** Its hyperparameters in words. */
  chosen: z.string(),
  trials: z.number().int(),
  /** Voxels that each fold's own selection kept. */
  voxels: z.array(z.number().int()),
  /** Identification of trials left out, fold by fold, at what the other folds choose; chance 0.5. */
  identification: z.array(z.number()),
  correlation: z.array(z.number()),
  /** Everything that was tried. */
  curve: z.array(
    z.object({
      penalty: z.number(),
      rank: z.number().int().nullable(),
      noise: z.number().nullable(),
      words: z.string(),
      isChosen: z.boolean(),
      identification: scores,
      correlation: scores,
    }),
  ),
});
export type FittedDecoder = z.output<typeof fittedDecoderSchema>;

/** Of test faces, or of new runs and files. */
const decodingKind = z.enum(['decoding', 'offline-decoding']);

export const decodedFacesSchema = z.object({
  artifact: z.string(),
  /** The face set of the pictures that were shown; null where the project has none. */
  faces: z.string().nullable(),
  rows: z.array(
    z.object({
      name: z.string(),
      /** Its face in the artefact. */
      picture: z.string(),
      /** Row of the picture that was shown in the face set; null where it is not known. */
      shown: z.number().int().nullable(),
      /** The rest is known of the patterns of new runs. */
      run: z.string().exactOptional(),
      /** Seconds. */
      onset: z.number().nullable().exactOptional(),
      trialType: z.string().exactOptional(),
      stimFile: z.string().nullable().exactOptional(),
      presentations: z.number().exactOptional(),
    }),
  ),
});
export type DecodedFaces = z.output<typeof decodedFacesSchema>;

export const offlineDecodingSchema = z.object({
  name: z.string(),
  subject: z.string(),
  model: z.string(),
  decoder: z.string(),
  label: z.string(),
  artifact: z.string(),
  finishedAt: z.string().nullable(),
  patterns: z.number().int(),
});
export type OfflineDecoding = z.output<typeof offlineDecodingSchema>;

export const runsToDecodeSchema = z.object({
  source: z.string(),
  runs: z.array(
    z.object({
      name: z.string(),
      session: z.string().nullable(),
      task: z.string(),
      boldPath: z.string(),
      /** Why it cannot be decoded; null where it can. */
      obstacle: z.enum(['used by the fit', 'no events', 'image not there']).nullable(),
    }),
  ),
  problems: z.array(problemSchema),
});

const oneMapping = inProject.extend({ subject: entryName, model: entryName });

export const decoding = {
  /** How a mapping was fitted; null where there is none, or where it was imported. */
  fittedWith: procedure.input(oneMapping).output(fittedWithSchema.nullable()),
  /** The decoders that were fitted beside each other; none where there are none yet. */
  decoders: procedure.input(oneMapping).output(z.array(fittedDecoderSchema)),
  /** What a decoding holds, pattern by pattern. */
  faces: procedure
    .input(inProject.extend({ kind: decodingKind, name: entryName }))
    .output(decodedFacesSchema),
  /** Runs beside those of the fit. */
  runsToDecode: procedure
    .input(oneMapping.extend({ bids: hostPath.exactOptional(), index: studyOptions.exactOptional() }))
    .output(runsToDecodeSchema),
  /** New runs and files that were decoded, the latest first. */
  offline: procedure.input(inProject).output(z.array(offlineDecodingSchema)),
  /** Writes faces as PNG, codes and patterns as tables into a folder. */
  exportTo: procedure
    .input(
      inProject.extend({
        kind: decodingKind,
        name: entryName,
        outDir: hostPath,
      }),
    )
    .output(z.object({ outDir: z.string(), faces: z.number().int() })),
  mappings: procedure.input(inProject).output(z.array(resultSchema)),
  list: procedure.input(inProject).output(z.array(resultSchema)),
};
