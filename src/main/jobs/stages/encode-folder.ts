import { join } from 'node:path';
import { z } from 'zod';
import { FusiformError } from '../../../shared/errors.ts';
import { defineStage } from '../stage.ts';
import { encodePictures } from './encode-pictures.ts';
import { loadLatentModel, modelFingerprint } from './latent-model-files.ts';
import { writeLatents } from './latents.ts';

export const preparationSchema = z.strictObject({
  crop: z.number().gt(0).max(1),
  importSize: z.number().int().min(8).max(1024),
});

const parameters = z.strictObject({
  engine: z.enum(['native', 'webgpu', 'wasm']),
  preparation: preparationSchema,
  /** The pictures, as paths below the input folder, in order. */
  files: z.array(z.string()).min(1),
});

/** Latent model (input `model`), folder of pictures (input `images`) -> the code of every picture that can be read. */
export const encodeFolderStage = defineStage({
  name: 'encode-folder',
  version: 2,
  parameters,
  async run({ engine: kind, preparation, files }, context) {
    const fingerprint = await modelFingerprint(context.inputs.model);
    const model = await loadLatentModel(context.inputs.model, await context.engine(kind));
    try {
      const paths = files.map((file) => join(context.inputs.images, file));
      const { kept, codes, problems } = await encodePictures(model, paths, preparation, context);
      if (kept.length === 0) {
        throw new FusiformError('FACES_NONE_READABLE', `None of the ${files.length} images can be read.`, {
          file: context.inputs.images,
          details: { problems },
        });
      }
      const { latentDim } = model;
      await writeLatents(context.outDir, {
        files: kept.map((at) => files[at]),
        latentDim,
        codes,
        model: fingerprint,
      });
      return {
        summary: { faces: kept.length, latentDim, crop: preparation.crop, unreadable: problems.length },
        problems,
      };
    } finally {
      model.dispose();
    }
  },
});
