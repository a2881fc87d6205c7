import { hostname } from 'node:os';
import Database from 'better-sqlite3';
import { FusiformError } from '../../shared/errors.ts';
import type { Sql } from './database.ts';

export interface ProjectLock {
  release(): void;
}

/**
 * One writer a project. The lock is an exclusive transaction on an empty database beside the project's own:
 * the operating system drops it with the process, however that ends, so that no stale lock is ever left.
 */
export function acquireLock(file: string, describeOwner: () => string): ProjectLock {
  const sql = new Database(file, { timeout: 0 });
  try {
    sql.pragma('journal_mode = DELETE');
    sql.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    sql.close();
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) {
      throw new FusiformError('PROJECT_LOCKED', `The project is in use by ${describeOwner()}.`, { file });
    }
    throw error;
  }
  return {
    release() {
      sql.exec('ROLLBACK');
      sql.close();
    },
  };
}

export function writeOwner(sql: Sql, since: Date): void {
  sql
    .prepare(
      `INSERT INTO owner (id, pid, host, since) VALUES (1, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET pid = excluded.pid, host = excluded.host, since = excluded.since`,
    )
    .run(process.pid, hostname(), since.toISOString());
}

export function readOwner(sql: Sql): string {
  const row = sql.prepare('SELECT pid, host, since FROM owner').get() as
    | { pid: number; host: string; since: string }
    | undefined;
  return row ? `process ${row.pid} on ${row.host} since ${row.since}` : 'another process';
}
