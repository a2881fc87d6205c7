import type { Problem } from '../../shared/errors.ts';
import type { Metric } from '../../shared/evaluation.ts';
import type { JsonObject } from '../../shared/json.ts';
import type { Sql } from './database.ts';

/** A finished computation, as the project remembers it. */
export interface JobRecord {
  readonly key: string;
  readonly stage: string;
  readonly label: string;
  readonly parameters: JsonObject;
  readonly state: 'running' | 'done' | 'failed' | 'cancelled' | 'interrupted';
  readonly artifact: string | null;
  readonly summary: JsonObject | null;
  readonly problems: readonly Problem[];
  readonly startedAt: string;
  readonly finishedAt: string | null;
  /** Wall-clock seconds, all attempts together. */
  readonly seconds: number;
  readonly peakRssBytes: number;
}

export interface JobStart {
  readonly key: string;
  readonly stage: string;
  readonly stageVersion: number;
  readonly label: string;
  readonly parameters: JsonObject;
  readonly inputs: Readonly<Record<string, string>>;
  readonly appVersion: string;
}

export interface JobResult {
  readonly summary: JsonObject;
  readonly problems: readonly Problem[];
  readonly metrics: readonly Metric[];
}

export function startJob(sql: Sql, job: JobStart): void {
  sql.transaction(() => {
    sql
      .prepare(
        `INSERT INTO job (key, stage, stage_version, label, parameters, state, started_at, app_version)
         VALUES (?, ?, ?, ?, ?, 'running', ?, ?)
         ON CONFLICT (key) DO UPDATE SET state = 'running', artifact = NULL, label = excluded.label, error = NULL`,
      )
      .run(
        job.key,
        job.stage,
        job.stageVersion,
        job.label,
        JSON.stringify(job.parameters),
        new Date().toISOString(),
        job.appVersion,
      );
    const input = sql.prepare('INSERT OR REPLACE INTO job_input (job_key, name, hash) VALUES (?, ?, ?)');
    for (const [name, hash] of Object.entries(job.inputs)) input.run(job.key, name, hash);
  })();
}

export interface FinishedArtifact {
  readonly hash: string;
  readonly bytes: number;
}

/** The result and everything that follows from it, in one transaction: either all of it is there, or none. */
export function finishJob(
  sql: Sql,
  key: string,
  artifact: FinishedArtifact,
  result: JobResult,
  cost: { seconds: number; peakRssBytes: number },
): void {
  sql.transaction(() => {
    const now = new Date().toISOString();
    sql
      .prepare('INSERT OR IGNORE INTO artifact (hash, bytes, created_at) VALUES (?, ?, ?)')
      .run(artifact.hash, artifact.bytes, now);
    sql
      .prepare(
        `UPDATE job SET state = 'done', artifact = ?, summary = ?, problems = ?, error = NULL, finished_at = ?,
           seconds = seconds + ?, peak_rss_bytes = max(peak_rss_bytes, ?) WHERE key = ?`,
      )
      .run(
        artifact.hash,
        JSON.stringify(result.summary),
        JSON.stringify(result.problems),
        now,
        cost.seconds,
        cost.peakRssBytes,
        key,
      );
    sql.prepare('DELETE FROM metric WHERE job_key = ?').run(key);
    const insert = sql.prepare(
      `INSERT INTO metric (job_key, name, definition, subject, model, decoder, region, value, lower, upper, p, test,
         adjusted_p, published_p, published_test, chance, n, reason)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    for (const metric of result.metrics) {
      insert.run(
        key,
        metric.name,
        metric.definition,
        metric.subject,
        metric.model,
        metric.decoder,
        metric.region,
        metric.value,
        metric.lower ?? null,
        metric.upper ?? null,
        metric.p ?? null,
        metric.test ?? null,
        metric.adjustedP ?? null,
        metric.publishedP ?? null,
        metric.publishedTest ?? null,
        metric.chance ?? null,
        metric.n,
        metric.reason ?? null,
      );
    }
  })();
}

export function stopJob(
  sql: Sql,
  key: string,
  outcome: {
    state: 'failed' | 'cancelled';
    error: Problem | { message: string };
    seconds: number;
    peakRssBytes: number;
  },
): void {
  sql
    .prepare(
      `UPDATE job SET state = ?, error = ?, finished_at = ?, seconds = seconds + ?,
         peak_rss_bytes = max(peak_rss_bytes, ?) WHERE key = ?`,
    )
    .run(
      outcome.state,
      JSON.stringify(outcome.error),
      new Date().toISOString(),
      outcome.seconds,
      outcome.peakRssBytes,
      key,
    );
}

/** Jobs that a dead process left as running; called once the lock is held, so none of them can be alive. */
export function markInterruptedJobs(sql: Sql): void {
  sql.prepare(`UPDATE job SET state = 'interrupted' WHERE state = 'running'`).run();
}

interface JobRow {
  key: string;
  stage: string;
  label: string;
  parameters: string;
  state: JobRecord['state'];
  artifact: string | null;
  summary: string | null;
  problems: string;
  started_at: string;
  finished_at: string | null;
  seconds: number;
  peak_rss_bytes: number;
}

export function findJob(sql: Sql, key: string): JobRecord | undefined {
  const row = sql.prepare('SELECT * FROM job WHERE key = ?').get(key) as JobRow | undefined;
  return row && toRecord(row);
}

/** Hashes of what a job read, by the names that its stage gives them. */
export function jobInputs(sql: Sql, key: string): Readonly<Record<string, string>> {
  const rows = sql.prepare('SELECT name, hash FROM job_input WHERE job_key = ?').all(key) as {
    name: string;
    hash: string;
  }[];
  return Object.fromEntries(rows.map(({ name, hash }) => [name, hash]));
}

/** Finished jobs of a stage that read an input of this hash, the latest first. */
export function jobsThatRead(sql: Sql, stage: string, input: { name: string; hash: string }): JobRecord[] {
  const rows = sql
    .prepare(
      `SELECT job.* FROM job JOIN job_input ON job_input.job_key = job.key
       WHERE job.stage = ? AND job.state = 'done' AND job_input.name = ? AND job_input.hash = ?
       ORDER BY job.finished_at DESC`,
    )
    .all(stage, input.name, input.hash) as JobRow[];
  return rows.map(toRecord);
}

export function listJobs(sql: Sql): JobRecord[] {
  return (sql.prepare('SELECT * FROM job ORDER BY started_at, key').all() as JobRow[]).map(toRecord);
}

function toRecord(row: JobRow): JobRecord {
  return {
    key: row.key,
    stage: row.stage,
    label: row.label,
    parameters: JSON.parse(row.parameters) as JsonObject,
    state: row.state,
    artifact: row.artifact,
    summary: row.summary === null ? null : (JSON.parse(row.summary) as JsonObject),
    problems: JSON.parse(row.problems) as Problem[],
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    seconds: row.seconds,
    peakRssBytes: row.peak_rss_bytes,
  };
}

export function listMetrics(sql: Sql, jobKey: string): Metric[] {
  const rows = sql
    .prepare(
      `SELECT name, definition, subject, model, decoder, region, value, lower, upper, p, test, adjusted_p AS adjustedP,
         published_p AS publishedP, published_test AS publishedTest, chance, n, reason
       FROM metric WHERE job_key = ? ORDER BY model, region, name`,
    )
    .all(jobKey) as Record<string, unknown>[];
  return rows.map((row) => {
    // What a row lacks, a metric does not have; a value that is missing is told.
    const known = Object.entries(row).filter(([name, value]) => name === 'value' || value !== null);
    return Object.fromEntries(known) as unknown as Metric;
  });
}
