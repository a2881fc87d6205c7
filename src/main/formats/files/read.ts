import { createHash } from 'node:crypto';
import { createReadStream, type Stats } from 'node:fs';
import { readFile, readlink, stat } from 'node:fs/promises';
import { FusiformError } from '../../../shared/errors.ts';

/** Names the fault of a read that the operating system refused; anything else comes back as it was. */
export async function asReadError(error: unknown, path: string): Promise<unknown> {
  if (!(error instanceof Error) || !('code' in error)) return error;
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR': {
      const target = await readlink(path).catch(() => undefined);
      if (target === undefined) {
        return new FusiformError('FILE_NOT_FOUND', 'There is no such file.', { file: path, cause: error });
      }
      return new FusiformError('FILE_NOT_FOUND', danglingMessage(target), {
        file: path,
        details: { danglingLink: target },
        cause: error,
      });
    }
    case 'EACCES':
    case 'EPERM':
    case 'EISDIR':
    case 'EIO':
    case 'ELOOP':
      return new FusiformError('FILE_UNREADABLE', `The file cannot be read (${error.code}).`, {
        file: path,
        cause: error,
      });
    default:
      return error;
  }
}

/** What a link without its content means: in a clone made by git-annex or DataLad it is the usual state. */
function danglingMessage(target: string): string {
  const annex = target.replaceAll('\\', '/').includes('.git/annex/');
  return annex
    ? `The file is a git-annex link whose content was never fetched (it points to ${target}).`
    : `The file is a dangling link: it points to ${target}, which does not exist.`;
}

/**
 * The state of a file that is about to be read.
 *
 * @throws FusiformError FILE_NOT_FOUND (a dangling link is named as such), FILE_UNREADABLE, FILE_EMPTY
 */
export async function statFileChecked(path: string): Promise<Stats> {
  let stats: Stats;
  try {
    stats = await stat(path);
  } catch (error) {
    throw await asReadError(error, path);
  }
  if (stats.isDirectory()) {
    throw new FusiformError('FILE_UNREADABLE', 'A file was expected, and this is a folder.', { file: path });
  }
  if (stats.isFile() && stats.size === 0) {
    throw new FusiformError('FILE_EMPTY', 'The file is empty (0 bytes).', { file: path });
  }
  return stats;
}

/**
 * All bytes of a file.
 *
 * @throws FusiformError FILE_NOT_FOUND (a dangling link is named as such), FILE_UNREADABLE, FILE_EMPTY
 */
export async function readFileChecked(path: string): Promise<Buffer> {
  await statFileChecked(path);
  try {
    return await readFile(path);
  } catch (error) {
    throw await asReadError(error, path);
  }
}

/** SHA-256 of a file's bytes in lower-case hexadecimal, in constant memory. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 })) hash.update(chunk);
  } catch (error) {
    throw await asReadError(error, path);
  }
  return hash.digest('hex');
}
