import { FusiformError } from '../../../shared/errors.ts';
import type { Events } from '../../bids/events.ts';
import { isMissing } from '../../formats/tsv/table.ts';
import type { ModulatorSet } from '../../glm/design.ts';
import { type ModulatorScaling, scaleModulators } from '../../glm/modulators.ts';
import { matrix } from '../../math/matrix.ts';

/**
 * Columns of an events file as parametric modulators: one of each condition that has values there, named
 * `<condition>_x_<column>`. A condition without any value in a column is not modulated by it.
 *
 * @throws FusiformError TABLE_COLUMN_UNKNOWN; EVENTS_BAD_NUMBER with the line, where some events of a condition have a
 *   value and others none, or one that is no number
 */
export function eventModulators(
  events: Events,
  columns: readonly string[],
  scaling: ModulatorScaling,
): ModulatorSet[] {
  for (const column of columns) {
    if (!events.columns.includes(column)) {
      throw new FusiformError(
        'TABLE_COLUMN_UNKNOWN',
        `The events have no column "${column}"; they have ${events.columns.map((name) => `"${name}"`).join(', ')}.`,
        { file: events.file, line: 1, details: { column, columns: events.columns } },
      );
    }
  }
  const conditions = [...new Set(events.rows.map(({ trialType }) => trialType))].sort();
  return conditions.flatMap((condition): ModulatorSet[] => {
    const rows = events.rows.filter(({ trialType }) => trialType === condition);
    const used = columns.filter((column) => rows.some(({ extra }) => !isMissing(extra[column] ?? '')));
    if (used.length === 0) return [];
    const values = matrix(rows.length, used.length);
    rows.forEach(({ extra, line }, i) => {
      used.forEach((column, j) => {
        const cell = (extra[column] ?? '').trim();
        const value = isMissing(cell) ? Number.NaN : Number(cell);
        if (!Number.isFinite(value)) {
          throw new FusiformError(
            'EVENTS_BAD_NUMBER',
            `The ${column} "${cell}" of an event "${condition}" is not a number.`,
            { file: events.file, line, details: { column, value: cell } },
          );
        }
        values.data[i * used.length + j] = value;
      });
    });
    const names = used.map((column) => `${condition}_x_${column}`);
    return [{ trialType: condition, names, values: scaleModulators(values, scaling) }];
  });
}
