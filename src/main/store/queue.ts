import type { Problem } from '../../shared/errors.ts';
import type { JsonObject } from '../../shared/json.ts';
import type { Sql } from './database.ts';

export type QueuedState = 'waiting' | 'running' | 'paused' | 'done' | 'failed' | 'cancelled';

export interface LogLine {
  readonly at: string;
  readonly text: string;
}

/** A job of the project's queue, as it is kept. */
export interface QueuedRecord {
  readonly id: number;
  readonly label: string;
  readonly request: JsonObject;
  readonly state: QueuedState;
  /** Whether its last attempt ended with the process. */
  readonly interrupted: boolean;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly seconds: number;
  readonly problem: JsonObject | null;
  readonly outcome: JsonObject | null;
  readonly log: readonly LogLine[];
}

interface QueuedRow {
  id: number;
  label: string;
  request: string;
  state: QueuedState;
  interrupted: number;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  seconds: number;
  problem: string | null;
  outcome: string | null;
  log: string;
}

/** Finished jobs that are listed; what they made stays in the project. */
const listedFinished = 200;
/** Lines of a job's log that are kept: its first attempts may be forgotten. */
const keptLines = 200;

const now = () => new Date().toISOString();

export function addQueued(sql: Sql, label: string, request: JsonObject): number {
  const { lastInsertRowid } = sql
    .prepare(
      `INSERT INTO queued_job (position, label, request, state, created_at)
       VALUES ((SELECT coalesce(max(position), 0) + 1 FROM queued_job), ?, ?, 'waiting', ?)`,
    )
    .run(label, JSON.stringify(request), now());
  return Number(lastInsertRowid);
}

/** Unfinished jobs in their order, then finished ones, the latest first. */
export function listQueued(sql: Sql): QueuedRecord[] {
  const unfinished = sql
    .prepare(`SELECT * FROM queued_job WHERE state IN ('waiting', 'running', 'paused') ORDER BY position, id`)
    .all() as QueuedRow[];
  const finished = sql
    .prepare(
      `SELECT * FROM queued_job WHERE state IN ('done', 'failed', 'cancelled')
       ORDER BY finished_at DESC, id DESC LIMIT ${listedFinished}`,
    )
    .all() as QueuedRow[];
  return [...unfinished, ...finished].map(toRecord);
}

export function findQueued(sql: Sql, id: number): QueuedRecord | undefined {
  const row = sql.prepare('SELECT * FROM queued_job WHERE id = ?').get(id) as QueuedRow | undefined;
  return row && toRecord(row);
}

export function nextWaiting(sql: Sql): QueuedRecord | undefined {
  const row = sql
    .prepare(`SELECT * FROM queued_job WHERE state = 'waiting' ORDER BY position, id LIMIT 1`)
    .get() as QueuedRow | undefined;
  return row && toRecord(row);
}

export function startQueued(sql: Sql, id: number): void {
  sql
    .prepare(
      `UPDATE queued_job SET state = 'running', interrupted = 0, started_at = ?, problem = NULL WHERE id = ?`,
    )
    .run(now(), id);
}

/** How an attempt ended: for good, or to be gone on with later. */
export function endQueued(
  sql: Sql,
  id: number,
  end: {
    readonly state: Exclude<QueuedState, 'running'>;
    readonly seconds: number;
    readonly interrupted?: boolean;
    readonly problem?: Problem | JsonObject;
    readonly outcome?: JsonObject;
  },
): void {
  const finished = end.state === 'waiting' || end.state === 'paused' ? null : now();
  sql
    .prepare(
      `UPDATE queued_job SET state = ?, interrupted = ?, finished_at = ?, seconds = seconds + ?, problem = ?, outcome = ?
       WHERE id = ?`,
    )
    .run(
      end.state,
      end.interrupted ? 1 : 0,
      finished,
      end.seconds,
      end.problem === undefined ? null : JSON.stringify(end.problem),
      end.outcome === undefined ? null : JSON.stringify(end.outcome),
      id,
    );
}

/** Changes the state of a job that is not running. */
export function setQueuedState(sql: Sql, id: number, state: 'waiting' | 'paused' | 'cancelled'): void {
  sql
    .prepare('UPDATE queued_job SET state = ?, interrupted = 0, finished_at = ? WHERE id = ?')
    .run(state, state === 'cancelled' ? now() : null, id);
}

/** Puts a job before another, or behind all. */
export function moveQueued(sql: Sql, id: number, before: number | null): void {
  sql.transaction(() => {
    const order = (
      sql
        .prepare(
          `SELECT id FROM queued_job WHERE state IN ('waiting', 'running', 'paused') ORDER BY position, id`,
        )
        .all() as { id: number }[]
    )
      .map((row) => row.id)
      .filter((other) => other !== id);
    const at = before === null ? -1 : order.indexOf(before);
    order.splice(at < 0 ? order.length : at, 0, id);
    const place = sql.prepare('UPDATE queued_job SET position = ? WHERE id = ?');
    const [{ first }] = sql.prepare('SELECT coalesce(min(position), 0) AS first FROM queued_job').all() as [
      { first: number },
    ];
    order.forEach((each, index) => {
      place.run(first + index, each);
    });
  })();
}

export function removeQueued(sql: Sql, id: number): void {
  sql.prepare(`DELETE FROM queued_job WHERE id = ? AND state <> 'running'`).run(id);
}

export function noteQueued(sql: Sql, id: number, text: string): void {
  const found = findQueued(sql, id);
  if (found === undefined) return;
  const log = [...found.log, { at: now(), text }].slice(-keptLines);
  sql.prepare('UPDATE queued_job SET log = ? WHERE id = ?').run(JSON.stringify(log), id);
}

/** What a dead process left as running waits again at its place; called once the lock is held. */
export function requeueInterrupted(sql: Sql): void {
  const dead = sql.prepare(`SELECT id FROM queued_job WHERE state = 'running'`).all() as { id: number }[];
  for (const { id } of dead) {
    noteQueued(sql, id, 'Interrupted: the program ended while it ran.');
    sql.prepare(`UPDATE queued_job SET state = 'waiting', interrupted = 1 WHERE id = ?`).run(id);
  }
}

function toRecord(row: QueuedRow): QueuedRecord {
  return {
    id: row.id,
    label: row.label,
    request: JSON.parse(row.request) as JsonObject,
    state: row.state,
    interrupted: row.interrupted === 1,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    seconds: row.seconds,
    problem: row.problem === null ? null : (JSON.parse(row.problem) as JsonObject),
    outcome: row.outcome === null ? null : (JSON.parse(row.outcome) as JsonObject),
    log: JSON.parse(row.log) as LogLine[],
  };
}
