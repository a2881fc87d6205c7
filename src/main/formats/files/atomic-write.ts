import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FusiformError } from '../../../shared/errors.ts';

/** Names the fault of a write that the operating system refused; anything else comes back as it was. */
export function asWriteError(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  switch (error.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new FusiformError('DISK_FULL', 'The disk is full, or its quota is used up.', {
        file: path,
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOENT':
    case 'ENOTDIR':
    case 'EISDIR':
    case 'EIO':
      return new FusiformError('WRITE_FAILED', `The file cannot be written (${error.code}).`, {
        file: path,
        cause: error,
      });
    default:
      return error;
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  let offset = 0;
  while (offset < bytes.length) {
    // Node moves at most 2 GiB at a time.
    const wanted = Math.min(bytes.length - offset, 1 << 30);
    const { bytesWritten } = await handle.write(bytes, offset, wanted);
    offset += bytesWritten;
  }
}

/**
 * Writes a whole file or nothing.
 *
 * Guarantee: at any moment, after a crash, a kill or a power cut too, `path` holds either what it held before or all
 * of the new content. The content goes to a temporary file in the same folder (so that the rename stays on one
 * file system), is flushed to the disk, and takes the name in one step; then the folder is flushed. What an error
 * left of the temporary file is removed; a kill may leave one, named `.<name>.<random>.tmp`.
 *
 * @param content the bytes, text (UTF-8), or chunks of bytes as they become ready.
 * @throws FusiformError DISK_FULL, WRITE_FAILED
 */
export async function writeFileAtomic(
  path: string,
  content: Uint8Array | string | AsyncIterable<Uint8Array>,
): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const handle = await open(temporary, 'wx');
    try {
      if (typeof content === 'string') await writeAll(handle, Buffer.from(content, 'utf8'));
      else if (content instanceof Uint8Array) await writeAll(handle, content);
      else for await (const chunk of content) await writeAll(handle, chunk);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
    await syncFolder(folder);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw asWriteError(error, path);
  }
}

/** Copies a file, whole or not at all (see `writeFileAtomic`). */
export function copyFileAtomic(from: string, to: string): Promise<void> {
  return writeFileAtomic(to, createReadStream(from, { highWaterMark: 1 << 20 }));
}

/** Makes the rename itself durable. Windows cannot open folders, and some network file systems cannot flush them. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    if (
      !(error instanceof Error && 'code' in error && (error.code === 'EINVAL' || error.code === 'ENOTSUP'))
    ) {
      throw error;
    }
  } finally {
    await handle.close();
  }
}
