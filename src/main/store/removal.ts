import type { Sql } from './database.ts';
import type { Entry } from './entries.ts';
import { ancestorKeys, descendantKeys } from './lineage.ts';

/** What a removal of names would leave without one: jobs that no other name needs, and the artefacts of these alone. */
export interface Unneeded {
  readonly jobs: readonly string[];
  readonly artifacts: readonly string[];
  readonly bytes: number;
}

/**
 * The jobs that stand behind some entries or were computed from them, and that no entry that stays was computed from.
 * What never led to a name stays, unless it was computed from what goes.
 */
export function unneededWithout(sql: Sql, gone: readonly Entry[], staying: readonly Entry[]): Unneeded {
  const goneKeys = gone.map(({ jobKey }) => jobKey);
  const needed = ancestorKeys(
    sql,
    staying.map(({ jobKey }) => jobKey),
  );
  const concerned = new Set([...ancestorKeys(sql, goneKeys), ...descendantKeys(sql, goneKeys)]);
  const jobs = [...concerned].filter((key) => !needed.has(key)).sort();
  const artifacts = sql
    .prepare(
      `SELECT DISTINCT artifact.hash, artifact.bytes FROM artifact
       JOIN job ON job.artifact = artifact.hash
       WHERE job.key IN (SELECT value FROM json_each(@jobs)) AND NOT EXISTS (
         SELECT 1 FROM job AS other WHERE other.artifact = artifact.hash
           AND other.key NOT IN (SELECT value FROM json_each(@jobs)))
       ORDER BY artifact.hash`,
    )
    .all({ jobs: JSON.stringify(jobs) }) as { hash: string; bytes: number }[];
  return {
    jobs,
    artifacts: artifacts.map(({ hash }) => hash),
    bytes: artifacts.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** Takes out names, what nobody needs without them, and what the user has said of subjects that go: all, or nothing. */
export function removeRows(sql: Sql, gone: readonly Entry[], { jobs, artifacts }: Unneeded): void {
  const entry = sql.prepare('DELETE FROM entry WHERE kind = ? AND name = ?');
  const ofSubject = ['role_table', 'study_options'].map((table) =>
    sql.prepare(`DELETE FROM ${table} WHERE subject = ?`),
  );
  sql.transaction(() => {
    for (const { kind, name } of gone) {
      entry.run(kind, name);
      if (kind === 'subject') for (const statement of ofSubject) statement.run(name);
    }
    sql.prepare('DELETE FROM job WHERE key IN (SELECT value FROM json_each(?))').run(JSON.stringify(jobs));
    sql
      .prepare('DELETE FROM artifact WHERE hash IN (SELECT value FROM json_each(?))')
      .run(JSON.stringify(artifacts));
  })();
}
