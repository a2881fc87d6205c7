import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { FusiformError, type Problem } from '../../../shared/errors.ts';
import {
  readSafetensorsFile,
  readSafetensorsHeader,
  writeSafetensorsFile,
} from '../../formats/safetensors/safetensors.ts';
import type { CheckpointFacts } from '../../generative/vaegan/train.ts';
import type { NamedArrays } from '../../math/nd-array.ts';

/** Checkpoints that are kept, the newest first; one more where all of these are doubtful. */
const generations = 2;
const namePattern = /^checkpoint-(\d+)(-doubtful)?\.safetensors$/;

export interface CheckpointFile extends CheckpointFacts {
  readonly path: string;
}

/** The checkpoints in a folder, newest first. */
export async function listCheckpoints(folder: string): Promise<CheckpointFile[]> {
  if (!existsSync(folder)) return [];
  const found = (await readdir(folder)).flatMap((name) => {
    const match = namePattern.exec(name);
    return match === null
      ? []
      : [{ path: join(folder, name), step: Number(match[1]), doubtful: match[2] !== undefined }];
  });
  return found.sort((a, b) => b.step - a.step);
}

/**
 * Writes a checkpoint under a name of its own, whole or not at all, and then removes those that are old: at any
 * moment the folder holds the last whole one, and in time the one before it.
 */
export async function writeCheckpoint(
  folder: string,
  arrays: NamedArrays,
  { step, doubtful }: CheckpointFacts,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const name = `checkpoint-${String(step).padStart(8, '0')}${doubtful ? '-doubtful' : ''}.safetensors`;
  await writeSafetensorsFile(join(folder, name), arrays, { step: String(step), crc32: checksum(arrays) });
  const files = await listCheckpoints(folder);
  const lastGood = files.find((file) => !file.doubtful);
  for (const file of files.slice(generations)) if (file !== lastGood) await rm(file.path, { force: true });
}

/**
 * The newest checkpoint that is whole. A damaged one is passed over and told of.
 * @throws FusiformError other than a damaged file, such as a disk that cannot be read.
 */
export async function readNewestCheckpoint(
  folder: string,
): Promise<{ checkpoint: { arrays: NamedArrays; step: number } | undefined; problems: Problem[] }> {
  await removeUnfinished(folder);
  const problems: Problem[] = [];
  for (const { path, step } of await listCheckpoints(folder)) {
    try {
      return { checkpoint: { arrays: await readCheckpoint(path), step }, problems };
    } catch (error) {
      if (!(error instanceof FusiformError)) throw error;
      problems.push(error.toProblem());
    }
  }
  return { checkpoint: undefined, problems };
}

/** @throws FusiformError `CHECKPOINT_DAMAGED` where the file is cut off or its bits have changed. */
export async function readCheckpoint(path: string): Promise<NamedArrays> {
  try {
    const { arrays, metadata } = await readSafetensorsFile(path);
    if (metadata.crc32 === checksum(arrays)) return arrays;
  } catch (error) {
    if (!(error instanceof FusiformError)) throw error;
    throw new FusiformError('CHECKPOINT_DAMAGED', error.message, { file: path, cause: error });
  }
  throw new FusiformError(
    'CHECKPOINT_DAMAGED',
    'The sum over its contents is another than when it was written.',
    {
      file: path,
    },
  );
}

/** Arrays of a checkpoint that hold weights, by name; without reading the others. */
export async function readCheckpointWeights(path: string): Promise<NamedArrays> {
  const { entries } = await readSafetensorsHeader(path);
  const names = entries
    .map(({ name }) => name)
    .filter((name) => !name.startsWith('adam/') && !name.startsWith('training/'));
  return (await readSafetensorsFile(path, names)).arrays;
}

function checksum(arrays: NamedArrays): string {
  let sum = 0;
  for (const name of Object.keys(arrays).sort()) {
    const { data } = arrays[name];
    sum = crc32(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), sum);
  }
  return sum.toString(16).padStart(8, '0');
}

/** What a kill left of a file that was being written. */
async function removeUnfinished(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  for (const name of await readdir(folder)) {
    if (/^\.checkpoint-.*\.tmp$/.test(name)) await rm(join(folder, name), { force: true });
  }
}
