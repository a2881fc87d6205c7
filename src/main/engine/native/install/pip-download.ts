import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FusiformError } from '../../../../shared/errors.ts';
import { sha256Of } from './checksum.ts';
import type { OnBytes } from './download.ts';
import type { Wheel } from './releases.ts';
import { runTool } from './tools.ts';

const watchMs = 200;

/**
 * Lets pip fetch the wheel: for indexes that ask for what only pip knows (a keyring, client certificates). It cannot
 * be resumed.
 *
 * @throws FusiformError ENGINE_INSTALL_FAILED with what pip said, ENGINE_DOWNLOAD_FAILED if it gave another file
 */
export async function downloadWithPip(
  wheel: Wheel,
  path: string,
  signal: AbortSignal,
  onBytes: OnBytes,
): Promise<void> {
  const folder = `${path}.pip`;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  // pip shows no progress that a program can read: its temporary files grow where they can be watched.
  const watch = setInterval(() => {
    folderBytes(folder).then((bytes) => onBytes(Math.min(wheel.bytes, bytes)));
  }, watchMs);
  const [, python = '311', platform = ''] =
    /-(?:cp(\d+)|py3)-[a-z0-9]+-([a-z0-9_]+)(?:\.[a-z0-9_]+)*\.whl$/.exec(wheel.file) ?? [];
  try {
    await runTool(
      'python3',
      [
        ...['-m', 'pip', 'download', `${wheel.project}==${wheel.version}`, '--no-deps', '--no-cache-dir'],
        ...['--python-version', python, '--platform', platform, '--only-binary=:all:'],
        ...['--dest', folder, '--progress-bar', 'off', '--disable-pip-version-check', '--no-input'],
      ],
      { env: { TMPDIR: folder } },
      signal,
    );
    const file = join(folder, wheel.file);
    if ((await sha256Of(file, signal)) !== wheel.sha256) {
      throw new FusiformError(
        'ENGINE_DOWNLOAD_FAILED',
        `pip fetched another ${wheel.file} than the published one.`,
      );
    }
    await rename(file, path);
  } finally {
    clearInterval(watch);
    await rm(folder, { recursive: true, force: true });
  }
}

async function folderBytes(folder: string): Promise<number> {
  let bytes = 0;
  try {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
    }
  } catch {
    // A file that vanished while it was looked at: the next look sees it in its new place.
  }
  return bytes;
}
