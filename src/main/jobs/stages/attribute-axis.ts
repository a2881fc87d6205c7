import { join } from 'node:path';
import { z } from 'zod';
import { attributeAxis, scoreAttribute } from '../../decoding/attributes.ts';
import { writeFileAtomic } from '../../formats/files/atomic-write.ts';
import { encodePng, imageGrid, toPixels } from '../../formats/image/encode.ts';
import { writeSafetensorsFile } from '../../formats/safetensors/safetensors.ts';
import { binomialSf } from '../../math/distributions.ts';
import { Random } from '../../math/random.ts';
import { defineStage } from '../stage.ts';
import { readFaceSet } from './face-set.ts';
import { classOf } from './labels.ts';
import { loadLatentModel } from './latent-model-files.ts';
import { pickCodes, readLatents } from './latents.ts';

const parameters = z.strictObject({
  column: z.string(),
  positive: z.string(),
  /** Faces are judged by an axis that was found without them. */
  folds: z.number().int().min(2),
  seed: z.number().int(),
  engine: z.enum(['native', 'webgpu', 'wasm']),
});

/** Steps of the picture from one side of the axis to the other, in distances between the class means. */
const traversal = [-1, -0.5, 0, 0.5, 1, 1.5, 2] as const;

/** Labelled faces (input `faces`), their codes (`latents`), their model (`model`) -> the axis of a label. */
export const attributeAxisStage = defineStage({
  name: 'attribute-axis',
  version: 1,
  parameters,
  async run({ column, positive, folds, seed, engine: kind }, context) {
    const faces = await readFaceSet(context.inputs.faces);
    const latents = await readLatents(context.inputs.latents);
    const classes = classOf(faces, { column, positive });
    const labelled = Uint32Array.from([...classes.keys()].filter((at) => classes[at] !== null));
    const codes = pickCodes(latents, labelled);
    const inClass = Array.from(labelled, (at) => classes[at] === true);
    const correct = crossValidate(codes, inClass, latents.latentDim, folds, seed);
    const axis = attributeAxis(codes, latents.latentDim, inClass);
    await writeSafetensorsFile(
      join(context.outDir, 'axis.safetensors'),
      {
        direction: { shape: [latents.latentDim], data: axis.direction },
        midpoint: { shape: [latents.latentDim], data: axis.midpoint },
      },
      { column, positive },
    );
    const model = await loadLatentModel(context.inputs.model, await context.engine(kind));
    try {
      const steps = Float32Array.from(
        traversal.flatMap((step) =>
          Array.from(axis.midpoint, (value, at) => value + (step - 0.5) * axis.direction[at]),
        ),
      );
      const size = model.imageSize;
      const stride = size * size * 3;
      const pixels = toPixels(await model.decode(steps));
      const images = traversal.map((_, at) => pixels.subarray(at * stride, (at + 1) * stride));
      const grid = imageGrid(images, { width: size, height: size, columns: images.length });
      await writeFileAtomic(
        join(context.outDir, 'traversal.png'),
        await encodePng(grid.pixels, grid.width, grid.height),
      );
    } finally {
      model.dispose();
    }
    const n = labelled.length;
    return {
      summary: {
        column,
        positive,
        n,
        folds,
        correct,
        accuracy: correct / n,
        p: binomialSf(correct - 1, n, 0.5),
      },
    };
  },
});

function crossValidate(
  codes: Float32Array,
  inClass: readonly boolean[],
  latentDim: number,
  folds: number,
  seed: number,
): number {
  const order = new Random(seed).fork('folds').permutation(inClass.length);
  const latents = { codes, latentDim };
  let correct = 0;
  for (let fold = 0; fold < folds; fold++) {
    const held = order.filter((_, at) => at % folds === fold);
    const rest = order.filter((_, at) => at % folds !== fold);
    const flags = (rows: Uint32Array) => Array.from(rows, (row) => inClass[row]);
    const axis = attributeAxis(pickCodes(latents, rest), latentDim, flags(rest));
    correct += scoreAttribute(axis, pickCodes(latents, held), flags(held)).nCorrect;
  }
  return correct;
}
