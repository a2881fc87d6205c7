import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { FusiformError } from '../../../shared/errors.ts';
import { hashFile } from '../files/read.ts';

/** The files of a checkpoint on the disk. */
export type CheckpointFiles =
  | { readonly version: 1; readonly tables: readonly string[] }
  | { readonly version: 2; readonly prefix: string; readonly files: readonly string[] };

/**
 * Finds a checkpoint from whatever names it: its prefix, its `.index`, `.meta` or one of its data files, the single file
 * of the first format, or the folder with TensorFlow's file `checkpoint`.
 *
 * @throws FusiformError FILE_NOT_FOUND
 */
export async function locateCheckpoint(path: string): Promise<CheckpointFiles> {
  if ((await stat(path).catch(() => null))?.isDirectory()) return locateCheckpoint(await latestIn(path));
  const prefix = path.replace(/\.(index|meta|data-\d{5}-of-\d{5})$/, '');
  const name = basename(prefix);
  const siblings = (await readdir(dirname(prefix)).catch(() => [])).sort();
  const inFolder = (names: readonly string[]) => names.map((sibling) => join(dirname(prefix), sibling));
  const rest = (sibling: string) => (sibling.startsWith(name) ? sibling.slice(name.length) : '');
  if (siblings.includes(`${name}.index`)) {
    const files = siblings.filter((sibling) => /^\.(index|data-\d{5}-of-\d{5})$/.test(rest(sibling)));
    return { version: 2, prefix, files: inFolder(files) };
  }
  if (siblings.includes(name)) return { version: 1, tables: [prefix] };
  const tables = siblings.filter((sibling) => /^-\d{5}-of-\d{5}$/.test(rest(sibling)));
  if (tables.length > 0) return { version: 1, tables: inFolder(tables) };
  throw new FusiformError(
    'FILE_NOT_FOUND',
    `There is no checkpoint of this name: neither "${name}" nor "${name}.index".`,
    { file: path },
  );
}

/** The checkpoint that a folder's file `checkpoint` names; a path of another machine counts by its last part. */
async function latestIn(folder: string): Promise<string> {
  const list = join(folder, 'checkpoint');
  const text = await readFile(list, 'utf8').catch(() => '');
  const named = /^model_checkpoint_path:\s*"((?:[^"\\]|\\.)*)"/m.exec(text)?.[1].replace(/\\(.)/g, '$1');
  if (named === undefined) {
    throw new FusiformError(
      'FILE_NOT_FOUND',
      'The folder has no file "checkpoint" that names one; give the path of the checkpoint itself.',
      { file: folder },
    );
  }
  const here = join(folder, basename(named));
  if (isAbsolute(named)) return here;
  return join(folder, named);
}

/** SHA-256 over the content of all files of a checkpoint. */
export async function hashCheckpoint(files: CheckpointFiles): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files.version === 1 ? files.tables : files.files) hash.update(await hashFile(file));
  return hash.digest('hex');
}
