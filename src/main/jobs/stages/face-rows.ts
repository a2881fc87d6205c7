import { FusiformError } from '../../../shared/errors.ts';
import { faceName } from './roles.ts';

/** Finds a face among stimuli: by its whole path, or by the file name that the study copies. */
export function rowFinder(stimuli: readonly string[]): (name: string) => number | undefined {
  const byPath = new Map(stimuli.map((stimulus, row) => [stimulus, row]));
  const byName = new Map(stimuli.map((stimulus, row) => [faceName(stimulus), row]));
  return (name) => byPath.get(name) ?? byName.get(name);
}

/**
 * The rows of faces among the stimuli (see `rowFinder`).
 *
 * @param file what the error names
 * @throws FusiformError STIMULUS_NOT_ENCODED
 */
export function rowsOf(names: readonly string[], stimuli: readonly string[], file: string): Uint32Array {
  const rowOf = rowFinder(stimuli);
  return Uint32Array.from(names, (name) => {
    const row = rowOf(name);
    if (row === undefined) {
      throw new FusiformError('STIMULUS_NOT_ENCODED', `The face "${name}" has no latent code.`, { file });
    }
    return row;
  });
}
