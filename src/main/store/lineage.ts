import type { JsonObject } from '../../shared/json.ts';
import type { Sql } from './database.ts';
import { findJob, type JobRecord } from './jobs.ts';

export interface Ancestor {
  readonly key: string;
  readonly parameters: JsonObject;
  readonly artifact: string | null;
}

/** `line`: the jobs of a JSON list of keys, and all that their results were computed from, over any number of steps. */
const upwards = `WITH RECURSIVE line (key) AS (
         SELECT value FROM json_each(?)
         UNION
         SELECT job.key FROM line
           JOIN job_input ON job_input.job_key = line.key
           JOIN job ON job.artifact = job_input.hash
       )`;

/** The jobs of a stage that a job's result was computed from, over any number of steps, and the job itself. */
export function findAncestors(sql: Sql, key: string, stage: string): Ancestor[] {
  const rows = sql
    .prepare(
      `${upwards}
       SELECT job.key AS key, job.parameters AS parameters, job.artifact AS artifact
       FROM line JOIN job ON job.key = line.key WHERE job.stage = ? ORDER BY job.key`,
    )
    .all(JSON.stringify([key]), stage) as (Omit<Ancestor, 'parameters'> & { parameters: string })[];
  return rows.map((row) => ({ ...row, parameters: JSON.parse(row.parameters) as JsonObject }));
}

/** Every job that was computed from the results of some jobs, over any number of steps, and these jobs. */
export function descendantKeys(sql: Sql, keys: readonly string[]): Set<string> {
  const rows = sql
    .prepare(
      `WITH RECURSIVE line (key) AS (
         SELECT value FROM json_each(?)
         UNION
         SELECT job_input.job_key FROM line
           JOIN job ON job.key = line.key
           JOIN job_input ON job_input.hash = job.artifact
       )
       SELECT key FROM line`,
    )
    .all(JSON.stringify(keys)) as { key: string }[];
  return new Set(rows.map(({ key }) => key));
}

/** Every job that the results of some jobs were computed from, over any number of steps, and these jobs. */
export function ancestorKeys(sql: Sql, keys: readonly string[]): Set<string> {
  const rows = sql
    .prepare(
      `${upwards}
       SELECT key FROM line`,
    )
    .all(JSON.stringify(keys)) as { key: string }[];
  return new Set(rows.map(({ key }) => key));
}

/** A job with what it takes to do it again. */
export interface LineageJob extends JobRecord {
  readonly stageVersion: number;
  /** Version of the application that computed it. */
  readonly appVersion: string;
  /** By the names that its stage gives them. */
  readonly inputs: readonly LineageInput[];
}

export interface LineageInput {
  readonly name: string;
  readonly hash: string;
  /** Another job's result; otherwise a file or folder from outside the project. */
  readonly isArtifact: boolean;
}

/** Every job that the results of some jobs were computed from, over any number of steps, and these jobs, in order of time. */
export function lineageOf(sql: Sql, keys: readonly string[]): LineageJob[] {
  const rows = sql
    .prepare(
      `${upwards}
       SELECT job.key AS key, job.stage_version AS stageVersion, job.app_version AS appVersion
       FROM line JOIN job ON job.key = line.key ORDER BY job.started_at, job.key`,
    )
    .all(JSON.stringify(keys)) as { key: string; stageVersion: number; appVersion: string }[];
  const inputs = sql.prepare(
    `SELECT name, hash, EXISTS (SELECT 1 FROM job WHERE job.artifact = job_input.hash) AS isArtifact
     FROM job_input WHERE job_key = ? ORDER BY name`,
  );
  return rows.flatMap((row) => {
    const job = findJob(sql, row.key);
    const own = inputs.all(row.key) as { name: string; hash: string; isArtifact: number }[];
    return job === undefined
      ? []
      : [{ ...job, ...row, inputs: own.map((input) => ({ ...input, isArtifact: input.isArtifact === 1 })) }];
  });
}
