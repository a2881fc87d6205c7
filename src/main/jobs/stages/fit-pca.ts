import { z } from 'zod';
import { imagesAtSize, selectImages } from '../../generative/image-set.ts';
import { fitPca, loadPca } from '../../generative/pca/pca.ts';
import { defineStage } from '../stage.ts';
import { readFaceSet } from './face-set.ts';
import { judgeOnHeldOut, splitFaces } from './held-out.ts';
import { writeLatentModel } from './latent-model-files.ts';

const parameters = z.strictObject({
  imageSize: z.number().int().min(8),
  latentDim: z.number().int().min(1),
  seed: z.number().int(),
  engine: z.enum(['native', 'webgpu', 'wasm']),
  heldOut: z.number().min(0).max(0.9),
});

/** Face set (input `faces`) -> principal components: the paper's baseline. */
export const fitPcaStage = defineStage({
  name: 'fit-pca',
  version: 1,
  parameters,
  async run({ imageSize, latentDim, seed, engine: kind, heldOut }, context) {
    const faces = await readFaceSet(context.inputs.faces);
    const images = imagesAtSize(faces.images, imageSize);
    const split = splitFaces(images.count, heldOut, seed);
    const engine = await context.engine(kind);
    const arrays = await fitPca(engine, selectImages(images, split.training), latentDim, { seed }, context);
    await writeLatentModel(context.outDir, { kind: 'pca', imageSize, latentDim }, arrays);
    const model = loadPca(engine, arrays);
    const scores = await judgeOnHeldOut(model, faces, images, split, context.outDir);
    model.dispose();
    return {
      summary: {
        engine: kind,
        trainingFaces: split.training.length,
        imageSize,
        latentDim,
        ...(scores ? { heldOut: { ...scores } } : {}),
      },
    };
  },
});
