import { resolve } from 'node:path';
import { FusiformError, type Problem } from '../../shared/errors.ts';
import type { BidsDataset } from '../bids/dataset.ts';
import type { EventColumns } from '../bids/event-columns.ts';
import { readEventsTable } from '../bids/events-table.ts';
import { proposeRoleTable } from '../bids/roles/propose.ts';
import { changeRoles, parseColumnRole, parseRole, readRoleFile } from '../bids/roles/role-file.ts';
import { type RoleTable, roleTableSchema } from '../bids/roles/role-table.ts';
import { type EventsSurvey, type RunTable, surveyEvents } from '../bids/roles/survey.ts';
import {
  addRoleTable,
  listRoleTables,
  type RoleTableOrigin,
  type RoleTableVersion,
} from '../store/role-tables.ts';
import { runsOfTask } from './study-request.ts';
import type { Workspace } from './workspace.ts';

/** What a user asks to change in a role table. */
export interface RoleEdits {
  /** An edited file, as `writeRoleFile` wrote it. */
  readonly file?: string;
  /** `TYPE=ROLE` */
  readonly set?: readonly string[];
  /** `MEANING=COLUMN`: `image=stim_file`; `image=` for none. */
  readonly columns?: readonly string[];
}

export interface SurveyedRoles {
  readonly subject: string;
  readonly task: string;
  readonly survey: EventsSurvey;
  readonly problems: readonly Problem[];
}

/**
 * Reads the events of a subject's runs. A file that cannot be read is listed and left out; images need not be there.
 *
 * @param columns default: by their names, then by what they hold.
 * @throws FusiformError BIDS_NO_SUBJECT, BIDS_NO_RUNS, EVENTS_MISSING where no run has events
 */
export async function surveySubject(
  dataset: BidsDataset,
  request: { readonly subject: string; readonly task?: string; readonly columns?: EventColumns },
): Promise<SurveyedRoles> {
  const { label, task, runs } = runsOfTask(dataset, request.subject, request.task);
  const problems: Problem[] = [];
  const tables: RunTable[] = [];
  let first: FusiformError | undefined;
  for (const { name, eventsPath, boldPath } of runs) {
    try {
      if (eventsPath === null) {
        throw new FusiformError('EVENTS_MISSING', 'The run has no events file.', { file: boldPath });
      }
      tables.push({ run: name, table: await readEventsTable(eventsPath) });
    } catch (error) {
      if (!(error instanceof FusiformError)) throw error;
      first ??= error;
      problems.push(error.toProblem());
    }
  }
  if (tables.length === 0 && first) throw first;
  return { subject: label, task, survey: surveyEvents(tables, request.columns), problems };
}

/** A subject's role table: the one that the project keeps, brought up to date with the events, or a proposal. */
export interface SubjectRoles {
  readonly subject: string;
  readonly task: string;
  readonly table: RoleTable;
  /** Where it comes from; the version is null where the project keeps none. */
  readonly origin: RoleTableOrigin;
  readonly version: number | null;
  readonly lists: EventsSurvey['lists'];
  /** Columns that play no part. */
  readonly otherColumns: readonly string[];
  readonly problems: readonly Problem[];
}

/**
 * @param workspace null: the proposal, whatever any project keeps.
 */
export async function subjectRoles(
  workspace: Workspace | null,
  dataset: BidsDataset,
  request: { readonly subject: string; readonly task?: string },
): Promise<SubjectRoles> {
  const surveyed = await surveySubject(dataset, request);
  const kept = workspace === null ? undefined : keptRoles(workspace, surveyed.subject);
  // What nobody has confirmed is proposed anew: the events may have changed, or be those of another study.
  if (kept === undefined || kept.origin === 'proposed') {
    const version = kept?.version ?? null;
    return describe(surveyed, proposeRoleTable(surveyed.survey), { origin: 'proposed', version });
  }
  const again = await surveySubject(dataset, { ...request, columns: kept.table.columns });
  const misfit = misfitOf(kept.table, again.survey);
  if (misfit === null) return describe(again, upToDate(kept.table, proposeRoleTable(again.survey)), kept);
  const problem = new FusiformError(
    'ROLES_OF_OTHER_EVENTS',
    `The role table that the project keeps for subject ${surveyed.subject} (version ${kept.version}) does not fit ` +
      `these events: ${misfit}. Roles are proposed anew.`,
  ).toProblem();
  return describe(
    { ...surveyed, problems: [...surveyed.problems, problem] },
    proposeRoleTable(surveyed.survey),
    { origin: 'proposed', version: kept.version },
  );
}

/** Why a kept table cannot be meant for these events; null where it can. */
function misfitOf({ columns, types }: RoleTable, { tablesWith, types: found }: EventsSurvey): string | null {
  const gone = Object.values(columns).find((name) => name !== null && !tablesWith.has(name));
  if (gone !== undefined) return `they have no column "${gone}"`;
  const faces = types.filter(({ role }) => role === 'training-face' || role === 'test-face');
  if (faces.length === 0 || faces.some(({ name }) => found.some((type) => type.name === name))) return null;
  return `none of them is a "${faces[0].name}"`;
}

function describe(
  { subject, task, survey, problems }: SurveyedRoles,
  table: RoleTable,
  { origin, version }: { origin: RoleTableOrigin; version: number | null },
): SubjectRoles {
  const used: (string | null)[] = Object.values(table.columns);
  const otherColumns = [...survey.tablesWith.keys()].filter((name) => !used.includes(name));
  return { subject, task, table, origin, version, lists: survey.lists, otherColumns, problems };
}

