import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { FusiformError } from '../../../shared/errors.ts';
import { labelledGrid } from '../../formats/image/labelled-grid.ts';
import { codeStatistics, principalComponent } from '../../generative/code-statistics.ts';
import { defineStage, type StageContext } from '../stage.ts';
import { readAxis } from './attribute-axis.ts';
import { readPicturedCodes } from './collect-codes.ts';
import { decodeToPictures } from './decode-to-pictures.ts';
import { loadLatentModel, modelFingerprint } from './latent-model-files.ts';
import { readLatents, requireCodesOf, writeLatents } from './latents.ts';

const directionSchema = z.discriminatedUnion('kind', [
  /** The axis in the input `axis`: the published one, or the classifier's. */
  z.strictObject({ kind: z.literal('label'), name: z.string(), rule: z.enum(['axis', 'classifier']) }),
  /** One latent, counted from 1; its standard deviation is that over the input `latents`. */
  z.strictObject({ kind: z.literal('latent'), index: z.number().int().min(1) }),
  /** A principal component of the input `latents`, counted from 1. */
  z.strictObject({ kind: z.literal('component'), index: z.number().int().min(1) }),
]);

export type TraversalDirection = z.output<typeof directionSchema>;

const parameters = z.strictObject({
  engine: z.enum(['native', 'webgpu', 'wasm']),
  direction: directionSchema,
  /** Pictures a face, evenly spaced from -range to range. */
  steps: z.number().int().min(2).max(101),
  /** In the direction's own unit: distances between class means, or standard deviations. */
  range: z.number().gt(0),
});

/** A step along a direction of the space of codes. */
interface Step {
  readonly name: string;
  readonly unit: string;
  /** One unit, [latentDim]. */
  readonly vector: Float64Array;
}

/**
 * Latent model (input `model`), faces (input `faces`, of `collect-codes`), and what the direction needs (`axis` or
 * `latents`) -> a table of pictures: a row for each face, moved along the direction.
 */
export const traverseStage = defineStage({
  name: 'traverse',
  version: 1,
  parameters,
  async run({ engine: kind, direction, steps, range }, context) {
    const faces = await readPicturedCodes(context.inputs.faces);
    const fingerprint = await modelFingerprint(context.inputs.model);
    const model = await loadLatentModel(context.inputs.model, await context.engine(kind));
    try {
      const { latentDim } = model;
      requireCodesOf({ latentDim, fingerprint }, faces, context.inputs.faces);
      const { name, unit, vector } = await stepAlong(direction, latentDim, context);
      const positions = Array.from({ length: steps }, (_, at) => -range + (2 * range * at) / (steps - 1));
      const nFaces = faces.files.length;
      const codes = new Float32Array(nFaces * steps * latentDim);
      for (let face = 0; face < nFaces; face++) {
        positions.forEach((position, at) => {
          const to = (face * steps + at) * latentDim;
          for (let k = 0; k < latentDim; k++) {
            codes[to + k] = faces.codes[face * latentDim + k] + position * vector[k];
          }
        });
      }
      const pictures = await decodeToPictures(model, codes, context);
      const table = faces.files.flatMap((_, face) => [
        faces.pictures.image(face),
        ...pictures.slice(face * steps, (face + 1) * steps),
      ]);
      const labels = positions.map((position) => signed(position));
      const picture = await labelledGrid(table, {
        size: model.imageSize,
        title: `${name}, in ${unit}`,
        columns: ['face', ...labels],
        rows: faces.files,
      });
      await writeFile(join(context.outDir, 'traversal.png'), picture);
      const files = faces.files.flatMap((file) => labels.map((label) => `${file} ${label}`));
      await writeLatents(context.outDir, { files, latentDim, codes, model: fingerprint });
      return { summary: { direction: name, unit, faces: nFaces, steps, range } };
    } finally {
      model.dispose();
    }
  },
});

function signed(value: number): string {
  const text = value.toFixed(2).replace(/\.?0+$/, '');
  return value > 0 ? `+${text}` : text;
}

const deviations = 'standard deviations over the face set';

async function stepAlong(
  direction: TraversalDirection,
  latentDim: number,
  { inputs }: Pick<StageContext, 'inputs'>,
): Promise<Step> {
  if (direction.kind === 'label') {
    const axis = await readAxis(inputs.axis);
    const unit = 'distances between the class means';
    if (direction.rule === 'axis') return { name: direction.name, unit, vector: axis.direction };
    if (axis.classifier === null) {
      throw new FusiformError(
        'TOO_FEW_FACES',
        `There is no classifier of ${direction.name}: too few faces have it, or have it not.`,
      );
    }
    return {
      name: `${direction.name} (classifier)`,
      unit,
      vector: acrossMeans(axis.classifier, axis.direction),
    };
  }
  if (direction.index > latentDim) {
    throw new FusiformError(
      'LATENT_UNKNOWN',
      `The model has latents and components 1 to ${latentDim}, not ${direction.index}.`,
    );
  }
  const { codes } = await readLatents(inputs.latents);
  if (direction.kind === 'component') {
    const { direction: along, deviation } = principalComponent(codes, latentDim, direction.index);
    return {
      name: `principal component ${direction.index}`,
      unit: deviations,
      vector: along.map((value) => value * deviation),
    };
  }
  const vector = new Float64Array(latentDim);
  vector[direction.index - 1] = Math.sqrt(codeStatistics(codes, latentDim).variance[direction.index - 1]);
  return { name: `latent ${direction.index}`, unit: deviations, vector };
}

/** The step along a classifier's weights after which its output has changed by as much as between the class means. */
function acrossMeans(weights: Float64Array, difference: Float64Array): Float64Array {
  let change = 0;
  let length = 0;
  weights.forEach((weight, k) => {
    change += weight * difference[k];
    length += weight * weight;
  });
  return weights.map((weight) => (length > 0 ? (weight * change) / length : 0));
}
