import { FusiformError } from '../../../shared/errors.ts';
import type { MatFile } from '../../formats/mat/open-mat.ts';
import type { Region } from '../../formats/mat/region.ts';
import { type MatValue, type MatVariable, unsupported, variableMissing } from '../../formats/mat/values.ts';
import { countElements } from '../../formats/numeric-types.ts';

export type NumericMat = Extract<MatValue, { kind: 'numeric' }>;

/** @throws FusiformError MAT_UNSUPPORTED where the variable is no array of real numbers, and what reading it throws */
export async function readNumbers(file: MatFile, name: string, region?: Region): Promise<NumericMat> {
  const value = await file.read(name, region);
  if (value.kind === 'numeric') return value;
  throw unsupported(name, value.kind === 'unsupported' ? value.what : value.kind, file.path);
}

/**
 * The variable of a name; where the file has none of that name, the only one that fits.
 *
 * @throws FusiformError MAT_VARIABLE_MISSING with the names that there are
 */
export function chooseVariable(
  file: MatFile,
  name: string,
  fits: (variable: MatVariable) => boolean = () => false,
): MatVariable {
  const named = file.variables.get(name);
  if (named !== undefined) return named;
  const others = [...file.variables.values()].filter(fits);
  if (others.length === 1) return others[0];
  throw variableMissing([...file.variables.keys()], name, file.path);
}

export function sizeOf({ shape }: MatVariable): number {
  return countElements(shape) ?? Number.NaN;
}

export function wrongShape(file: string, { name, shape }: MatVariable, why: string): FusiformError {
  return new FusiformError('PUBLISHED_SHAPE', `The variable "${name}" (${shape.join(' x ')}): ${why}.`, {
    file,
    details: { variable: name, shape: [...shape] },
  });
}
