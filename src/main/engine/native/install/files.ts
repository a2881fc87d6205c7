import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { WorkContext } from '../../../../shared/progress.ts';
import { manifestName, type NativeManifest } from '../home.ts';
import { sha256Of } from './checksum.ts';

/** Every file below a folder, relative to it, with `/`. A folder that is not there has none. */
export async function listFiles(folder: string): Promise<{ name: string; bytes: number }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name);
        return { name: relative(folder, path).split(sep).join('/'), bytes: (await stat(path)).size };
      }),
  );
}

/** Sizes and checksums of all files but the manifest. */
export async function describeFiles(
  folder: string,
  { signal, report }: WorkContext,
): Promise<NativeManifest['files']> {
  const files = (await listFiles(folder)).filter(({ name }) => name !== manifestName);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const described: NativeManifest['files'] = {};
  let before = 0;
  for (const { name, bytes } of files.sort((a, b) => a.name.localeCompare(b.name))) {
    const sha256 = await sha256Of(join(folder, name), signal, (done) =>
      report({
        done: Math.round((before + done) / 1e6),
        total: Math.round(total / 1e6),
        unit: 'MB',
        note: 'taking checksums',
      }),
    );
    described[name] = { bytes, sha256 };
    before += bytes;
  }
  return described;
}
