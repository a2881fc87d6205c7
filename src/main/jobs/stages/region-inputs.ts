import { z } from 'zod';
import { FusiformError, type Problem } from '../../../shared/errors.ts';
import { type AtlasLabel, readAtlasLabels } from '../../formats/atlas/label-table.ts';
import { readVolume } from '../../formats/nifti/read.ts';
import { loadMask, onGrid } from '../../imaging/load-mask.ts';
import { lobeOf, lobes } from '../../imaging/lobes.ts';
import { applyMask, type Mask } from '../../imaging/mask.ts';
import { labelRegions, posteriorRegions, type Region } from '../../imaging/regions.ts';

/** How the regions are drawn that are decoded one by one, beside all voxels together. */
export const regionsSchema = z.discriminatedUnion('kind', [
  /** The article's, by position: the most posterior third of the voxels, and the rest in a lower and an upper half. */
  z.strictObject({ kind: z.literal('posterior') }),
  /** The article's, by anatomy: labels of an atlas (inputs `atlas`, `atlasLabels`) by the rules of lobes.ts. */
  z.strictObject({ kind: z.literal('lobes') }),
  /** Sets of labels of an atlas, by name or by value. */
  z.strictObject({
    kind: z.literal('labels'),
    definitions: z
      .array(
        z.strictObject({
          name: z.string(),
          labels: z.array(z.union([z.string(), z.number().int()])).min(1),
        }),
      )
      .min(1),
  }),
  /** Mask images, inputs `region:<name>`. */
  z.strictObject({ kind: z.literal('masks'), names: z.array(z.string()).min(1) }),
]);
export type RegionsWanted = z.output<typeof regionsSchema>;

export interface ResolvedRegions {
  readonly regions: readonly Region[];
  readonly problems: readonly Problem[];
}

/**
 * The voxels of a mask in each region. Images on other grids are resampled to the mask's by nearest voxels, with a
 * problem that says so. An empty region is listed and kept, without voxels.
 *
 * @throws FusiformError ATLAS_INVALID, ATLAS_LABEL_UNKNOWN, MASK_GRID_MISMATCH, MASK_EMPTY, and what reading throws
 */
export async function regionsOf(
  wanted: RegionsWanted,
  mask: Mask,
  inputs: Readonly<Record<string, string>>,
): Promise<ResolvedRegions> {
  if (wanted.kind === 'posterior') return { regions: posteriorRegions(mask), problems: [] };
  const { regions, problems } =
    wanted.kind === 'masks'
      ? await fromMasks(wanted.names, mask, inputs)
      : await fromAtlas(wanted, mask, inputs.atlas, inputs.atlasLabels);
  const empty = regions
    .filter(({ voxels }) => voxels.length === 0)
    .map(({ name }) =>
      new FusiformError('REGION_EMPTY', `The region "${name}" holds none of the voxels that are analysed.`, {
        ...(inputs.atlas === undefined ? {} : { file: inputs.atlas }),
      }).toProblem(),
    );
  return { regions, problems: [...problems, ...empty] };
}

async function fromMasks(
  names: readonly string[],
  mask: Mask,
  inputs: Readonly<Record<string, string>>,
): Promise<ResolvedRegions> {
  const problems: Problem[] = [];
  const regions: Region[] = [];
  for (const name of names) {
    const loaded = await loadMask(inputs[`region:${name}`], mask.grid);
    problems.push(...loaded.problems);
    const inside = new Set(loaded.mask.indices);
    const voxels = Uint32Array.from([...mask.indices.keys()].filter((at) => inside.has(mask.indices[at])));
    regions.push({ name, voxels });
  }
  return { regions, problems };
}

async function fromAtlas(
  wanted: Extract<RegionsWanted, { kind: 'lobes' | 'labels' }>,
  mask: Mask,
  atlas: string,
  table: string | undefined,
): Promise<ResolvedRegions> {
  const labels = table === undefined ? [] : await readAtlasLabels(table);
  const { resampled, problems } = onGrid(await readVolume(atlas), mask.grid, 'nearest', atlas);
  const definitions =
    wanted.kind === 'lobes'
      ? lobeDefinitions(labels, table ?? atlas)
      : wanted.definitions.map(({ name, labels: given }) => ({
          name,
          labels: given.flatMap((label) => valuesOf(label, labels, table ?? atlas)),
        }));
  return { regions: labelRegions(applyMask(resampled, mask), definitions), problems };
}

/** @throws FusiformError ATLAS_INVALID where no label belongs to any of the three regions */
export function lobeDefinitions(
  labels: readonly AtlasLabel[],
  file: string,
): { name: string; labels: number[] }[] {
  const definitions = lobes.map((name) => ({
    name,
    labels: labels.filter((label) => lobeOf(label.name) === name).map(({ index }) => index),
  }));
  if (definitions.every((definition) => definition.labels.length === 0)) {
    throw new FusiformError(
      'ATLAS_INVALID',
      'No label has a name by which the occipital, temporal or frontoparietal region could be told.',
      { file },
    );
  }
  return definitions;
}

/** Values of a label that is given by its value, its name, or a part of names (`fusiform` for both sides). */
function valuesOf(given: string | number, labels: readonly AtlasLabel[], file: string): number[] {
  if (typeof given === 'number') return [given];
  const same = (name: string): string => name.trim().toLowerCase();
  const exact = labels.filter(({ name }) => same(name) === same(given));
  const found = exact.length > 0 ? exact : labels.filter(({ name }) => same(name).includes(same(given)));
  if (found.length === 0) {
    throw new FusiformError('ATLAS_LABEL_UNKNOWN', `The atlas has no label "${given}".`, {
      file,
      details: { labels: labels.map(({ name }) => name) },
    });
  }
  return found.map(({ index }) => index);
}

/**
 * The place of each voxel's region, -1 where it is in none; the first region that holds a voxel has it.
 *
 * @param positions of the voxels that are asked for, within the mask
 */
export function regionOfVoxels(
  positions: Uint32Array,
  regions: readonly Pick<Region, 'voxels'>[],
  nVoxels: number,
): Int32Array {
  const ofVoxel = new Int32Array(nVoxels).fill(-1);
  for (let at = regions.length - 1; at >= 0; at -= 1) {
    for (const voxel of regions[at].voxels) ofVoxel[voxel] = at;
  }
  return Int32Array.from(positions, (position) => ofVoxel[position]);
}
