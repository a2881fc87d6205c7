import { resolve } from 'node:path';
import { FusiformError, type Problem } from '../../shared/errors.ts';
import type { BidsDataset } from '../bids/dataset.ts';
import { bareLabel } from '../bids/entities.ts';
import { writeRoleFile } from '../bids/roles/role-file.ts';
import type { RoleTable } from '../bids/roles/role-table.ts';
import type { PresentationList } from '../bids/roles/survey.ts';
import { readSubjectIndex } from '../jobs/stages/index-subject.ts';
import {
  editedRoles,
  keepRoles,
  keptRoles,
  type RoleEdits,
  restoreRoles,
  roleHistory,
  type SubjectRoles,
  subjectRoles,
  versionToRestore,
} from './role-tables.ts';
import { staleEntries } from './staleness.ts';
import { type IndexOptions, indexStudy, parseOptions } from './study-request.ts';
import { indexAgain, studyOf } from './subjects.ts';
import type { Workspace } from './workspace.ts';

export { columnRoles } from '../bids/roles/propose.ts';
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
  const places = await subjectsOf(workspace, request);
  if (changesRoles(request)) {
    if (workspace === null) throw needsProject();
    // All tables are made before any is kept: what one subject refuses changes none.
    const changes: (() => void)[] = [];
    for (const place of places) changes.push(await prepareChange(workspace, place, request));
    for (const apply of changes) apply();
  }
  const reports: RolesReport[] = [];
  for (const place of places) {
    const roles = await subjectRoles(workspace, place.dataset, place);
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

/** What is to be done to a subject's table; a refusal comes before anything is done. */
async function prepareChange(
  workspace: Workspace,
  place: SubjectPlace,
  request: RolesRequest,
): Promise<() => void> {
  const current = await subjectRoles(workspace, place.dataset, place);
  const { subject } = current;
  if (request.undo === true || request.version !== undefined) {
    const wanted = versionToRestore(workspace, subject, request.version);
    return () => restoreRoles(workspace, subject, wanted);
  }
  const edited = await editedRoles(place.dataset, current, request);
  const origin = request.confirm === true && !hasEdits(request) ? 'confirmed' : 'edited';
  return () => {
    // The proposal is the version that a first change can be undone to.
    if (keptRoles(workspace, subject) === undefined) keepRoles(workspace, subject, current.table, 'proposed');
    keepRoles(workspace, subject, edited, origin);
  };
}

function hasEdits({ file, set, columns }: RolesRequest): boolean {
  return file !== undefined || set !== undefined || columns !== undefined;
}

function needsProject(): FusiformError {
  return new FusiformError('PROJECT_NOT_FOUND', 'Roles are kept with a project, and none was named.');
}

interface SubjectPlace {
  readonly dataset: BidsDataset;
  readonly subject: string;
  readonly task?: string;
}

async function subjectsOf(workspace: Workspace | null, request: RolesRequest): Promise<SubjectPlace[]> {
  const { bids, index = {}, subject } = request;
  const asked = request.task === undefined ? {} : { task: request.task };
  if (bids !== undefined) {
    const dataset = await indexStudy({ bids, index });
    const all = dataset.subjects.filter(({ runs }) => runs.length > 0).map(({ label }) => label);
    return (subject === undefined ? all : [subject]).map((label) => ({ dataset, subject: label, ...asked }));
  }
  if (workspace === null) throw needsProject();
  const known = workspace.entries('subject').map(({ name }) => name);
  if (known.length === 0 && subject === undefined) {
    throw new FusiformError('NAME_UNKNOWN', 'The project has no subject yet; name a study (--bids).');
  }
  const places: SubjectPlace[] = [];
  for (const name of subject === undefined ? known : [bareLabel(subject, 'sub')]) {
    const { source, options } = studyOf(workspace, name);
    const dataset = await indexStudy({ bids: source, index: parseOptions(options) });
    const { task } = await readSubjectIndex(workspace.entry('subject', name).path);
    places.push({ dataset, subject: name, task, ...asked });
  }
  return places;
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
