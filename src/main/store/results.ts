import type { Sql } from './database.ts';
import type { EntryKind } from './entries.ts';

/** What stands under a name, without the summaries: a project may hold many thousands. */
export interface NamedResult {
  readonly kind: EntryKind;
  readonly name: string;
  readonly jobKey: string;
  /** Null where its job was never finished. */
  readonly result: {
    readonly artifact: string;
    readonly seconds: number;
    readonly finishedAt: string | null;
  } | null;
}

interface NamedRow {
  kind: EntryKind;
  name: string;
  jobKey: string;
  artifact: string | null;
  seconds: number | null;
  finishedAt: string | null;
}

/** Every name with the facts of its result, the latest last. */
export function namedResults(sql: Sql, kind?: EntryKind): NamedResult[] {
  const rows = sql
    .prepare(
      `SELECT entry.kind, entry.name, entry.job_key AS jobKey, job.artifact, job.seconds, job.finished_at AS finishedAt
       FROM entry LEFT JOIN job ON job.key = entry.job_key
       WHERE ? IS NULL OR entry.kind = ? ORDER BY job.finished_at, entry.name`,
    )
    .all(kind ?? null, kind ?? null) as NamedRow[];
  return rows.map(({ artifact, seconds, finishedAt, ...row }) => ({
    ...row,
    result: artifact === null ? null : { artifact, seconds: seconds ?? 0, finishedAt },
  }));
}

/** Every reading of a subject that the project has made, current or not. */
export function readingsOfSubjects(sql: Sql): { key: string; subject: string; artifact: string | null }[] {
  return sql
    .prepare(
      `SELECT key, json_extract(parameters, '$.subject') AS subject, artifact FROM job WHERE stage = 'index-subject'`,
    )
    .all() as { key: string; subject: string; artifact: string | null }[];
}

/** The artefacts that results were computed from, read once for all of them. */
export class ResultInputs {
  readonly #sql: Sql;
  /** By key of the job and name of the input. */
  readonly #hashes = new Map<string, string>();
  readonly #jobs = new Map<string, string>();

  /** @param names of the inputs that are followed */
  constructor(sql: Sql, names: readonly string[]) {
    this.#sql = sql;
    const inputs = sql
      .prepare('SELECT job_key, name, hash FROM job_input WHERE name IN (SELECT value FROM json_each(?))')
      .all(JSON.stringify(names)) as { job_key: string; name: string; hash: string }[];
    for (const { job_key, name, hash } of inputs) this.#hashes.set(`${job_key} ${name}`, hash);
    const jobs = sql.prepare('SELECT key, artifact FROM job WHERE artifact IS NOT NULL').all() as {
      key: string;
      artifact: string;
    }[];
    for (const { key, artifact } of jobs) this.#jobs.set(artifact, key);
  }

  /** The artefact at the end of a chain of inputs; null where it has no such one. */
  follow(key: string, names: readonly string[]): string | null {
    let job: string | undefined = key;
    let hash: string | null = null;
    for (const name of names) {
      hash = job === undefined ? null : (this.#hashes.get(`${job} ${name}`) ?? null);
      if (hash === null) return null;
      job = this.#jobs.get(hash);
    }
    return hash;
  }

  /** Every input of one job. */
  all(key: string): [name: string, hash: string][] {
    const rows = this.#sql.prepare('SELECT name, hash FROM job_input WHERE job_key = ?').all(key) as {
      name: string;
      hash: string;
    }[];
    return rows.map(({ name, hash }) => [name, hash]);
  }
}
