import type { JsonObject } from '../../shared/json.ts';
import type { Sql } from './database.ts';

export interface Ancestor {
  readonly key: string;
  readonly parameters: JsonObject;
  readonly artifact: string | null;
}

/** The jobs of a stage that a job's result was computed from, over any number of steps, and the job itself. */
export function findAncestors(sql: Sql, key: string, stage: string): Ancestor[] {
  const rows = sql
    .prepare(
      `WITH RECURSIVE line (key) AS (
         VALUES (?)
         UNION
         SELECT job.key FROM line
           JOIN job_input ON job_input.job_key = line.key
           JOIN job ON job.artifact = job_input.hash
       )
       SELECT job.key AS key, job.parameters AS parameters, job.artifact AS artifact
       FROM line JOIN job ON job.key = line.key WHERE job.stage = ? ORDER BY job.key`,
    )
    .all(key, stage) as (Omit<Ancestor, 'parameters'> & { parameters: string })[];
  return rows.map((row) => ({ ...row, parameters: JSON.parse(row.parameters) as JsonObject }));
}
