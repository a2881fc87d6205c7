import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { attributeAxis } from '../../decoding/attributes.ts';
import { assignFolds } from '../../decoding/folds.ts';
import { readAttributes } from '../../decoding/read-attributes.ts';
import { labelledGrid } from '../../formats/image/labelled-grid.ts';
import { readSafetensorsFile, writeSafetensorsFile } from '../../formats/safetensors/safetensors.ts';
import { Random } from '../../math/random.ts';
import { defineStage } from '../stage.ts';
import { asJson } from './attribute-axes.ts';
import { groupsOf } from './attributes-of-table.ts';
import { decodeToPictures } from './decode-to-pictures.ts';
import { readFaceSet } from './face-set.ts';
import { classOf } from './labels.ts';
import { loadLatentModel } from './latent-model-files.ts';
import { pickCodes, readLatents } from './latents.ts';

const parameters = z.strictObject({
  column: z.string(),
  positive: z.string(),
  /** Column of what belongs together, such as who is shown: never divided between folds. */
  group: z.string().nullable(),
  /** Faces are judged by an axis that was found without them. */
  folds: z.number().int().min(3),
  seed: z.number().int(),
  engine: z.enum(['native', 'webgpu', 'wasm']),
});

/** Steps of the picture from one side of the axis to the other, in distances between the class means. */
const traversal = [-1, -0.5, 0, 0.5, 1, 1.5, 2] as const;

const axisFile = 'axis.safetensors';

/** Labelled faces (input `faces`), their codes (`latents`), their model (`model`) -> the axis of a label. */
export const attributeAxisStage = defineStage({
  name: 'attribute-axis',
  version: 2,
  parameters,
  async run({ column, positive, group, folds, seed, engine: kind }, context) {
    const faces = await readFaceSet(context.inputs.faces);
    const latents = await readLatents(context.inputs.latents);
    const { latentDim } = latents;
    const classes = classOf(faces, { column, positive });
    const groups = group === null ? undefined : groupsOf(faces.table, group);
    const [reading] = readAttributes(
      latents.codes,
      latentDim,
      [
        {
          name: `${column}=${positive}`,
          kind: 'class',
          values: classes.map((inClass) => (inClass === null ? null : Number(inClass))),
        },
      ],
      {
        foldOf: assignFolds(classes.length, folds, new Random(seed).fork('folds'), groups),
        folds,
        ...(groups === undefined ? {} : { groups }),
        onFit: (done, total) => {
          context.signal.throwIfAborted();
          context.report({ done, total, unit: 'fits' });
        },
      },
    );
    const labelled = [...classes.keys()].filter((at) => classes[at] !== null);
    const axis = attributeAxis(
      pickCodes(latents, labelled),
      latentDim,
      labelled.map((at) => classes[at] === true),
    );
    const weights = reading.kind === 'class' ? reading.classifier.weights : null;
    const shape = [latentDim];
    await writeSafetensorsFile(
      join(context.outDir, axisFile),
      {
        direction: { shape, data: axis.direction },
        midpoint: { shape, data: axis.midpoint },
        ...(weights === null ? {} : { classifier: { shape, data: weights } }),
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
      const picture = await labelledGrid(await decodeToPictures(model, steps, context), {
        size: model.imageSize,
        columns: traversal.map((step) =>
          step === 0 ? 'others' : step === 1 ? `${column}=${positive}` : step.toFixed(1),
        ),
      });
      await writeFile(join(context.outDir, 'traversal.png'), picture);
    } finally {
      model.dispose();
    }
    return { summary: { column, positive, folds, group, ...asJson(reading) } };
  },
});

export interface StoredAxis {
  /** Mean code of the class less that of the others, [latentDim]. */
  readonly direction: Float64Array;
  readonly midpoint: Float64Array;
  /** Weights of the classifier; null where there were too few faces for one. */
  readonly classifier: Float64Array | null;
}

export async function readAxis(folder: string): Promise<StoredAxis> {
  const { arrays } = await readSafetensorsFile(join(folder, axisFile));
  const of = (name: string) => Float64Array.from(arrays[name].data);
  return {
    direction: of('direction'),
    midpoint: of('midpoint'),
    classifier: 'classifier' in arrays ? of('classifier') : null,
  };
}
