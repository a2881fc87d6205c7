import { existsSync, readdirSync } from 'node:fs';
import { constants, copyFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { FusiformError } from '../../../shared/errors.ts';
import { hashFolder, listArtifacts } from '../../store/artifacts.ts';
import { databaseName } from '../../store/project.ts';
import { type Removal, type RemovalRequest, removeEntry } from '../removal.ts';
import type { OpenProject } from './open-project.ts';

export interface Integrity {
  readonly artifacts: number;
  readonly bytes: number;
  /** Artefacts whose folder is gone. */
  readonly missing: string[];
  /** Artefacts whose contents have another hash than they are named by. */
  readonly damaged: string[];
}

/** Told of every artefact: bytes that are done, of how many. */
export type OnBytes = (done: number, total: number) => void;

/** Reads every artefact and holds it to its name. */
export async function verifyProject(
  { workspace }: OpenProject,
  signal: AbortSignal,
  report: OnBytes = () => undefined,
): Promise<Integrity> {
  const { sql, artifactsDir } = workspace.store;
  const artifacts = listArtifacts(sql);
  const bytes = artifacts.reduce((sum, artifact) => sum + artifact.bytes, 0);
  let done = 0;
  const missing: string[] = [];
  const damaged: string[] = [];
  for (const { hash, bytes: size } of artifacts) {
    signal.throwIfAborted();
    report(done, bytes);
    done += size;
    const folder = join(artifactsDir, hash);
    if (!existsSync(folder)) missing.push(hash);
    else if ((await hashFolder(folder)).hash !== hash) damaged.push(hash);
  }
  return { artifacts: artifacts.length, bytes, missing, damaged };
}

/**
 * Copies a project to a new or empty folder, whole or not at all: it takes its name once everything is there.
 * @throws FusiformError PROJECT_LOCKED while a job runs, PROJECT_EXISTS, DISK_FULL, WRITE_FAILED
 */
export async function copyProject(
  { workspace, queue, dir }: OpenProject,
  to: string,
  signal: AbortSignal,
  report: OnBytes = () => undefined,
): Promise<string> {
  const target = resolve(to);
  refuseWhileBusy(queue.busy, dir, 'the project changes while it is copied');
  if (target === dir || target.startsWith(dir + sep)) {
    throw new FusiformError('PROJECT_EXISTS', 'The copy cannot be inside the project.', { file: target });
  }
  if (existsSync(target) && readdirSync(target).length > 0) {
    throw new FusiformError('PROJECT_EXISTS', 'The folder is not empty.', { file: target });
  }
  const partial = `${target}.partial`;
  try {
    await rm(partial, { recursive: true, force: true });
    await copyFolder(dir, partial, signal, report);
    // SQLite's own copy is whole, also of what still stands in the log of the last writes.
    await workspace.store.sql.backup(join(partial, databaseName));
    await rm(target, { recursive: true, force: true });
    await rename(partial, target);
  } catch (cause) {
    await rm(partial, { recursive: true, force: true });
    signal.throwIfAborted();
    if (['ENOSPC', 'EDQUOT'].includes((cause as NodeJS.ErrnoException).code ?? '')) {
      throw new FusiformError('DISK_FULL', 'The disk is full: nothing of the copy was kept.', {
        file: target,
        cause,
      });
    }
    throw new FusiformError('WRITE_FAILED', `The project cannot be copied: ${(cause as Error).message}.`, {
      file: target,
      cause,
    });
  }
  return target;
}

/** File by file, but for the database and its lock. */
async function copyFolder(from: string, to: string, signal: AbortSignal, report: OnBytes): Promise<void> {
  const entries = await readdir(from, { recursive: true, withFileTypes: true });
  const files = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !/project\.(lock|sqlite.*)$/.test(path))
      .map(async (path) => ({ path, bytes: (await stat(path)).size })),
  );
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  await mkdir(to, { recursive: true });
  for (const { path, bytes } of files) {
    signal.throwIfAborted();
    report(done, total);
    const target = join(to, relative(from, path));
    await mkdir(dirname(target), { recursive: true });
    await copyFile(path, target, constants.COPYFILE_FICLONE);
    done += bytes;
  }
}

/** Removes an entry while nothing is computed from it. @throws FusiformError PROJECT_LOCKED, and as `removeEntry` */
export async function removeFromProject(project: OpenProject, request: RemovalRequest): Promise<Removal> {
  const { workspace, queue, dir } = project;
  refuseWhileBusy(queue.busy, dir, 'it may be reading what is to be removed');
  project.pixels.close();
  try {
    return await removeEntry(workspace, request);
  } finally {
    project.touch();
  }
}

function refuseWhileBusy(isBusy: boolean, dir: string, why: string): void {
  if (!isBusy) return;
  throw new FusiformError('PROJECT_LOCKED', `A job is running: ${why}. Pause it, or wait for its end.`, {
    file: dir,
  });
}
