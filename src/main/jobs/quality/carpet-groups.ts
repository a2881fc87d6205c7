import { FusiformError, type Problem } from '../../../shared/errors.ts';
import { readAtlasLabels } from '../../formats/atlas/label-table.ts';
import { readVolume } from '../../formats/nifti/read.ts';
import { loadMask, onGrid } from '../../imaging/load-mask.ts';
import type { Mask } from '../../imaging/mask.ts';

/** Tissues by which the carpet is ordered, in this order; inputs of the stage are named after them. */
export const tissues = ['grey matter', 'white matter', 'CSF'] as const;

export interface CarpetGrouping {
  /** [mask voxels] positions in `names`. */
  readonly of: Uint8Array;
  readonly names: readonly string[];
}

const rest = 'rest of the brain';
/** More groups could not be labelled beside a carpet. */
const mostGroups = 8;

/**
 * Groups of the mask's voxels: by the labels of an atlas (inputs `atlas`, and `atlasLabels` for their names), the eight
 * largest by themselves; else by the tissue masks among the inputs, where a voxel goes to the first that holds it. What
 * belongs to none comes last.
 *
 * @throws FusiformError what reading the atlas and its labels throws
 */
export async function carpetGroups(
  inputs: Readonly<Record<string, string>>,
  mask: Mask,
): Promise<{ grouping: CarpetGrouping; problems: readonly Problem[] }> {
  return inputs.atlas === undefined
    ? byTissue(inputs, mask)
    : byAtlas(inputs.atlas, inputs.atlasLabels, mask);
}

async function byAtlas(atlas: string, table: string | undefined, mask: Mask) {
  const { resampled, problems } = onGrid(await readVolume(atlas), mask.grid, 'nearest', atlas);
  const labels = table === undefined ? [] : await readAtlasLabels(table);
  const values = Array.from(mask.indices, (index) => Math.round(resampled.data[index]) || 0);
  const sizes = new Map<number, number>();
  for (const value of values) if (value !== 0) sizes.set(value, (sizes.get(value) ?? 0) + 1);
  const largest = [...sizes]
    .sort((a, b) => b[1] - a[1])
    .slice(0, mostGroups)
    .map(([value]) => value)
    .sort((a, b) => a - b);
  const names = largest.map((value) => labels.find(({ index }) => index === value)?.name ?? `label ${value}`);
  const of = Uint8Array.from(values, (value) => {
    const at = largest.indexOf(value);
    return at < 0 ? largest.length : at;
  });
  return { grouping: { of, names: [...names, rest] }, problems };
}

/** A tissue mask that is of no use is listed and passed over. */
async function byTissue(inputs: Readonly<Record<string, string>>, mask: Mask) {
  const problems: Problem[] = [];
  const found: { name: string; indices: Set<number> }[] = [];
  for (const name of tissues) {
    if (inputs[name] === undefined) continue;
    try {
      const tissue = await loadMask(inputs[name], mask.grid);
      found.push({ name, indices: new Set(tissue.mask.indices) });
      problems.push(...tissue.problems);
    } catch (error) {
      if (!(error instanceof FusiformError)) throw error;
      problems.push(error.toProblem());
    }
  }
  const of = Uint8Array.from(mask.indices, (index) => {
    const at = found.findIndex(({ indices }) => indices.has(index));
    return at < 0 ? found.length : at;
  });
  const last = found.length === 0 ? 'brain' : rest;
  return { grouping: { of, names: [...found.map(({ name }) => name), last] }, problems };
}
