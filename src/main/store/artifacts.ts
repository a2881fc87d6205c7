import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { sha256File } from './file-hashes.ts';
import type { FinishedArtifact } from './jobs.ts';

/**
 * Moves a finished work folder to `artifacts/<hash>/`, named by its contents. The move is one rename after every file
 * has reached the disk: a reader sees the whole artefact or none. Contents that are there already are kept.
 */
export async function commitArtifact(artifactsDir: string, workDir: string): Promise<FinishedArtifact> {
  const files = await listFiles(workDir);
  const manifest = createHash('sha256');
  let bytes = 0;
  for (let start = 0; start < files.length; start += filesAtOnce) {
    const sealed = await Promise.all(files.slice(start, start + filesAtOnce).map(seal));
    for (const file of sealed) {
      bytes += file.bytes;
      manifest.update(`${relative(workDir, file.path).split(sep).join('/')}\n${file.sha256}\n`);
    }
  }
  const hash = manifest.digest('hex').slice(0, 32);
  const target = join(artifactsDir, hash);
  await mkdir(artifactsDir, { recursive: true });
  if (existsSync(target)) await rm(workDir, { recursive: true });
  else await rename(workDir, target);
  return { hash, bytes };
}

/** Flushes of small files overlap: the disk joins them into few writes. */
const filesAtOnce = 32;

async function seal(path: string): Promise<{ path: string; bytes: number; sha256: string }> {
  const [info, sha256] = await Promise.all([stat(path), sha256File(path), flush(path)]);
  return { path, bytes: info.size, sha256 };
}

async function listFiles(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function flush(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
