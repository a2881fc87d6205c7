import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type ErrorCode, errorCodes } from '../../../shared/error-codes.ts';
import type { Problem } from '../../../shared/errors.ts';
import { writeFileAtomic } from '../../formats/files/atomic-write.ts';
import { readJsonFile } from '../../formats/json/json.ts';

/**
 * The images of an import and what they contained when it began: an input file of the job, because the list of
 * 200,000 images is no parameter to store in a database.
 */
export interface Manifest {
  /** Path below the folder, and SHA-256 of the bytes; in the order of the set. */
  readonly files: readonly (readonly [file: string, sha256: string])[];
  /** What looked like images and could not be read; `file` is a path below the folder. */
  readonly refused: readonly Problem[];
}

const problem = z.object({
  code: z.string().refine((code): code is ErrorCode => code in errorCodes),
  message: z.string(),
  remedy: z.string(),
  file: z.string(),
});

const schema = z.object({
  files: z.array(z.tuple([z.string(), z.string()])).min(1),
  refused: z.array(problem),
});

/** Name of a manifest by its content. */
export function manifestHash(manifest: Manifest): string {
  return createHash('sha256').update(JSON.stringify(manifest)).digest('hex');
}

export function writeManifest(path: string, manifest: Manifest): Promise<void> {
  return writeFileAtomic(path, JSON.stringify(manifest));
}

export async function readManifest(path: string): Promise<Manifest> {
  return schema.parse(await readJsonFile(path));
}
