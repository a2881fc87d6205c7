import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FusiformError } from '../../../shared/errors.ts';
import type { WorkContext } from '../../../shared/progress.ts';
import { librariesPath, tensorFlowVersion } from './home.ts';
import { runTool } from './tools.ts';

const wheelName = `tensorflow_cpu-${tensorFlowVersion}-cp311-cp311-manylinux_2_27_x86_64.whl`;
/** As the Python Package Index publishes it. The libraries inside do not depend on the Python of the name. */
export const wheelSha256 = '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c';
const wheelBytes = 273_829_956;

const megabytes = (bytes: number) => Math.round(bytes / 1e6);
const pause = 200;

/** Gets the wheel through pip, and so from wherever this machine's pip is set up to look. */
export async function downloadWheel(folder: string, context: WorkContext): Promise<string> {
  const wheel = join(folder, wheelName);
  if (await isComplete(wheel)) return wheel;
  const partial = join(folder, 'partial');
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  const total = megabytes(wheelBytes);
  const report = (done: number) =>
    context.report({
      done,
      total,
      unit: 'MB',
      note: `downloading TensorFlow ${tensorFlowVersion} (${total} MB)`,
    });
  report(0);
  // pip shows no progress that a program can read: its temporary files grow where they can be watched.
  const watch = setInterval(() => {
    folderBytes(partial).then((bytes) => report(Math.min(total, megabytes(bytes))));
  }, pause);
  try {
    await runTool(
      'python3',
      [
        ...['-m', 'pip', 'download', `tensorflow-cpu==${tensorFlowVersion}`, '--no-deps', '--no-cache-dir'],
        ...['--python-version', '311', '--platform', 'manylinux_2_27_x86_64', '--only-binary=:all:'],
        ...['--dest', partial, '--progress-bar', 'off', '--disable-pip-version-check'],
      ],
      { env: { TMPDIR: partial } },
      context.signal,
    );
  } finally {
    clearInterval(watch);
  }
  await rename(join(partial, wheelName), wheel);
  await rm(partial, { recursive: true, force: true });
  return wheel;
}

async function isComplete(wheel: string): Promise<boolean> {
  try {
    return (await stat(wheel)).size === wheelBytes;
  } catch {
    return false;
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

/** @throws FusiformError FILE_NOT_FOUND, ENGINE_INSTALL_FAILED if it is another file than the published one */
export async function verifyWheel(wheel: string, context: WorkContext): Promise<void> {
  const total = await sizeOf(wheel);
  const hash = createHash('sha256');
  let done = 0;
  for await (const chunk of createReadStream(wheel, { highWaterMark: 1 << 24, signal: context.signal })) {
    hash.update(chunk);
    done += chunk.length;
    context.report({
      done: megabytes(done),
      total: megabytes(total),
      unit: 'MB',
      note: 'verifying the download',
    });
  }
  const found = hash.digest('hex');
  if (found === wheelSha256) return;
  throw new FusiformError('ENGINE_INSTALL_FAILED', `This is not ${wheelName}: its SHA-256 is ${found}.`, {
    file: wheel,
    details: { expected: wheelSha256, found },
  });
}

async function sizeOf(wheel: string): Promise<number> {
  try {
    return (await stat(wheel)).size;
  } catch (cause) {
    throw new FusiformError('FILE_NOT_FOUND', 'There is no wheel at this path.', { file: wheel, cause });
  }
}

/** Extracts the two libraries and the headers, 1.1 of the wheel's 1.2 GB, saying how far it is line by line. */
const extraction = `
import os, sys, zipfile
wheel, folder, libraries = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    wanted = {}
    for item in archive.infolist():
        name = item.filename
        if name.startswith('tensorflow/include/') and not item.is_dir():
            wanted[name] = os.path.join(folder, 'deps', name.removeprefix('tensorflow/'))
        elif name.startswith('tensorflow/libtensorflow_') and '/' not in name.removeprefix('tensorflow/'):
            wanted[name] = os.path.join(folder, libraries, os.path.basename(name))
    total, done = sum(archive.getinfo(name).file_size for name in wanted), 0
    for name, path in wanted.items():
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with archive.open(name) as source, open(path, 'wb') as target:
            while chunk := source.read(1 << 23):
                target.write(chunk)
                done += len(chunk)
                if len(chunk) > 1 << 20: print(done, total, flush=True)
libraries = os.path.join(folder, libraries)
os.symlink('libtensorflow_cc.so.2', os.path.join(libraries, 'libtensorflow.so'))
os.symlink('libtensorflow_framework.so.2', os.path.join(libraries, 'libtensorflow_framework.so'))
`;

export async function unpackWheel(wheel: string, folder: string, context: WorkContext): Promise<void> {
  await runTool(
    'python3',
    ['-c', extraction, wheel, folder, librariesPath],
    {
      onLine: (line) => {
        const [done, total] = line.split(' ').map(Number);
        if (Number.isFinite(total)) {
          context.report({ done: megabytes(done), total: megabytes(total), unit: 'MB', note: 'unpacking' });
        }
      },
    },
    context.signal,
  );
}
