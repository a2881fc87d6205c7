import type { EntryKind } from '../../shared/entry-kinds.ts';
import type { Sql } from './database.ts';
import { findJob, type JobRecord } from './jobs.ts';

export type { EntryKind };

/** A name that people use for a job's result. */
export interface Entry {
  readonly kind: EntryKind;
  readonly name: string;
  readonly jobKey: string;
  /** Where the data came from, such as the folder of a dataset; null for what the project made itself. */
  readonly source: string | null;
}

export function setEntry(sql: Sql, entry: Entry): void {
  sql
    .prepare(
      `INSERT INTO entry (kind, name, job_key, source) VALUES (?, ?, ?, ?)
       ON CONFLICT (kind, name) DO UPDATE SET job_key = excluded.job_key, source = excluded.source`,
    )
    .run(entry.kind, entry.name, entry.jobKey, entry.source);
}

export function listEntries(sql: Sql, kind?: EntryKind): Entry[] {
  const columns = 'SELECT kind, name, job_key AS jobKey, source FROM entry';
  return kind === undefined
    ? (sql.prepare(`${columns} ORDER BY kind, name`).all() as Entry[])
    : (sql.prepare(`${columns} WHERE kind = ? ORDER BY name`).all(kind) as Entry[]);
}

export function findEntry(sql: Sql, kind: EntryKind, name: string): (Entry & { job: JobRecord }) | undefined {
  const entry = sql
    .prepare('SELECT kind, name, job_key AS jobKey, source FROM entry WHERE kind = ? AND name = ?')
    .get(kind, name) as Entry | undefined;
  if (!entry) return undefined;
  const job = findJob(sql, entry.jobKey);
  return job && { ...entry, job };
}
