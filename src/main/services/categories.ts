import { join, resolve } from 'node:path';
import { FusiformError } from '../../shared/errors.ts';
import type { WorkContext } from '../../shared/progress.ts';
import { identifyCategories as identify } from '../decoding/categories.ts';
import { readJsonFile } from '../formats/json/json.ts';
import { readNpyFile } from '../formats/npy/npy.ts';
import { averageTrials, patternsDescriptionSchema, patternsFiles } from '../jobs/stages/glm-patterns.ts';

export interface CategoriesResult {
  readonly conditions: readonly string[];
  readonly nRuns: number;
  readonly nVoxels: number;
  /** Share of left-out patterns whose own category correlates most; chance is one over the number of categories. */
  readonly accuracy: number;
  readonly accuracyP: number;
  /** Share of comparisons with one other category won; chance 0.5. */
  readonly pairwise: number;
  readonly pairwiseP: number;
  /** [shown][said], patterns over all runs. */
  readonly confusion: readonly (readonly number[])[];
  readonly permutations: number;
}

/** Leave-one-run-out identification of the conditions whose patterns `glm patterns` estimated. */
export async function identifyCategories(
  dir: string,
  options: { readonly permutations: number; readonly seed: number },
  context: WorkContext,
): Promise<CategoriesResult> {
  const folder = resolve(dir);
  const { conditions, runs, voxels, trials } = patternsDescriptionSchema.parse(
    await readJsonFile(join(folder, patternsFiles.description)),
  );
  const stored = await readNpyFile(join(folder, patternsFiles.patterns));
  const patterns =
    trials === undefined
      ? Float32Array.from(stored.data)
      : averageTrials(Float32Array.from(stored.data), { conditions, runs, trials, nVoxels: voxels.length });
  if (runs.length < 2 || conditions.length < 2 || voxels.length < 2) {
    throw new FusiformError(
      'PATTERNS_TOO_FEW',
      `Patterns of ${runs.length} runs, ${conditions.length} conditions and ${voxels.length} voxels cannot be told apart: at least 2 of each are needed.`,
      { file: folder },
    );
  }
  context.signal.throwIfAborted();
  const result = identify(
    patterns,
    { nRuns: runs.length, nCategories: conditions.length, nVoxels: voxels.length },
    { seed: options.seed, nPermutations: options.permutations },
  );
  const n = conditions.length;
  return {
    conditions,
    nRuns: runs.length,
    nVoxels: voxels.length,
    accuracy: result.nWay,
    accuracyP: result.nWayP,
    pairwise: result.pairwise,
    pairwiseP: result.pairwiseP,
    confusion: conditions.map((_, row) => Array.from(result.confusion.subarray(row * n, (row + 1) * n))),
    permutations: options.permutations,
  };
}
