import { FusiformError } from '../../../shared/errors.ts';
import { requireColumn } from '../../formats/tsv/table.ts';
import type { FaceSet } from './face-set.ts';

/** A class of faces by a column of their labels. */
export interface LabelClass {
  readonly column: string;
  /** The value that the class has; every other value, but not a missing one, is outside it. */
  readonly positive: string;
}

const missing = /^\s*(n\/a|nan)?\s*$/i;

/** Class of every face of a set: true, false, or null where the label is missing. */
export function classOf(faces: FaceSet, { column, positive }: LabelClass): (boolean | null)[] {
  requireColumn(faces.table, column);
  const classes = faces.table.rows.map(({ values }) =>
    missing.test(values[column]) ? null : sameValue(values[column], positive),
  );
  for (const wanted of [true, false]) {
    if (classes.includes(wanted)) continue;
    const values = [...new Set(faces.table.rows.map((row) => row.values[column]))].slice(0, 10).join(', ');
    throw new FusiformError(
      'LABEL_CLASS_EMPTY',
      `No face ${wanted ? 'has' : 'differs from'} ${column} = ${positive}; the values are ${values}.`,
      { file: faces.table.file },
    );
  }
  return classes;
}

/** `1`, `1.0` and `01` are one value. */
function sameValue(a: string, b: string): boolean {
  const [left, right] = [a.trim(), b.trim()];
  return left === right || (left !== '' && right !== '' && Number(left) === Number(right));
}
