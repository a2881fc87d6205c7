import Database from 'better-sqlite3';
import { FusiformError } from '../../shared/errors.ts';
import { migrations } from './migrations.ts';

export type Sql = Database.Database;

/** Opens the project's database, brings it to this version's schema, and refuses one that a newer version wrote. */
export function openDatabase(file: string, options: { readonly: boolean }): Sql {
  const sql = guarded(file, () => new Database(file, { readonly: options.readonly, timeout: 5000 }));
  try {
    guarded(file, () => {
      refuseNewer(sql, file);
      if (!options.readonly) {
        sql.pragma('journal_mode = WAL');
        // A commit survives a power cut, not only a killed process.
        sql.pragma('synchronous = FULL');
      }
      sql.pragma('foreign_keys = ON');
      if (!options.readonly) migrate(sql, migrations);
    });
  } catch (error) {
    sql.close();
    throw error;
  }
  return sql;
}

/** Takes the steps that the file still lacks, each in a transaction of its own. */
export function migrate(sql: Sql, steps: readonly string[]): void {
  for (let version = schemaVersion(sql); version < steps.length; version++) {
    sql.transaction(() => {
      sql.exec(steps[version]);
      sql.pragma(`user_version = ${version + 1}`);
    })();
  }
}

export function schemaVersion(sql: Sql): number {
  return Number(sql.pragma('user_version', { simple: true }));
}

function refuseNewer(sql: Sql, file: string): void {
  const found = schemaVersion(sql);
  if (found > migrations.length) {
    throw new FusiformError(
      'PROJECT_NEWER',
      `The project was written by a newer Fusiform (schema ${found}; this version knows up to ${migrations.length}).`,
      { file },
    );
  }
}

/** Runs something against the database and turns SQLite's faults into the project's own. */
export function guarded<T>(file: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw asStoreError(error, file);
  }
}

/** SQLite's faults as the project's own; anything else as it is. */
export function asStoreError(error: unknown, file: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const place = { file, cause: error };
  if (error.code === 'SQLITE_FULL' || error.code === 'SQLITE_IOERR_WRITE') {
    return new FusiformError('DISK_FULL', 'The disk is full: the project could not be written.', place);
  }
  if (error.code.startsWith('SQLITE_BUSY')) {
    return new FusiformError('PROJECT_LOCKED', 'Another process is using the project.', place);
  }
  if (error.code === 'SQLITE_NOTADB' || error.code.startsWith('SQLITE_CORRUPT')) {
    return new FusiformError(
      'PROJECT_DAMAGED',
      `The project's database cannot be read: ${error.message}.`,
      place,
    );
  }
  if (error.code.startsWith('SQLITE_CANTOPEN') || error.code.startsWith('SQLITE_READONLY')) {
    return new FusiformError(
      'WRITE_FAILED',
      `The project's database cannot be opened: ${error.message}.`,
      place,
    );
  }
  return error;
}
