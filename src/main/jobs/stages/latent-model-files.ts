import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Engine } from '../../engine/engine.ts';
import { writeFileAtomic } from '../../formats/files/atomic-write.ts';
import { hashFile } from '../../formats/files/read.ts';
import { readJsonFile } from '../../formats/json/json.ts';
import { readSafetensorsFile, writeSafetensorsFile } from '../../formats/safetensors/safetensors.ts';
import type { LatentModel } from '../../generative/latent-model.ts';
import { loadPca } from '../../generative/pca/pca.ts';
import { vaeGanConfigSchema } from '../../generative/vaegan/config.ts';
import { loadVaeGan } from '../../generative/vaegan/model.ts';
import type { NamedArrays } from '../../math/nd-array.ts';

export const descriptionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['vaegan', 'vae']), config: vaeGanConfigSchema }),
  z.object({ kind: z.literal('pca'), imageSize: z.number().int(), latentDim: z.number().int() }),
]);

/** What a model's artefact says of itself beside its weights. */
export type ModelDescription = z.output<typeof descriptionSchema>;

export const modelFiles = {
  weights: 'model.safetensors',
  description: 'model.json',
  discriminator: 'discriminator.safetensors',
} as const;

export async function writeLatentModel(
  folder: string,
  description: ModelDescription,
  weights: NamedArrays,
): Promise<void> {
  await writeSafetensorsFile(join(folder, modelFiles.weights), weights, { kind: description.kind });
  await writeFileAtomic(join(folder, modelFiles.description), JSON.stringify(description, null, 2));
}

export async function readModelDescription(folder: string): Promise<ModelDescription> {
  return descriptionSchema.parse(await readJsonFile(join(folder, modelFiles.description)));
}

export async function describeLatentModel(
  folder: string,
): Promise<{ kind: ModelDescription['kind']; imageSize: number; latentDim: number }> {
  const description = await readModelDescription(folder);
  const { imageSize, latentDim } = description.kind === 'pca' ? description : description.config;
  return { kind: description.kind, imageSize, latentDim };
}

/**
 * What tells a model from every other: SHA-256 over its configuration and weights. It stays with the codes that the
 * model makes, across projects and machines.
 */
export async function modelFingerprint(folder: string): Promise<string> {
  const parts = await Promise.all(
    [modelFiles.description, modelFiles.weights].map((name) => hashFile(join(folder, name))),
  );
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32);
}

/**
 * The code at the mean of the model's prior, [latentDim]: the prior is a standard normal about it. Null where the
 * model has no prior (principal components).
 */
export async function readPriorMean(folder: string): Promise<Float32Array | null> {
  const { kind } = await describeLatentModel(folder);
  if (kind === 'pca') return null;
  // Codes are posterior means less this one; see `inferenceArrays` of the VAE-GAN.
  const name = 'codes/mean';
  const { arrays } = await readSafetensorsFile(join(folder, modelFiles.weights), [name]);
  return Float32Array.from(arrays[name].data, (value) => -value);
}

/** The model of an artefact, ready to encode and decode on an engine. The caller disposes of it. */
export async function loadLatentModel(folder: string, engine: Engine): Promise<LatentModel> {
  const description = await readModelDescription(folder);
  const { arrays } = await readSafetensorsFile(join(folder, modelFiles.weights));
  return description.kind === 'pca'
    ? loadPca(engine, arrays)
    : loadVaeGan(engine, description.config, arrays);
}

/**
 * All weights that a training may start from: a model's artefact (the discriminator's too where it has one), or
 * the file of a checkpoint's weights.
 */
export async function readModelWeights(path: string): Promise<NamedArrays> {
  if (!(await stat(path)).isDirectory()) return (await readSafetensorsFile(path)).arrays;
  const { arrays } = await readSafetensorsFile(join(path, modelFiles.weights));
  const discriminator = join(path, modelFiles.discriminator);
  return existsSync(discriminator)
    ? { ...arrays, ...(await readSafetensorsFile(discriminator)).arrays }
    : arrays;
}
