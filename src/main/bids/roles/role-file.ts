import { z } from 'zod';
import { FusiformError } from '../../../shared/errors.ts';
import { readFileChecked } from '../../formats/files/read.ts';
import { readJsonFile, writeJsonFile } from '../../formats/json/json.ts';
import { decodeText, parseTable, requireColumn, type TableRow } from '../../formats/tsv/table.ts';
import { writeTsvFile } from '../../formats/tsv/write.ts';
import type { EventColumns } from '../event-columns.ts';
import { columnRoles } from './propose.ts';
import { type RoleTable, roleTableSchema, type TrialRole, trialRoles } from './role-table.ts';

const header = ['kind', 'name', 'role', 'trials', 'runs', 'why'] as const;
const unused = '-';

/** Rows as a user sees and edits them: the columns of the events first, then the trial types. */
export function roleRows(table: RoleTable, otherColumns: readonly string[] = []): (string | number)[][] {
  const meaning = (name: string): string => {
    const keys = Object.keys(columnRoles) as (keyof EventColumns)[];
    return keys.filter((key) => table.columns[key] === name).map((key) => columnRoles[key])[0] ?? unused;
  };
  const used = Object.values(table.columns).filter((name) => name !== null);
  const columns = [...new Set([...used, ...otherColumns])];
  return [
    ...columns.map((name) => [
      'column',
      name,
      meaning(name),
      '',
      '',
      table.columnReasons[name] ?? 'plays no part',
    ]),
    ...table.types.map(({ name, role, trials, runs, why }) => ['trial-type', name, role, trials, runs, why]),
  ];
}

/** Writes a table to edit: JSON where the name ends so, else TSV. */
export async function writeRoleFile(
  path: string,
  table: RoleTable,
  otherColumns: readonly string[],
): Promise<void> {
  if (/\.json$/i.test(path)) await writeJsonFile(path, table);
  else await writeTsvFile(path, header, roleRows(table, otherColumns));
}

/** What a user says in an edited table. */
export interface RoleFile {
  /** Null where the file names no columns: they stay as they are. */
  readonly columns: EventColumns | null;
  /** Types that are not named keep their roles. */
  readonly changes: readonly RoleChange[];
}

/**
 * Reads a table that a user edited; counts and reasons are the program's own, and are not taken from it.
 *
 * @throws FusiformError ROLES_INVALID with the line, TABLE_COLUMN_UNKNOWN, and what reading throws
 */
export async function readRoleFile(path: string): Promise<RoleFile> {
  if (/\.json$/i.test(path)) return readJson(path);
  const table = parseTable(decodeText(await readFileChecked(path)), path);
  for (const column of ['kind', 'name', 'role']) requireColumn(table, column);
  const changes: RoleChange[] = [];
  const columns: Partial<Record<keyof EventColumns, string>> = {};
  let namesColumns = false;
  for (const row of table.rows) {
    const kind = word(row.values.kind);
    const name = row.values.name.trim();
    if (kind === 'trial-type') {
      changes.push({ name, role: parseRole(row.values.role, path, row.line), line: row.line });
    } else if (kind === 'column') {
      namesColumns = true;
      const meaning = columnMeaning(row, path);
      if (meaning === null) continue;
      if (columns[meaning] !== undefined) {
        throw invalid(`Two columns are named as ${columnRoles[meaning]}`, path, row.line);
      }
      columns[meaning] = name;
    } else
      throw invalid(`The kind "${row.values.kind}" is neither "column" nor "trial-type"`, path, row.line);
  }
  return { columns: namesColumns ? completeColumns(columns, path) : null, changes };
}

const jsonSchema = z.object({
  columns: roleTableSchema.shape.columns.optional(),
  types: z.array(z.object({ name: z.string(), role: z.string() })),
});

async function readJson(path: string): Promise<RoleFile> {
  const parsed = jsonSchema.safeParse(await readJsonFile(path));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(`${issue.path.join('.')}: ${issue.message}`, path);
  }
  const { columns = null, types } = parsed.data;
  return { columns, changes: types.map(({ name, role }) => ({ name, role: parseRole(role, path) })) };
}

export interface RoleChange {
  readonly name: string;
  readonly role: TrialRole;
  readonly line?: number;
}

/** @throws FusiformError TRIAL_TYPE_UNKNOWN, ROLES_INVALID for a type that is named twice */
export function changeRoles(table: RoleTable, changes: readonly RoleChange[], file?: string): RoleTable {
  const roles = new Map<string, TrialRole>();
  for (const { name, role, line } of changes) {
    const place = { ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) };
    if (!table.types.some((type) => type.name === name)) {
      const there = table.types.map((type) => `"${type.name}"`).join(', ');
      throw new FusiformError(
        'TRIAL_TYPE_UNKNOWN',
        `No run has trials of type "${name}"; there are ${there}.`,
        place,
      );
    }
    if (roles.has(name) && roles.get(name) !== role) {
      throw new FusiformError('ROLES_INVALID', `The trial type "${name}" is given two roles.`, place);
    }
    roles.set(name, role);
  }
  const types = table.types.map((type) => {
    const role = roles.get(type.name) ?? type.role;
    return role === type.role ? type : { ...type, role, why: 'set by the user' };
  });
  return { ...table, types };
}

const synonyms: Readonly<Record<string, TrialRole>> = {
  train: 'training-face',
  training: 'training-face',
  'train-face': 'training-face',
  test: 'test-face',
  oneback: 'one-back',
  repeat: 'one-back',
  fix: 'fixation',
  rest: 'fixation',
  img: 'imagery',
  none: 'other',
  '': 'other',
};

/** A role as a user writes it: `training face`, `train`, `one_back`. @throws FusiformError ROLES_INVALID */
export function parseRole(text: string, file?: string, line?: number): TrialRole {
  const written = word(text);
  const role =
    trialRoles.find((candidate) => candidate === written) ??
    (Object.hasOwn(synonyms, written) ? synonyms[written] : undefined);
  if (role !== undefined) return role;
  throw invalid(`There is no role "${text.trim()}"; the roles are ${trialRoles.join(', ')}`, file, line);
}

/** `image` for `stimFile`. @throws FusiformError ROLES_INVALID */
export function parseColumnRole(text: string, file?: string, line?: number): keyof EventColumns {
  const written = word(text);
  const keys = Object.keys(columnRoles) as (keyof EventColumns)[];
  const key = keys.find((candidate) => columnRoles[candidate] === written);
  if (key !== undefined) return key;
  throw invalid(
    `A column is no "${text.trim()}"; it may be ${Object.values(columnRoles).join(', ')}, or ${unused}`,
    file,
    line,
  );
}

/** `Training face`, `training_face` and `training-face` are one. */
function word(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replaceAll(/[_\s]+/g, '-');
}

function columnMeaning({ values, line }: TableRow, file: string): keyof EventColumns | null {
  const text = values.role.trim();
  return text === unused || text === '' ? null : parseColumnRole(text, file, line);
}

function completeColumns(
  columns: Partial<Record<keyof EventColumns, string | null>>,
  file: string,
): EventColumns {
  const { onset, duration } = columns;
  if (!onset || !duration) throw invalid('The table names no column as onset, or none as duration', file);
  return {
    onset,
    duration,
    trialType: columns.trialType ?? null,
    stimFile: columns.stimFile ?? null,
    oneback: columns.oneback ?? null,
  };
}

function invalid(message: string, file?: string, line?: number): FusiformError {
  return new FusiformError('ROLES_INVALID', `${message}.`, {
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { line }),
  });
}
