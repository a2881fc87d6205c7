import { readdir, readlink, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FusiformError } from '../../../shared/errors.ts';
import { asReadError } from './read.ts';

export interface ListedFile {
  /** The root as it was given, joined with `relative`. */
  readonly path: string;
  /** Below the root, with `/` on every system. */
  readonly relative: string;
  /** Where the link points when its target does not exist, null for a file that is there. */
  readonly danglingLink: string | null;
}

export interface ListOptions {
  /** Endings to keep, without regard to case, with the dot: `.png`, `.nii.gz`. Without it, every file. */
  readonly extensions?: readonly string[];
  /** Names of folders to leave out, at any depth. */
  readonly skipFolders?: readonly string[];
}

/**
 * All files below a folder, sorted by `relative`. Links to files and folders are followed, a folder is entered once;
 * dangling links are listed and marked. Names that begin with a dot are left out (`.git`, `.DS_Store`, `._x.nii.gz`).
 *
 * @throws FusiformError FILE_NOT_FOUND, FILE_UNREADABLE for the root or a folder below it
 */
export async function listFiles(root: string, options: ListOptions = {}): Promise<ListedFile[]> {
  const extensions = options.extensions?.map((extension) => extension.toLowerCase());
  const skipFolders = new Set(options.skipFolders);
  const found: ListedFile[] = [];
  const entered = new Set<string>();

  const wanted = (name: string): boolean =>
    extensions === undefined || extensions.some((extension) => name.toLowerCase().endsWith(extension));

  async function enter(folder: string, relative: string): Promise<void> {
    let entries: Awaited<ReturnType<typeof readEntries>>;
    try {
      const real = await realpath(folder);
      if (entered.has(real)) return;
      entered.add(real);
      entries = await readEntries(folder);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') {
        throw new FusiformError('FILE_UNREADABLE', 'A folder was expected, and this is a file.', {
          file: folder,
        });
      }
      throw await asReadError(error, folder);
    }
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue;
      const path = join(folder, entry.name);
      const below = relative === '' ? entry.name : `${relative}/${entry.name}`;
      let isFolder = entry.isDirectory();
      if (entry.isSymbolicLink()) {
        const target = await stat(path).catch(() => null);
        if (target === null) {
          if (wanted(entry.name)) {
            found.push({ path, relative: below, danglingLink: await readlink(path).catch(() => '?') });
          }
          continue;
        }
        isFolder = target.isDirectory();
      }
      if (isFolder) {
        if (!skipFolders.has(entry.name)) await enter(path, below);
      } else if (wanted(entry.name)) {
        found.push({ path, relative: below, danglingLink: null });
      }
    }
  }

  await enter(root, '');
  return found.sort((a, b) => (a.relative < b.relative ? -1 : a.relative > b.relative ? 1 : 0));
}

function readEntries(folder: string) {
  return readdir(folder, { withFileTypes: true });
}
