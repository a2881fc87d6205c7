import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { FusiformError } from '../../../shared/errors.ts';
import { readJsonFile, writeJsonFile } from '../../formats/json/json.ts';
import { readNpyFile, writeNpyFile } from '../../formats/npy/npy.ts';
import { writeTable } from '../../formats/table/write.ts';
import { readTable } from '../../formats/tsv/table.ts';
import { writeTsvFile } from '../../formats/tsv/write.ts';
import { readMatCodes } from './latents-mat.ts';

/** Latent codes of named faces. */
export interface Latents {
  readonly files: readonly string[];
  readonly latentDim: number;
  /** [files, latentDim], row-major. */
  readonly codes: Float32Array;
  /** Fingerprint of the model that made the codes (see `modelFingerprint`); null where nothing says which it was. */
  readonly model: string | null;
}

export const latentsFiles = {
  codes: 'latents.npy',
  names: 'latents.tsv',
  description: 'latents.json',
} as const;

const descriptionSchema = z.object({ model: z.string() });

export async function writeLatents(folder: string, latents: Latents): Promise<void> {
  await writeNpyFile(join(folder, latentsFiles.codes), {
    shape: [latents.files.length, latents.latentDim],
    data: latents.codes,
  });
  await writeTsvFile(
    join(folder, latentsFiles.names),
    ['file'],
    latents.files.map((file) => [file]),
  );
  if (latents.model !== null) {
    await writeJsonFile(join(folder, latentsFiles.description), { model: latents.model });
  }
}

/** The codes as a Parquet table beside the others: a row a face, its name in `file`, its latents in `z1`, `z2` ... */
export async function writeLatentsTable(folder: string): Promise<void> {
  const { files, latentDim, codes } = await readLatents(folder);
  const latents = Array.from({ length: latentDim }, (_, latent) => ({
    name: `z${latent + 1}`,
    type: 'double' as const,
    values: Float64Array.from(files, (_file, row) => codes[row * latentDim + latent]),
  }));
  await writeTable(
    join(folder, 'latents'),
    [{ name: 'file', type: 'string', values: files }, ...latents],
    ['parquet'],
  );
}

/** The codes of an artefact, or of a folder that one was copied to. */
export async function readLatents(folder: string): Promise<Latents> {
  const path = join(folder, latentsFiles.codes);
  const codes = await readNpyFile(path);
  if (!(codes.data instanceof Float32Array)) throw new TypeError('Latents are stored as float32.');
  const names = await readTable(join(folder, latentsFiles.names));
  const files = names.rows.map((row) => row.values.file);
  if (codes.shape.length !== 2 || codes.shape[0] !== files.length) {
    throw new FusiformError(
      'LATENTS_DIM_MISMATCH',
      `The array is ${codes.shape.join(' x ')}, and ${latentsFiles.names} names ${files.length} faces.`,
      { file: path },
    );
  }
  return { files, latentDim: codes.shape[1], codes: codes.data, model: await readModelOf(folder) };
}

/**
 * Codes from wherever they are: a folder of latents, or an `.npy` or `.mat` file, [codes, latents] (see `readMatCodes`).
 * Rows that have no names are named by their number. A file that lies where `encode` wrote it still says which model it
 * is of.
 *
 * @param latentDim latents of the model that the codes are for, which tells the axes of a `.mat` file.
 * @throws FusiformError LATENTS_DIM_MISMATCH where the array is no table, LATENTS_NOT_FINITE
 */
export async function readCodes(path: string, latentDim?: number): Promise<Latents> {
  if ((await stat(path)).isDirectory()) return readLatents(path);
  const { shape, data, names, model } = isMatFile(path)
    ? await readMatCodes(path, latentDim)
    : await readNpyCodes(path);
  const codes = Float32Array.from(data);
  const wrong = codes.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    throw new FusiformError(
      'LATENTS_NOT_FINITE',
      `The code in row ${Math.floor(wrong / shape[1]) + 1} holds ${codes[wrong]}.`,
      { file: path },
    );
  }
  return { files: names ?? numberedNames(shape[0]), latentDim: shape[1], codes, model };
}

export function isMatFile(path: string): boolean {
  return /\.mat$/i.test(path);
}

async function readNpyCodes(path: string) {
  const { shape, data } = await readNpyFile(path);
  if (shape.length !== 2) {
    throw new FusiformError(
      'LATENTS_DIM_MISMATCH',
      `Codes are a table of [faces, latents], not ${shape.join(' x ')}.`,
      { file: path },
    );
  }
  const model = basename(path) === latentsFiles.codes ? await readModelOf(dirname(path)) : null;
  return { shape, data, names: null, model };
}

function numberedNames(count: number): string[] {
  const width = String(count).length;
  return Array.from({ length: count }, (_, row) => `code-${String(row + 1).padStart(width, '0')}.png`);
}

async function readModelOf(folder: string): Promise<string | null> {
  const path = join(folder, latentsFiles.description);
  return existsSync(path) ? descriptionSchema.parse(await readJsonFile(path)).model : null;
}

/** What codes must fit. */
export interface ModelOfCodes {
  readonly latentDim: number;
  readonly fingerprint: string;
}

/**
 * Refuses codes that another model made: its axes mean something else, even where there are as many of them.
 *
 * @param file what the error names.
 * @throws FusiformError LATENTS_DIM_MISMATCH, LATENTS_OF_ANOTHER_MODEL
 */
export function requireCodesOf(model: ModelOfCodes, latents: Latents, file: string): void {
  if (latents.latentDim !== model.latentDim) {
    throw new FusiformError(
      'LATENTS_DIM_MISMATCH',
      `The codes have ${latents.latentDim} numbers each; the model has ${model.latentDim} latents.`,
      { file },
    );
  }
  if (latents.model !== null && latents.model !== model.fingerprint) {
    throw new FusiformError(
      'LATENTS_OF_ANOTHER_MODEL',
      `The codes were made by model ${latents.model.slice(0, 12)}, and this one is ${model.fingerprint.slice(0, 12)}.`,
      { file },
    );
  }
}

export function pickCodes(
  { codes, latentDim }: Pick<Latents, 'codes' | 'latentDim'>,
  rows: ArrayLike<number>,
): Float32Array {
  const result = new Float32Array(rows.length * latentDim);
  for (let at = 0; at < rows.length; at++) {
    result.set(codes.subarray(rows[at] * latentDim, (rows[at] + 1) * latentDim), at * latentDim);
  }
  return result;
}
