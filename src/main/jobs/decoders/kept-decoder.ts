import { join } from 'node:path';
import { z } from 'zod';
import type { AffineDecoder, AppliedDecoder } from '../../decoding/affine-decoder.ts';
import { blocksOf, blockVoxels, toFixedPoint } from '../../decoding/fixed-point.ts';
import { readJsonFile, writeJsonFile } from '../../formats/json/json.ts';
import { writeNpyFile } from '../../formats/npy/npy.ts';
import { readSafetensorsFile, writeSafetensorsFile } from '../../formats/safetensors/safetensors.ts';
import { latentSpaceSchema } from '../stages/encoding-design.ts';
import { appliedArrays, appliedOf } from './applied-arrays.ts';

const schema = z.object({
  subject: z.string(),
  /** The set of voxels, by the names of `decoded.json`. */
  set: z.string(),
  latentSpace: latentSpaceSchema,
  nVoxels: z.number().int(),
  /** Whether the weights are kept in 16 bits; small decoders are made of the mapping each time. */
  fixedPoint: z.boolean(),
});
export type KeptDescription = z.output<typeof schema>;

const files = { description: 'kept.json', weights: 'weights.npy', rest: 'decoder.safetensors' } as const;

/** What is applied to a pattern's products with the weights, and what the file of the weights holds. */
export interface KeptDecoder {
  readonly decoder: AppliedDecoder;
  /** [blocks, nLatents] */
  readonly scales: Float64Array;
  /** int16, [blocks, nLatents, blockVoxels] */
  readonly weightsFile: string;
}

export async function writeKept(
  folder: string,
  description: KeptDescription,
  decoder: AffineDecoder | null,
): Promise<void> {
  await writeJsonFile(join(folder, files.description), description);
  if (decoder === null) return;
  const { nLatents, nVoxels, matrix } = decoder;
  const { values, scales } = toFixedPoint(matrix, nVoxels);
  const nBlocks = blocksOf(nVoxels);
  await writeNpyFile(join(folder, files.weights), { shape: [nBlocks, nLatents, blockVoxels], data: values });
  await writeSafetensorsFile(join(folder, files.rest), {
    scales: { shape: [nBlocks, nLatents], data: scales },
    ...appliedArrays(decoder),
  });
}

export async function readKeptDescription(folder: string): Promise<KeptDescription> {
  return schema.parse(await readJsonFile(join(folder, files.description)));
}

/** Of a folder whose weights are kept in 16 bits. */
export async function readKept(folder: string, { nVoxels }: KeptDescription): Promise<KeptDecoder> {
  const { arrays } = await readSafetensorsFile(join(folder, files.rest));
  return {
    decoder: { nLatents: arrays.offset.shape[0], nVoxels, ...appliedOf(arrays) },
    scales: Float64Array.from(arrays.scales.data),
    weightsFile: join(folder, files.weights),
  };
}
