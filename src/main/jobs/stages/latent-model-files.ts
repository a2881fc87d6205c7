import { join } from 'node:path';
import { z } from 'zod';
import type { Engine } from '../../engine/engine.ts';
import { writeFileAtomic } from '../../formats/files/atomic-write.ts';
import { readJsonFile } from '../../formats/json/json.ts';
import { readSafetensorsFile, writeSafetensorsFile } from '../../formats/safetensors/safetensors.ts';
import type { LatentModel } from '../../generative/latent-model.ts';
import { loadPca } from '../../generative/pca/pca.ts';
import { vaeGanConfigSchema } from '../../generative/vaegan/config.ts';
import { loadVaeGan } from '../../generative/vaegan/model.ts';
import type { NamedArrays } from '../../math/nd-array.ts';

const descriptionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('vaegan'), config: vaeGanConfigSchema }),
  z.object({ kind: z.literal('pca'), imageSize: z.number().int(), latentDim: z.number().int() }),
]);

/** What a model's artefact says of itself beside its weights. */
export type ModelDescription = z.output<typeof descriptionSchema>;

export const modelFiles = { weights: 'model.safetensors', description: 'model.json' } as const;

export async function writeLatentModel(
  folder: string,
  description: ModelDescription,
  weights: NamedArrays,
): Promise<void> {
  await writeSafetensorsFile(join(folder, modelFiles.weights), weights, { kind: description.kind });
  await writeFileAtomic(join(folder, modelFiles.description), JSON.stringify(description, null, 2));
}

export async function describeLatentModel(
  folder: string,
): Promise<{ kind: 'vaegan' | 'pca'; imageSize: number; latentDim: number }> {
  const description = descriptionSchema.parse(await readJsonFile(join(folder, modelFiles.description)));
  const { imageSize, latentDim } = description.kind === 'pca' ? description : description.config;
  return { kind: description.kind, imageSize, latentDim };
}

/** The model of an artefact, ready to encode and decode on an engine. The caller disposes of it. */
export async function loadLatentModel(folder: string, engine: Engine): Promise<LatentModel> {
  const description = descriptionSchema.parse(await readJsonFile(join(folder, modelFiles.description)));
  const { arrays } = await readSafetensorsFile(join(folder, modelFiles.weights));
  return description.kind === 'pca'
    ? loadPca(engine, arrays)
    : loadVaeGan(engine, description.config, arrays);
}
