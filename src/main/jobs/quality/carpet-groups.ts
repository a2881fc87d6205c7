import { FusiformError, type Problem } from '../../../shared/errors.ts';
import { loadMask } from '../../imaging/load-mask.ts';
import type { Mask } from '../../imaging/mask.ts';

/** Tissues by which the carpet is ordered, in this order; inputs of the stage are named after them. */
export const tissues = ['grey matter', 'white matter', 'CSF'] as const;

export interface CarpetGrouping {
  /** [mask voxels] positions in `names`. */
  readonly of: Uint8Array;
  readonly names: readonly string[];
}

/**
 * Groups of the mask's voxels by the tissue masks among the inputs; a voxel goes to the first that holds it, and what
 * none holds comes last. A tissue mask that is of no use is listed and passed over.
 */
export async function carpetGroups(
  inputs: Readonly<Record<string, string>>,
  mask: Mask,
): Promise<{ grouping: CarpetGrouping; problems: Problem[] }> {
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
  const rest = found.length === 0 ? 'brain' : 'rest of the brain';
  return { grouping: { of, names: [...found.map(({ name }) => name), rest] }, problems };
}
