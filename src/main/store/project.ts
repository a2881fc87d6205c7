import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { FusiformError } from '../../shared/errors.ts';
import { appVersion } from '../../shared/version.ts';
import { guarded, openDatabase, type Sql } from './database.ts';
import { markInterruptedJobs } from './jobs.ts';
import { acquireLock, type ProjectLock, readOwner, writeOwner } from './lock.ts';

export const databaseName = 'project.sqlite';
/** The file that stands for a project in a file manager: opening it opens the application. It holds nothing. */
export const markerName = 'project.fusiform';

/** A project is one folder: its database, the artefacts beside it, and the work in progress. */
export interface ProjectStore {
  readonly dir: string;
  readonly sql: Sql;
  readonly artifactsDir: string;
  readonly workDir: string;
  close(): void;
}

export interface ProjectFacts {
  readonly name: string;
  readonly createdAt: string;
  readonly createdBy: string;
}

/** Creates a project in a folder that is empty or does not exist. */
export function createProject(dir: string, name?: string): ProjectStore {
  const folder = resolve(dir);
  if (existsSync(join(folder, databaseName))) {
    throw new FusiformError('PROJECT_EXISTS', 'The folder holds a project already.', { file: folder });
  }
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new FusiformError('PROJECT_EXISTS', 'The folder is not empty.', { file: folder });
  }
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new FusiformError('WRITE_FAILED', `The folder cannot be made: ${(error as Error).message}.`, {
      file: folder,
      cause: error,
    });
  }
  return lockAndOpen(folder, name ?? basename(folder));
}

/** Opens a project for writing: one process at a time. */
export function openProject(dir: string): ProjectStore {
  const folder = requireProject(dir);
  return lockAndOpen(folder, basename(folder));
}

/** Opens a project for looking, also while another process works on it. */
export function viewProject(dir: string): ProjectStore {
  const folder = requireProject(dir);
  const sql = openDatabase(join(folder, databaseName), { readonly: true });
  return handle(folder, sql, undefined);
}

export function projectFacts(store: ProjectStore): ProjectFacts {
  return store.sql
    .prepare('SELECT name, created_at AS createdAt, created_by AS createdBy FROM project')
    .get() as ProjectFacts;
}

function requireProject(dir: string): string {
  const folder = resolve(dir);
  if (!existsSync(join(folder, databaseName))) {
    throw new FusiformError('PROJECT_NOT_FOUND', 'There is no project in this folder.', { file: folder });
  }
  return folder;
}

function lockAndOpen(folder: string, name: string): ProjectStore {
  const file = join(folder, databaseName);
  return guarded(file, () => {
    const lock = acquireLock(join(folder, 'project.lock'), () => describeOwner(file));
    try {
      const sql = openDatabase(file, { readonly: false });
      sql.transaction(() => {
        introduce(sql, name);
        writeOwner(sql, new Date());
        markInterruptedJobs(sql);
      })();
      leaveMarker(folder);
      return handle(folder, sql, lock);
    } catch (error) {
      lock.release();
      throw error;
    }
  });
}

function leaveMarker(folder: string): void {
  try {
    writeFileSync(
      join(folder, markerName),
      'A Fusiform project. Its data are in project.sqlite and artifacts.\n',
      {
        flag: 'wx',
      },
    );
  } catch {
    // It is there already; or it cannot be written, which costs a convenience.
  }
}

/** Names a new project; one whose creation was cut short gets its name at the next opening. */
function introduce(sql: Sql, name: string): void {
  sql
    .prepare('INSERT OR IGNORE INTO project (id, name, created_at, created_by) VALUES (1, ?, ?, ?)')
    .run(name, new Date().toISOString(), `Fusiform ${appVersion}`);
}

function describeOwner(file: string): string {
  const sql = openDatabase(file, { readonly: true });
  try {
    return readOwner(sql);
  } finally {
    sql.close();
  }
}

function handle(dir: string, sql: Sql, lock: ProjectLock | undefined): ProjectStore {
  return {
    dir,
    sql,
    artifactsDir: join(dir, 'artifacts'),
    workDir: join(dir, 'work'),
    close() {
      sql.close();
      lock?.release();
    },
  };
}
