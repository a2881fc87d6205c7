import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readSafetensorsFile } from '../../formats/safetensors/safetensors.ts';
import { NormalEquations } from '../../glm/streaming.ts';
import { foldFile, maximumFolds } from '../stages/encoding-sums.ts';

/** Folds of runs in an encoding model's folder; some may hold no run. */
export function foldsOf(folder: string): number[] {
  return Array.from({ length: maximumFolds }, (_, fold) => fold).filter((fold) =>
    existsSync(join(folder, foldFile(fold))),
  );
}

/** The sums of all folds but one. */
export function sumsWithout(
  folder: string,
  folds: readonly number[],
  left: number,
): Promise<NormalEquations> {
  return sumsOf(
    folder,
    folds.filter((fold) => fold !== left),
  );
}

/** The sums of some folds, taken together. */
export async function sumsOf(folder: string, folds: readonly number[]): Promise<NormalEquations> {
  let total: NormalEquations | undefined;
  for (const fold of folds) {
    const { arrays } = await readSafetensorsFile(join(folder, foldFile(fold)));
    const part = NormalEquations.fromNamedArrays(arrays);
    if (total === undefined) total = part;
    else await total.merge(part);
  }
  if (total === undefined) throw new RangeError('Leaving a fold out leaves no runs');
  return total;
}
