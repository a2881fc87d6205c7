import { FusiformError, type Problem } from '../../shared/errors.ts';
import type { Entry, EntryKind } from '../store/entries.ts';
import { descendantKeys } from '../store/lineage.ts';
import { type NamedResult, namedResults, readingsOfSubjects, ResultInputs } from '../store/results.ts';
import type { Workspace } from './workspace.ts';

/** Why a result no longer holds, and since when. */
export interface Staleness {
  /** When what it was computed from was replaced. */
  readonly since: string | null;
  readonly because: string;
}

/** What no longer holds, by `mapping 01/vaegan`. */
export type StaleEntries = ReadonlyMap<string, Staleness>;

/** Results of the project that were computed from another reading of a subject, or from another result, than holds now. */
export function staleResults(workspace: Workspace): StaleEntries {
  return new Map([...outdatedResults(workspace), ...staleReadings(workspace)]);
}

/**
 * Results that the project holds under a name and that were computed from another reading of a subject than the one
 * that holds now, such as one with other roles: `mapping 01/vaegan`.
 *
 * @param subject default: of any.
 */
export function staleEntries(workspace: Workspace, subject?: string): string[] {
  return [...staleReadings(workspace, subject).keys()];
}

/** A note where a result that is built upon was computed from roles that hold no longer. */
export function staleNote(workspace: Workspace, kind: 'mapping' | 'decoding', name: string): Problem[] {
  if (!staleEntries(workspace).includes(`${kind} ${name}`)) return [];
  const message = `The ${kind} "${name}" was computed from a role table that holds no longer.`;
  return [new FusiformError('ROLES_STALE', message, { file: workspace.store.dir }).toProblem()];
}

/**
 * Results that were computed from another result than the one that stands under that name now: an evaluation of a decoding
 * that was renewed since, a group of which a subject was evaluated anew.
 */
export function outdatedEntries(workspace: Workspace): string[] {
  return [...outdatedResults(workspace).keys()];
}

/** What was computed from readings of subjects that were replaced: followed from these, of which there are few. */
function staleReadings(workspace: Workspace, subject?: string): Map<string, Staleness> {
  const { sql } = workspace.store;
  const stale = new Map<string, Staleness>();
  const others = workspace.entries().filter(({ kind }) => kind !== 'subject');
  for (const { name, result } of namedResults(sql, 'subject')) {
    if (subject !== undefined && name !== subject) continue;
    const replaced = readingsOfSubjects(sql)
      .filter((reading) => reading.subject === name && reading.artifact !== result?.artifact)
      .map(({ key }) => key);
    if (replaced.length === 0) continue;
    const later = descendantKeys(sql, replaced);
    const why = {
      since: result?.finishedAt ?? null,
      because: `The roles of the trial types or the runs of subject ${name} were changed after it was computed.`,
    };
    for (const entry of others) if (later.has(entry.jobKey)) stale.set(textOf(entry), why);
  }
  return stale;
}

interface Basis {
  readonly kind: EntryKind;
  /** The inputs that lead from a result to it. */
  readonly through: readonly string[];
  readonly name: (name: string) => string;
}

const same = (name: string) => name;
/** Of `subject/model` or `subject/model/decoder`. */
const modelOf = (name: string) => name.split('/')[1] ?? '';
const mappingOf = (name: string) => name.split('/').slice(0, 2).join('/');

/** What results are computed from, by their names. */
const bases: Readonly<Partial<Record<EntryKind, readonly Basis[]>>> = {
  mapping: [{ kind: 'model', through: ['encoding', 'latents', 'model'], name: modelOf }],
  decoding: [
    { kind: 'mapping', through: ['mapping'], name: mappingOf },
    { kind: 'model', through: ['model'], name: modelOf },
  ],
  'offline-decoding': [{ kind: 'mapping', through: ['mapping'], name: mappingOf }],
  evaluation: [{ kind: 'decoding', through: ['decoded'], name: same }],
  attributes: [{ kind: 'decoding', through: ['decoded'], name: same }],
};

function outdatedResults(workspace: Workspace): Map<string, Staleness> {
  const { sql } = workspace.store;
  const entries = workspace.entries();
  const current = new Map(namedResults(sql).map((named) => [textOf(named), named.result]));
  const inputs = new ResultInputs(
    sql,
    Object.values(bases).flatMap((each) => each.flatMap(({ through }) => through)),
  );
  const outdated = new Map<string, Staleness>();
  const consider = (entry: Entry, basis: string, found: string | null) => {
    const now = found === null ? undefined : current.get(basis);
    if (now === undefined) return;
    const inherited = outdated.get(basis);
    if (found !== now?.artifact) {
      const because = `${asSubject(basis)} was computed anew after it.`;
      outdated.set(textOf(entry), { since: now?.finishedAt ?? null, because });
    } else if (inherited !== undefined && !outdated.has(textOf(entry))) {
      outdated.set(textOf(entry), {
        since: inherited.since,
        because: `${asSubject(basis)} no longer holds.`,
      });
    }
  };
  for (const kind of ['mapping', 'decoding', 'offline-decoding', 'evaluation', 'attributes'] as const) {
    for (const entry of entries.filter((candidate) => candidate.kind === kind)) {
      for (const { kind: of, through, name } of bases[kind] ?? []) {
        consider(entry, `${of} ${name(entry.name)}`, inputs.follow(entry.jobKey, through));
      }
    }
  }
  for (const entry of entries.filter(({ kind }) => kind === 'group')) {
    for (const [input, hash] of inputs.all(entry.jobKey)) consider(entry, input, hash);
  }
  return outdated;
}

/** `Mapping "01/vaegan"` for `mapping 01/vaegan`. */
function asSubject(basis: string): string {
  const at = basis.indexOf(' ');
  return `${basis[0].toUpperCase()}${basis.slice(1, at)} "${basis.slice(at + 1)}"`;
}

const textOf = ({ kind, name }: Pick<NamedResult, 'kind' | 'name'>) => `${kind} ${name}`;
