import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EntryKind, EntryName } from '../../shared/entry-kinds.ts';
import { FusiformError } from '../../shared/errors.ts';
import type { Entry } from '../store/entries.ts';
import { descendantKeys } from '../store/lineage.ts';
import { removeRows, type Unneeded, unneededWithout } from '../store/removal.ts';
import { listRoleTables } from '../store/role-tables.ts';
import type { Workspace } from './workspace.ts';

/** What the removal of an entry would take with it; nothing is changed by asking. */
export interface RemovalPlan {
  readonly entry: EntryName;
  /** Entries that were computed from it. */
  readonly dependents: readonly EntryName[];
  /** Versions of the table of roles that the user made or confirmed, of subjects. */
  readonly roleTables: number;
  /** Bytes that are freed where it alone is removed; what its dependents were computed from stays. */
  readonly bytesAlone: number;
  /** Bytes that are freed where its dependents go with it. */
  readonly bytesWithDependents: number;
}

export interface RemovalRequest extends EntryName {
  /** Null: it alone goes. Else the dependents that go with it, as they were told: another list is refused. */
  readonly dependents: readonly EntryName[] | null;
}

export interface Removal {
  readonly removed: readonly EntryName[];
  readonly bytes: number;
}

/** @throws FusiformError NAME_UNKNOWN */
export function planRemoval(workspace: Workspace, { kind, name }: EntryName): RemovalPlan {
  const entry = findOwn(workspace, kind, name);
  const dependents = dependentsOf(workspace, entry);
  return {
    entry: { kind, name },
    dependents: dependents.map(nameOf),
    roleTables: kind === 'subject' ? listRoleTables(workspace.store.sql, name).length : 0,
    bytesAlone: without(workspace, [entry]).bytes,
    bytesWithDependents: without(workspace, [entry, ...dependents]).bytes,
  };
}

/**
 * Removes an entry, alone or with all that was computed from it, and frees what nobody needs any more. The names go in one
 * transaction; the files follow, and what is left of them by a crash goes with the next removal.
 *
 * @throws FusiformError NAME_UNKNOWN, REMOVAL_CHANGED where other things depend on it than the request names
 */
export async function removeEntry(
  workspace: Workspace,
  { kind, name, dependents }: RemovalRequest,
): Promise<Removal> {
  const entry = findOwn(workspace, kind, name);
  const found = dependents === null ? [] : dependentsOf(workspace, entry);
  if (dependents !== null && textOf(found) !== textOf(dependents)) {
    throw new FusiformError(
      'REMOVAL_CHANGED',
      `What depends on ${kind} "${name}" has changed since it was asked: ${textOf(found) || 'nothing'}.`,
      { file: workspace.store.dir },
    );
  }
  const gone = [entry, ...found];
  const unneeded = without(workspace, gone);
  removeRows(workspace.store.sql, gone, unneeded);
  await sweep(workspace, unneeded);
  return { removed: gone.map(nameOf), bytes: unneeded.bytes };
}

function findOwn(workspace: Workspace, kind: EntryKind, name: string): Entry {
  const entry = workspace.entries(kind).find((candidate) => candidate.name === name);
  if (entry !== undefined) return entry;
  throw new FusiformError('NAME_UNKNOWN', `The project has no ${kind} named "${name}".`, {
    file: workspace.store.dir,
  });
}

/**
 * Entries that were computed from this one, or that belong to the subject, the mapping or the decoding of this name, be it
 * from an earlier state of it. Another name for the same result depends on nothing.
 */
function dependentsOf(workspace: Workspace, entry: Entry): Entry[] {
  const computed = descendantKeys(workspace.store.sql, [entry.jobKey]);
  computed.delete(entry.jobKey);
  return workspace
    .entries()
    .filter((other) => computed.has(other.jobKey) || belongsTo(other, entry))
    .filter(({ kind, name }) => kind !== entry.kind || name !== entry.name);
}

/** Kinds whose names are made of `subject/model`, or of these and a decoder. */
const ofSubject: readonly EntryKind[] = [
  'mapping',
  'decoder',
  'decoding',
  'offline-decoding',
  'evaluation',
  'attributes',
];

function belongsTo(other: Entry, { kind, name }: Entry): boolean {
  if (!ofSubject.includes(other.kind)) return false;
  if (kind === 'subject') return other.name.startsWith(`${name}/`);
  if (kind === 'mapping')
    return other.kind !== 'mapping' && (other.name === name || other.name.startsWith(`${name}/`));
  return kind === 'decoding' && ['evaluation', 'attributes'].includes(other.kind) && other.name === name;
}

function without(workspace: Workspace, gone: readonly Entry[]): Unneeded {
  const isGone = new Set(gone.map(({ kind, name }) => `${kind} ${name}`));
  const staying = workspace.entries().filter(({ kind, name }) => !isGone.has(`${kind} ${name}`));
  return unneededWithout(workspace.store.sql, gone, staying);
}

const nameOf = ({ kind, name }: EntryName): EntryName => ({ kind, name });

function textOf(names: readonly EntryName[]): string {
  return names
    .map(({ kind, name }) => `${kind} ${name}`)
    .sort()
    .join(', ');
}

/** A folder that is on its way out; what a crash leaves of it is recognised. */
const doomed = 'removed-';

/**
 * Takes the files of what was removed. Each folder is renamed first, so that no reader finds half of one; one that another
 * program holds open stays under its new name until the next removal.
 */
async function sweep({ store }: Workspace, { jobs, artifacts }: Unneeded): Promise<void> {
  for (const hash of artifacts) {
    const folder = join(store.artifactsDir, hash);
    await rename(folder, join(store.artifactsDir, `${doomed}${hash}`)).catch(ignoreMissing);
  }
  const left = (await readdir(store.artifactsDir).catch(() => [])).filter((name) => name.startsWith(doomed));
  const folders = [
    ...left.map((name) => join(store.artifactsDir, name)),
    ...jobs.map((key) => join(store.workDir, key)),
  ];
  for (const folder of folders) await rm(folder, { recursive: true, force: true }).catch(() => undefined);
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
