import { join } from 'node:path';
import { readNpyFile, writeNpyFile } from '../../formats/npy/npy.ts';
import { readTable } from '../../formats/tsv/table.ts';
import { writeTsvFile } from '../../formats/tsv/write.ts';

/** Latent codes of named faces. */
export interface Latents {
  readonly files: readonly string[];
  readonly latentDim: number;
  /** [files, latentDim], row-major. */
  readonly codes: Float32Array;
}

export const latentsFiles = { codes: 'latents.npy', names: 'latents.tsv' } as const;

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
}

export async function readLatents(folder: string): Promise<Latents> {
  const codes = await readNpyFile(join(folder, latentsFiles.codes));
  if (!(codes.data instanceof Float32Array)) throw new TypeError('Latents are stored as float32.');
  const names = await readTable(join(folder, latentsFiles.names));
  return { files: names.rows.map((row) => row.values.file), latentDim: codes.shape[1], codes: codes.data };
}
