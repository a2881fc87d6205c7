import { z } from 'zod';
import { gatherImages, imagesAtSize } from '../../generative/image-set.ts';
import { defineStage } from '../stage.ts';
import { readFaceSet } from './face-set.ts';
import { loadLatentModel, modelFingerprint } from './latent-model-files.ts';
import { writeLatents } from './latents.ts';

/** Faces encoded between two reports of progress. */
const facesAtOnce = 256;

/** Latent model (input `model`), face set (input `faces`) -> the code of every face. */
export const encodeStage = defineStage({
  name: 'encode',
  version: 2,
  parameters: z.strictObject({ engine: z.enum(['native', 'webgpu', 'wasm']) }),
  async run({ engine: kind }, context) {
    const faces = await readFaceSet(context.inputs.faces);
    const model = await loadLatentModel(context.inputs.model, await context.engine(kind));
    try {
      const images = imagesAtSize(faces.images, model.imageSize);
      const { count } = images;
      const codes = new Float32Array(count * model.latentDim);
      for (let start = 0; start < count; start += facesAtOnce) {
        context.signal.throwIfAborted();
        const end = Math.min(count, start + facesAtOnce);
        codes.set(await model.encode(gatherImages(images, start, end)), start * model.latentDim);
        context.report({ done: end, total: count, unit: 'images' });
      }
      const fingerprint = await modelFingerprint(context.inputs.model);
      const { latentDim } = model;
      await writeLatents(context.outDir, { files: faces.files, latentDim, codes, model: fingerprint });
      return { summary: { faces: count, latentDim: model.latentDim } };
    } finally {
      model.dispose();
    }
  },
});
