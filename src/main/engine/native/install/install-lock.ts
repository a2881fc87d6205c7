import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FusiformError } from '../../../../shared/errors.ts';

/**
 * One installation at a time in a folder. The lock is a file with the number of the process; that of a process which
 * is gone is taken over.
 *
 * @throws FusiformError ENGINE_INSTALL_BUSY
 */
export async function withInstallLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const path = join(folder, 'install.lock');
  await acquire(path);
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function acquire(path: string, again = true): Promise<void> {
  try {
    const file = await open(path, 'wx');
    await file.writeFile(String(process.pid));
    await file.close();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    const owner = Number(await readFile(path, 'utf8').catch(() => ''));
    if (!again || (owner > 0 && isAlive(owner))) {
      throw new FusiformError(
        'ENGINE_INSTALL_BUSY',
        `Process ${owner} is installing or removing the engine.`,
        {
          file: path,
        },
      );
    }
    await rm(path, { force: true });
    await acquire(path, false);
  }
}

function isAlive(process_: number): boolean {
  try {
    process.kill(process_, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
