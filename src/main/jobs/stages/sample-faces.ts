import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { FusiformError } from '../../../shared/errors.ts';
import { encodePng, imageGrid } from '../../formats/image/encode.ts';
import { drawLikeCodes } from '../../generative/code-statistics.ts';
import { Random } from '../../math/random.ts';
import { defineStage, type StageContext } from '../stage.ts';
import { decodeToPictures } from './decode-to-pictures.ts';
import { loadLatentModel, modelFingerprint, readPriorMean } from './latent-model-files.ts';
import { readLatents, requireCodesOf, writeLatents } from './latents.ts';

/** Where random codes come from: the model's prior, or the normal distribution fitted to the input `latents`. */
export const sampleSourceSchema = z.enum(['prior', 'codes']);
export type SampleSource = z.output<typeof sampleSourceSchema>;

const parameters = z.strictObject({
  engine: z.enum(['native', 'webgpu', 'wasm']),
  count: z.number().int().min(1).max(10_000),
  from: sampleSourceSchema,
  seed: z.number().int(),
});

/** Latent model (input `model`), for draws from codes those of a face set (`latents`) -> faces that nobody has. */
export const sampleFacesStage = defineStage({
  name: 'sample-faces',
  version: 1,
  parameters,
  async run({ engine: kind, count, from, seed }, context) {
    const fingerprint = await modelFingerprint(context.inputs.model);
    const model = await loadLatentModel(context.inputs.model, await context.engine(kind));
    try {
      const { latentDim, imageSize: size } = model;
      const codes = await drawCodes({ latentDim, fingerprint }, { count, from, seed }, context);
      const pictures = await decodeToPictures(model, codes, context);
      const width = String(count).length;
      const files = pictures.map((_, at) => `sample-${String(at + 1).padStart(width, '0')}.png`);
      await writeLatents(context.outDir, { files, latentDim, codes, model: fingerprint });
      await mkdir(join(context.outDir, 'images'));
      for (const [at, picture] of pictures.entries()) {
        await writeFile(join(context.outDir, 'images', files[at]), await encodePng(picture, size, size));
      }
      const columns = Math.min(16, Math.ceil(Math.sqrt(count)));
      const grid = imageGrid(pictures.slice(0, columns * 16), { width: size, height: size, columns });
      await writeFile(
        join(context.outDir, 'samples.png'),
        await encodePng(grid.pixels, grid.width, grid.height),
      );
      return { summary: { samples: count, from, seed, imageSize: size } };
    } finally {
      model.dispose();
    }
  },
});

/**
 * Random codes, [count, latentDim].
 *
 * @throws FusiformError PRIOR_MISSING where the model has no prior
 */
export async function drawCodes(
  model: { readonly latentDim: number; readonly fingerprint: string },
  { count, from, seed }: { count: number; from: SampleSource; seed: number },
  { inputs }: Pick<StageContext, 'inputs'>,
): Promise<Float32Array> {
  const { latentDim } = model;
  const random = new Random(seed).fork('samples');
  if (from === 'codes') {
    const latents = await readLatents(inputs.latents);
    requireCodesOf(model, latents, inputs.latents);
    return drawLikeCodes(latents.codes, latentDim, count, random);
  }
  const mean = await readPriorMean(inputs.model);
  if (mean === null) {
    throw new FusiformError('PRIOR_MISSING', 'Principal components have no prior to draw from.');
  }
  const codes = new Float32Array(count * latentDim);
  random.fillNormal(codes);
  return codes.map((value, at) => value + mean[at % latentDim]);
}
