import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { decoderKinds } from '../../../shared/decoders.ts';
import type { AffineDecoder } from '../../decoding/affine-decoder.ts';
import { readJsonFile, writeJsonFile } from '../../formats/json/json.ts';
import { readSafetensorsFile, writeSafetensorsFile } from '../../formats/safetensors/safetensors.ts';
import { appliedArrays, appliedOf } from './applied-arrays.ts';

const candidateSchema = z.object({
  penalty: z.number(),
  rank: z.number().int().nullable(),
  noise: z.number().nullable(),
});

const pointSchema = candidateSchema.extend({
  /** By fold; null where the candidate could not be fitted. */
  identification: z.array(z.number().nullable()),
  correlation: z.array(z.number().nullable()),
});

export const decoderSchema = z.object({
  kind: z.enum(decoderKinds),
  subject: z.string(),
  latentDim: z.number().int(),
  /** Of the selected voxels (`hashOfVoxels`). */
  voxels: z.string(),
  /** Sets of voxels, by the names of `decoded.json`; the arrays of each stand in `decoder-<place>.safetensors`. */
  sets: z.array(z.object({ name: z.string(), nVoxels: z.number().int() })),
  /** Presentations that each test pattern is a mean of; blocks of imagery. */
  presentations: z.object({ test: z.record(z.string(), z.number().int()), imagery: z.number().int() }),
  chosen: candidateSchema,
  crossValidation: z.object({
    folds: z.number().int(),
    trials: z.number().int(),
    /** Voxels that each fold's own selection kept. */
    voxels: z.array(z.number().int()),
    curve: z.array(pointSchema),
    /** Of each fold at the candidate that the other folds choose; its mean is the score to compare decoders by. */
    identification: z.array(z.number()),
    correlation: z.array(z.number()),
  }),
});
export type DecoderDescription = z.output<typeof decoderSchema>;
export type CurvePoint = z.output<typeof pointSchema>;

/** By which a decoder knows the voxels that it was fitted to. */
export function hashOfVoxels(voxels: Uint32Array): string {
  return createHash('sha256').update(voxels).digest('hex');
}

const descriptionFile = 'decoder.json';
const arraysFile = (place: number) => `decoder-${place}.safetensors`;

export async function writeDecoderArrays(
  folder: string,
  place: number,
  decoder: AffineDecoder,
): Promise<void> {
  const { nLatents, nVoxels, matrix } = decoder;
  await writeSafetensorsFile(join(folder, arraysFile(place)), {
    matrix: { shape: [nLatents, nVoxels], data: matrix },
    ...appliedArrays(decoder),
  });
}

export async function readDecoderArrays(folder: string, place: number): Promise<AffineDecoder> {
  const { arrays } = await readSafetensorsFile(join(folder, arraysFile(place)));
  const [nLatents, nVoxels] = arrays.matrix.shape;
  return {
    nLatents,
    nVoxels,
    matrix:
      arrays.matrix.data instanceof Float32Array ? arrays.matrix.data : Float32Array.from(arrays.matrix.data),
    ...appliedOf(arrays),
  };
}

export function writeDecoderDescription(folder: string, description: DecoderDescription): Promise<void> {
  return writeJsonFile(join(folder, descriptionFile), description);
}

export async function readDecoderDescription(folder: string): Promise<DecoderDescription> {
  return decoderSchema.parse(await readJsonFile(join(folder, descriptionFile)));
}
