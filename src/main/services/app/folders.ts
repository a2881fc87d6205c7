import { existsSync } from 'node:fs';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, parse, resolve } from 'node:path';
import type { Listing } from '../../../shared/contract/locations.ts';
import { FusiformError } from '../../../shared/errors.ts';
import { databaseName } from '../../store/project.ts';

/** A folder of a million images is not for a list. */
const listed = 2000;

/** Where browsing the disk may begin. */
export function folderRoots(): { name: string; path: string }[] {
  const home = homedir();
  const here = process.cwd();
  const places = [
    { name: 'Home', path: home },
    { name: 'Folder of the program', path: here },
    ...['/data', '/mnt', '/media', '/scratch', '/Volumes'].map((path) => ({ name: path.slice(1), path })),
    { name: 'Root', path: parse(here).root },
  ];
  return places.filter(
    ({ path }, at) => existsSync(path) && places.findIndex((other) => other.path === path) === at,
  );
}

/** A folder's contents, folders first. @throws FusiformError FILE_NOT_FOUND, FILE_UNREADABLE */
export async function listFolder(dir: string, hidden: boolean): Promise<Listing> {
  const folder = resolve(dir);
  const found = await readdir(folder, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    const code = cause.code === 'ENOENT' || cause.code === 'ENOTDIR' ? 'FILE_NOT_FOUND' : 'FILE_UNREADABLE';
    throw new FusiformError(code, 'The folder cannot be listed.', { file: folder, cause });
  });
  const wanted = found.filter(({ name }) => hidden || !name.startsWith('.'));
  const parent = dirname(folder);
  const entries = await Promise.all(
    wanted.slice(0, listed).map(({ name }) => describe(join(folder, name), name)),
  );
  entries.sort(
    (a, b) => Number(a.kind === 'file') - Number(b.kind === 'file') || a.name.localeCompare(b.name),
  );
  return {
    dir: folder,
    parent: parent === folder ? null : parent,
    entries,
    truncated: wanted.length > listed,
  };
}

async function describe(path: string, name: string): Promise<Listing['entries'][number]> {
  // A link counts as what it leads to; one that leads nowhere is a file of unknown size.
  const facts = await stat(path).catch(() => null);
  if (!facts?.isDirectory()) return { name, path, kind: 'file', bytes: facts?.size ?? null };
  return { name, path, kind: existsSync(join(path, databaseName)) ? 'project' : 'folder', bytes: null };
}

/** @throws FusiformError PARAMETERS_INVALID, WRITE_FAILED */
export async function createFolder(dir: string, name: string): Promise<{ path: string }> {
  if (/[/\\\0]/.test(name) || name === '.' || name === '..') {
    throw new FusiformError('PARAMETERS_INVALID', `"${name}" is no name of a folder.`);
  }
  const path = join(resolve(dir), name);
  await mkdir(path).catch((cause: Error) => {
    throw new FusiformError('WRITE_FAILED', `The folder cannot be made: ${cause.message}.`, {
      file: path,
      cause,
    });
  });
  return { path };
}
