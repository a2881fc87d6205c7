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
