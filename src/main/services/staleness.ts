import { FusiformError, type Problem } from '../../shared/errors.ts';
import { findJob } from '../store/jobs.ts';
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