interface KeptRoles {
  readonly table: RoleTable;
  readonly origin: RoleTableOrigin;
  readonly version: number;
}

/** The version of a subject's role table that holds in a project. */
export function keptRoles(workspace: Workspace, subject: string): KeptRoles | undefined {
  const latest = listRoleTables(workspace.store.sql, subject).at(-1);
  return (
    latest && { table: roleTableSchema.parse(latest.content), origin: latest.origin, version: latest.version }
  );
}

/** A kept table with the counts of today; a type that has come since has the role that is proposed for it. */
function upToDate(kept: RoleTable, proposed: RoleTable): RoleTable {
  const roles = new Map(kept.types.map((type) => [type.name, type]));
  const types = proposed.types.map((type) => {
    const known = roles.get(type.name);
    return known === undefined
      ? type
      : { ...type, role: known.role, why: known.role === type.role ? type.why : known.why };
  });
  return { ...proposed, columns: kept.columns, types };
}

/** A role table with a user's changes. @throws FusiformError ROLES_INVALID, TRIAL_TYPE_UNKNOWN, FILE_NOT_FOUND */
export async function editedRoles(
  dataset: BidsDataset,
  current: SubjectRoles,
  edits: RoleEdits,
): Promise<RoleTable> {
  const path = edits.file === undefined ? undefined : resolve(edits.file);
  const file = path === undefined ? undefined : await readRoleFile(path);
  // Other columns mean other trial types: those of the table are counted anew before roles are given to them.
  const columns = editedColumns(file?.columns ?? current.table.columns, edits.columns ?? []);
  const columned = await withColumns(dataset, current, columns);
  const read = file === undefined ? columned : changeRoles(columned, file.changes, path);
  const changes = (edits.set ?? []).map((text) => {
    const at = text.lastIndexOf('=');
    if (at < 1) throw new FusiformError('ROLES_INVALID', `"${text}" is not TYPE=ROLE.`);
    return { name: text.slice(0, at).trim(), role: parseRole(text.slice(at + 1)) };
  });
  return changeRoles(read, changes);
}

async function withColumns(
  dataset: BidsDataset,
  { subject, task, table }: SubjectRoles,
  columns: EventColumns,
): Promise<RoleTable> {
  if (JSON.stringify(columns) === JSON.stringify(table.columns)) return table;
  const { survey } = await surveySubject(dataset, { subject, task, columns });
  for (const name of Object.values(columns)) {
    if (name === null || survey.tablesWith.has(name)) continue;
    const there = [...survey.tablesWith.keys()].join(', ');
    throw new FusiformError('ROLES_INVALID', `No events file has the column "${name}"; there are ${there}.`);
  }
  return upToDate({ ...table, columns }, proposeRoleTable(survey));
}

function editedColumns(columns: EventColumns, edits: readonly string[]): EventColumns {
  const edited = { ...columns };
  for (const text of edits) {
    const [meaning, name = ''] = text.split('=', 2);
    const key = parseColumnRole(meaning);
    if (name !== '') edited[key] = name;
    else if (key === 'onset' || key === 'duration') {
      throw new FusiformError('ROLES_INVALID', `Every event needs a column for its ${key}.`);
    } else edited[key] = null;
  }
  return edited;
}

/** Keeps a table as the newest version; the same table again is no new version unless it is confirmed. */
export function keepRoles(
  workspace: Workspace,
  subject: string,
  table: RoleTable,
  origin: RoleTableOrigin,
  restoredFrom?: number,
): number {
  const kept = keptRoles(workspace, subject);
  const same = kept !== undefined && decides(kept.table) === decides(table);
  const isNews = origin === 'restored' || (origin !== 'proposed' && kept?.origin === 'proposed');
  if (same && !isNews) return kept.version;
  return addRoleTable(workspace.store.sql, {
    subject,
    origin: same && origin === 'edited' ? 'confirmed' : origin,
    content: table,
    ...(restoredFrom === undefined ? {} : { restoredFrom }),
  });
}

/** What of a table decides on the analysis. */
function decides({ columns, types }: RoleTable): string {
  return JSON.stringify([columns, types.map(({ name, role }) => [name, role]).sort()]);
}

export function roleHistory(workspace: Workspace, subject: string): RoleTableVersion[] {
  return listRoleTables(workspace.store.sql, subject);
}

/**
 * The version that is asked for; without one, the version before the newest, or before the one that the newest took back.
 *
 * @throws FusiformError ROLES_NO_VERSION
 */
export function versionToRestore(workspace: Workspace, subject: string, version?: number): RoleTableVersion {
  const versions = roleHistory(workspace, subject);
  const newest = versions.at(-1);
  const wanted = version ?? (newest?.restoredFrom ?? newest?.version ?? 1) - 1;
  const found = versions.find((candidate) => candidate.version === wanted);
  if (found !== undefined) return found;
  const there = versions.length === 0 ? 'none' : `1 to ${versions.length}`;
  throw new FusiformError(
    'ROLES_NO_VERSION',
    `Subject ${subject} has no role table of version ${wanted} (there are: ${there}).`,
  );
}

/** Makes an earlier version the newest; the number of that. */
export function restoreRoles(
  workspace: Workspace,
  subject: string,
  { version, content }: RoleTableVersion,
): number {
  return keepRoles(workspace, subject, roleTableSchema.parse(content), 'restored', version);
}
