import { FusiformError } from '../../../shared/errors.ts';
import type { NumericArray } from '../../math/nd-array.ts';

/**
 * A variable of a MATLAB file. MATLAB keeps the first axis contiguous; here every array is row-major with the same shape,
 * so that element `(i, j)` of MATLAB (one-based) is `data[(i - 1) * columns + (j - 1)]`. MATLAB has no fewer than two axes.
 * Indices that are stored as values stay as they are: one-based.
 */
export type MatValue =
  | {
      readonly kind: 'numeric';
      /**
       * MATLAB's class: `double`, `single`, `int8` to `uint64` (64-bit integers become float64), `logical`; null in an HDF5
       * file that another program wrote.
       */
      readonly className: string | null;
      readonly shape: readonly number[];
      readonly data: NumericArray;
    }
  /** A char array: one text a row. */
  | { readonly kind: 'text'; readonly rows: readonly string[] }
  /** A cell array, its cells row-major. */
  | { readonly kind: 'cell'; readonly shape: readonly number[]; readonly cells: readonly MatValue[] }
  /** What is not read: structs, sparse and complex arrays, objects, function handles. */
  | { readonly kind: 'unsupported'; readonly what: string };

export type MatVariables = ReadonlyMap<string, MatValue>;

/** What is known of a variable before it is read. */
export interface MatVariable {
  readonly name: string;
  /** MATLAB's class; null in an HDF5 file that another program wrote. */
  readonly className: string | null;
  /** As MATLAB shows it; empty for an object. */
  readonly shape: readonly number[];
}

/** No variable with more bytes is read at once. */
export const mostBytes = 2 ** 31;

/**
 * A numeric variable of a file.
 *
 * @throws FusiformError MAT_VARIABLE_MISSING with the names there are, MAT_UNSUPPORTED where it is of another kind
 */
export function numericVariable(
  variables: MatVariables,
  name: string,
  file: string,
): Extract<MatValue, { kind: 'numeric' }> {
  const value = variables.get(name);
  if (value === undefined) throw variableMissing([...variables.keys()], name, file);
  if (value.kind === 'numeric') return value;
  throw unsupported(name, value.kind === 'unsupported' ? value.what : value.kind, file);
}

/** The texts of a cell array of char arrays, or of the rows of a char array; null for anything else. */
export function textsOf(value: MatValue | undefined): string[] | null {
  if (value?.kind === 'text') return [...value.rows];
  if (value?.kind !== 'cell') return null;
  const texts: string[] = [];
  for (const cell of value.cells) {
    if (cell.kind !== 'text' || cell.rows.length > 1) return null;
    texts.push(cell.rows[0] ?? '');
  }
  return texts;
}

export function variableMissing(names: readonly string[], name: string, file: string): FusiformError {
  return new FusiformError(
    'MAT_VARIABLE_MISSING',
    `The file has no variable "${name}" (it has: ${names.join(', ') || 'none'}).`,
    { file },
  );
}

export function unsupported(name: string, what: string, file: string): FusiformError {
  return new FusiformError('MAT_UNSUPPORTED', `The variable "${name}" is ${what}, which is not read here.`, {
    file,
  });
}

export function invalid(why: string, file: string, cause?: unknown): FusiformError {
  return new FusiformError('MAT_INVALID', `This is not a readable MATLAB file: ${why}.`, { file, cause });
}
