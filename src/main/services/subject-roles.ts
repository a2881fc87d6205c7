import { resolve } from 'node:path';
import { FusiformError, type Problem } from '../../shared/errors.ts';
import { bareLabel } from '../bids/entities.ts';
import { writeRoleFile } from '../bids/roles/role-file.ts';
import type { RoleTable } from '../bids/roles/role-table.ts';
import type { PresentationList } from '../bids/roles/survey.ts';
import {
  editedRoles,
  keepRoles,
  keptRoles,
  type RoleEdits,
  restoreRoles,
  roleHistory,
  type SubjectRoles,
  subjectRoles,
} from './role-tables.ts';
import { staleEntries } from './staleness.ts';
import { type IndexOptions, indexStudy, parseOptions } from './study-request.ts';
import { indexAgain, studyOf } from './subjects.ts';
import type { Workspace } from './workspace.ts';

export { roleRows } from '../bids/roles/role-file.ts';
export { roleMeanings, trialRoles } from '../bids/roles/role-table.ts';

export interface RolesRequest extends RoleEdits {
  /** Default: where the project's subject came from. */
  readonly bids?: string;
  readonly index?: IndexOptions;
  /** Default: every subject that the study (or the project) has. */
  readonly subject?: string;
  readonly task?: string;
  /** Keeps the table as it is: the user has looked at it. */
  readonly confirm?: boolean;
  /** Takes the version before back. */
  readonly undo?: boolean;
  /** Takes this version back. */
  readonly version?: number;
  /** Where to write the table for editing. */
  readonly out?: string;
}

/** A role table as a user sees it. */
export interface RolesReport {
  readonly subject: string;
  readonly task: string;
  readonly origin: SubjectRoles['origin'];
  /** Null where no project keeps it. */
  readonly version: number | null;
  readonly table: RoleTable;
  readonly otherColumns: readonly string[];
  readonly lists: readonly PresentationList[];
  /** Results of the project that were computed from other roles, `mapping 01/vaegan`. */
  readonly stale: readonly string[];
  readonly file: string | null;
  readonly problems: readonly Problem[];
}

/**
 * Shows the role tables of subjects, changes them, and keeps what was changed with the project. A subject that the
 * project has is read again with its new roles, so that what depends on them is computed anew when next asked for.
 *
 * @param workspace null: nothing is kept; the table may be written to a file.
 * @throws FusiformError ROLES_INVALID, TRIAL_TYPE_UNKNOWN, ROLES_NO_VERSION, BIDS_NO_SUBJECT, NAME_UNKNOWN
 */
export async function manageRoles(
  workspace: Workspace | null,
  request: RolesRequest,
): Promise<RolesReport[]> {
  const reports: RolesReport[] = [];
  for (const { subject, bids, index } of await subjectsOf(workspace, request)) {
    const dataset = await indexStudy({ bids, index });
    const place = { subject, ...(request.task === undefined ? {} : { task: request.task }) };
    if (changesRoles(request)) {
      if (workspace === null) throw needsProject();
      await change(workspace, await subjectRoles(workspace, dataset, place), dataset, request);
    }
    const roles = await subjectRoles(workspace, dataset, place);
    if (workspace !== null && changesRoles(request)) await indexAgain(workspace, roles.subject);
    const stale = workspace === null ? [] : staleEntries(workspace, roles.subject);
    const file = request.out === undefined ? null : fileFor(request.out, roles.subject, request);
    if (file !== null) await writeRoleFile(file, roles.table, roles.otherColumns);
    reports.push({ ...roles, stale, file });
  }
  return reports;
}

/** Whether a request changes what the project keeps. */
export function changesRoles({ file, set, columns, confirm, undo, version }: RolesRequest): boolean {
  return (
    [file, set, columns, version].some((value) => value !== undefined) || confirm === true || undo === true
  );
}

async function change(
  workspace: Workspace,
  current: SubjectRoles,
  dataset: Parameters<typeof editedRoles>[0],
  request: RolesRequest,
): Promise<void> {
  const { subject } = current;
  if (request.undo === true || request.version !== undefined) {
    restoreRoles(workspace, subject, request.version);
    return;
  }
  // The proposal is the version that a first change can be undone to.
  if (keptRoles(workspace, subject) === undefined) keepRoles(workspace, subject, current.table, 'proposed');
  const edited = await editedRoles(dataset, current, request);
  keepRoles(
    workspace,
    subject,
    edited,
    request.confirm === true && !hasEdits(request) ? 'confirmed' : 'edited',
  );
}

function hasEdits({ file, set, columns }: RolesRequest): boolean {
  return file !== undefined || set !== undefined || columns !== undefined;
}

function needsProject(): FusiformError {
  return new FusiformError('PROJECT_NOT_FOUND', 'Roles are kept with a project, and none was named.');
}

interface SubjectPlace {
  readonly subject: string;
  readonly bids: string;
  readonly index: IndexOptions;
}

async function subjectsOf(workspace: Workspace | null, request: RolesRequest): Promise<SubjectPlace[]> {
  const { bids, index = {}, subject } = request;
  if (bids !== undefined) {
    if (subject !== undefined) return [{ subject, bids, index }];
    const { subjects } = await indexStudy({ bids, index });
    return subjects
      .filter(({ runs }) => runs.length > 0)
      .map(({ label }) => ({ subject: label, bids, index }));
  }
  if (workspace === null) throw needsProject();
  const known = workspace.entries('subject').map(({ name }) => name);
  if (known.length === 0 && subject === undefined)
    throw new FusiformError('NAME_UNKNOWN', 'The project has no subject yet; name a study (--bids).');
  return (subject === undefined ? known : [bareLabel(subject, 'sub')]).map((name) => {
    const { source, options } = studyOf(workspace, name);
    return { subject: name, bids: source, index: parseOptions(options) };
  });
}

/** Several subjects' tables go into files of their own. */
function fileFor(out: string, subject: string, { subject: named }: RolesRequest): string {
  const path = resolve(out);
  return named === undefined ? path.replace(/(\.[a-z]+)?$/i, (ending) => `_sub-${subject}${ending}`) : path;
}

/** Every version of a subject's role table that a project keeps. */
export function rolesHistory(workspace: Workspace, subject: string) {
  return roleHistory(workspace, bareLabel(subject, 'sub')).map(
    ({ version, createdAt, origin, restoredFrom, content }) => ({
      version,
      createdAt,
      origin,
      restoredFrom,
      table: content,
    }),
  );
}
