import { type Sql, schemaVersion } from './database.ts';
import type { EntryKind } from './entries.ts';

export interface ProjectTotals {
  readonly artifactBytes: number;
  readonly lastResultAt: string | null;
  readonly computedBy: string[];
  readonly counts: { readonly kind: EntryKind; readonly count: number }[];
  readonly unfinished: number;
}

/** The schema that has the queue; a project that is only looked at may be older. */
const queueSince = 6;

/** What a project holds, in numbers. */
export function projectTotals(sql: Sql): ProjectTotals {
  const one = (query: string) => sql.prepare(query).pluck().get();
  return {
    artifactBytes: Number(one('SELECT coalesce(sum(bytes), 0) FROM artifact')),
    lastResultAt: (one(`SELECT max(finished_at) FROM job WHERE state = 'done'`) ?? null) as string | null,
    computedBy: sql
      .prepare('SELECT DISTINCT app_version FROM job ORDER BY app_version')
      .pluck()
      .all() as string[],
    counts: sql
      .prepare('SELECT kind, count(*) AS count FROM entry GROUP BY kind ORDER BY kind')
      .all() as ProjectTotals['counts'],
    unfinished:
      schemaVersion(sql) < queueSince
        ? 0
        : Number(one(`SELECT count(*) FROM queued_job WHERE state IN ('waiting', 'running', 'paused')`)),
  };
}

/** Bytes of the artefacts by what made them, the largest first. */
export function bytesByStage(sql: Sql): { stage: string; artifacts: number; bytes: number }[] {
  return sql
    .prepare(
      `SELECT stage, count(*) AS artifacts, sum(bytes) AS bytes FROM (
         SELECT artifact.hash, artifact.bytes, min(job.stage) AS stage
         FROM artifact JOIN job ON job.artifact = artifact.hash GROUP BY artifact.hash)
       GROUP BY stage ORDER BY bytes DESC`,
    )
    .all() as { stage: string; artifacts: number; bytes: number }[];
}

/** Regions that something was scored in. */
export function scoredRegions(sql: Sql): string[] {
  return sql.prepare('SELECT DISTINCT region FROM metric ORDER BY region').pluck().all() as string[];
}
