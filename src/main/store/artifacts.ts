import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Sql } from './database.ts';
import { sha256File } from './file-hashes.ts';
import type { FinishedArtifact } from './jobs.ts';

/**
 * Moves a finished work folder to `artifacts/<hash>/`, named by its contents. The move is one rename after every file
 * has reached the disk: a reader sees the whole artefact or none. Contents that are there already are kept.
 */
export async function commitArtifact(artifactsDir: string, workDir: string): Promise<FinishedArtifact> {
  const { hash, bytes } = await hashFolder(workDir, seal);
  const target = join(artifactsDir, hash);
  await mkdir(artifactsDir, { recursive: true });
  if (existsSync(target)) await rm(workDir, { recursive: true });
  else await rename(workDir, target);
  return { hash, bytes };
}

/** The name that an artefact's contents give it. */
export async function hashFolder(dir: string, look: (path: string) => Promise<SealedFile> = digest) {
  const files = await listFiles(dir);
  const manifest = createHash('sha256');
  let bytes = 0;
  for (let start = 0; start < files.length; start += filesAtOnce) {
    const sealed = await Promise.all(files.slice(start, start + filesAtOnce).map(look));
    for (const file of sealed) {
      bytes += file.bytes;
      manifest.update(`${relative(dir, file.path).split(sep).join('/')}\n${file.sha256}\n`);
    }
  }
  return { hash: manifest.digest('hex').slice(0, 32), bytes };
}

/** Every artefact that the project has noted. */
export function listArtifacts(sql: Sql): FinishedArtifact[] {
  return sql.prepare('SELECT hash, bytes FROM artifact ORDER BY hash').all() as FinishedArtifact[];
}

interface SealedFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Flushes of small files overlap: the disk joins them into few writes. */
const filesAtOnce = 32;

async function seal(path: string): Promise<SealedFile> {
  const [file] = await Promise.all([digest(path), flush(path)]);
  return file;
}

async function digest(path: string): Promise<SealedFile> {
  const [info, sha256] = await Promise.all([stat(path), sha256File(path)]);
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
