import { FusiformError, type Problem } from '../../shared/errors.ts';
import { findJob, jobInputs } from '../store/jobs.ts';
import { findAncestors } from '../store/lineage.ts';
import type { Workspace } from './workspace.ts';

/**
 * Results that the project holds under a name and that were computed from another reading of a subject than the one
 * that holds now, such as one with other roles: `mapping 01/vaegan`.
 *
 * @param subject default: of any.
 */
export function staleEntries(workspace: Workspace, subject?: string): string[] {
  const { sql } = workspace.store;
  const current = new Map<string, string>();
  for (const { name, jobKey } of workspace.entries('subject')) current.set(name, jobKey);
  const artifacts = new Map([...current].map(([name, key]) => [name, findJob(sql, key)?.artifact ?? null]));
  return workspace
    .entries()
    .filter(({ kind }) => kind !== 'subject')
    .filter(({ jobKey }) =>
      findAncestors(sql, jobKey, 'index-subject').some(({ parameters, artifact }) => {
        const name = String(parameters.subject);
        const isAsked = subject === undefined || name === subject;
        return isAsked && artifacts.has(name) && artifacts.get(name) !== artifact;
      }),
    )
    .map(({ kind, name }) => `${kind} ${name}`);
}

/** A note where a result that is built upon was computed from roles that hold no longer. */
export function staleNote(workspace: Workspace, kind: 'mapping' | 'decoding', name: string): Problem[] {
  if (!staleEntries(workspace).includes(`${kind} ${name}`)) return [];
  const message = `The ${kind} "${name}" was computed from a role table that holds no longer.`;
  return [new FusiformError('ROLES_STALE', message, { file: workspace.store.dir }).toProblem()];
}

/** Which entry a result's input came from, by the kind of the result: it has the same name. */
const basis = {
  decoding: { input: 'mapping', kind: 'mapping' },
  evaluation: { input: 'decoded', kind: 'decoding' },
  attributes: { input: 'decoded', kind: 'decoding' },
} as const;

/**
 * Results that were computed from another result than the one that stands under that name now: an evaluation of a decoding
 * that was renewed since, a group of which a subject was evaluated anew.
 */
export function outdatedEntries(workspace: Workspace): string[] {
  const { sql } = workspace.store;
  const entries = workspace.entries();
  const current = new Map(
    entries.map(({ kind, name, jobKey }) => [`${kind} ${name}`, findJob(sql, jobKey)?.artifact ?? null]),
  );
  const isOther = (of: string, hash: string | undefined) =>
    hash !== undefined && current.has(of) && current.get(of) !== hash;
  const outdated = new Set<string>();
  const isOutdated = (kind: string, name: string, jobKey: string): boolean => {
    const inputs = jobInputs(sql, jobKey);
    if (kind === 'group') {
      return Object.entries(inputs).some(([input, hash]) => isOther(input, hash) || outdated.has(input));
    }
    if (!(kind in basis)) return false;
    const { input, kind: of } = basis[kind as keyof typeof basis];
    return isOther(`${of} ${name}`, inputs[input]) || outdated.has(`${of} ${name}`);
  };
  for (const kind of ['decoding', 'evaluation', 'attributes', 'group']) {
    for (const entry of entries.filter((candidate) => candidate.kind === kind)) {
      if (isOutdated(kind, entry.name, entry.jobKey)) outdated.add(`${kind} ${entry.name}`);
    }
  }
  return [...outdated];
}
