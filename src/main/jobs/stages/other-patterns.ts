import { join } from 'node:path';
import { z } from 'zod';
import { FusiformError } from '../../../shared/errors.ts';
import { readJsonFile, writeJsonFile } from '../../formats/json/json.ts';
import { readSafetensorsFile, writeSafetensorsFile } from '../../formats/safetensors/safetensors.ts';
import type { StoredMapping } from './fit-mapping.ts';

const descriptionSchema = z.object({
  names: z.array(z.string()).min(1),
  nVoxels: z.number().int(),
  presentations: z.array(z.number().positive()).optional(),
});
const files = { arrays: 'patterns.safetensors', description: 'patterns.json' } as const;

/** Patterns of a mapping's voxels, other than those that it was fitted with. */
export interface NamedPatterns {
  readonly names: readonly string[];
  readonly nVoxels: number;
  /** [names, nVoxels] */
  readonly patterns: Float32Array;
  /** [names]: presentations that each is a mean of; default 1. */
  readonly presentations?: readonly number[];
}

export async function writePatterns(
  folder: string,
  { names, nVoxels, patterns, presentations }: NamedPatterns,
): Promise<void> {
  await writeSafetensorsFile(join(folder, files.arrays), {
    patterns: { shape: [names.length, nVoxels], data: patterns },
  });
  await writeJsonFile(join(folder, files.description), {
    names,
    nVoxels,
    ...(presentations === undefined ? {} : { presentations: [...presentations] }),
  });
}

/**
 * A mapping with other patterns in place of its test patterns, so that they are decoded as those are.
 *
 * @param folder of `writePatterns`; undefined: the mapping as it is
 * @throws FusiformError PATTERN_VOXELS_MISMATCH
 */
export async function withPatterns(
  mapping: StoredMapping,
  folder: string | undefined,
): Promise<StoredMapping> {
  if (folder === undefined) return mapping;
  const { names, nVoxels, presentations } = descriptionSchema.parse(
    await readJsonFile(join(folder, files.description)),
  );
  if (nVoxels !== mapping.nVoxels) {
    throw new FusiformError(
      'PATTERN_VOXELS_MISMATCH',
      `The patterns have ${nVoxels} voxels, and the mapping has ${mapping.nVoxels}.`,
      { file: folder },
    );
  }
  const { arrays } = await readSafetensorsFile(join(folder, files.arrays));
  return {
    ...mapping,
    description: { ...mapping.description, testFaces: names, hasImagery: false },
    testPatterns: Float32Array.from(arrays.patterns.data),
    presentations: presentations ?? names.map(() => 1),
    imageryPattern: null,
  };
}
