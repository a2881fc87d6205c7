import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { FusiformError } from '../../../shared/errors.ts';
import { labelledGrid } from '../../formats/image/labelled-grid.ts';
import { defineStage } from '../stage.ts';
import { readAttributeAxes } from './attribute-axes.ts';
import { allVoxels, readDecoded } from './decode-patterns.ts';
import { decodeToPictures } from './decode-to-pictures.ts';
import { rowFinder } from './face-rows.ts';
import { loadLatentModel, modelFingerprint } from './latent-model-files.ts';
import { writeLatents } from './latents.ts';

const parameters = z.strictObject({
  engine: z.enum(['native', 'webgpu', 'wasm']),
  /** As `model axes` names it: `Male=1`. */
  attribute: z.string(),
  /** Along the difference of the class means, or along the classifier's weights. */
  direction: z.enum(['axis', 'classifier']),
  region: z.string(),
  /** Test faces by path or bare name; null for all. */
  faces: z.array(z.string()).min(1).nullable(),
  /** Pictures a face, evenly spaced from -range to range, in distances between the class means. */
  steps: z.number().int().min(2).max(21),
  range: z.number().gt(0).max(20),
});

/**
 * Decoded codes (input `decoded`), what was learnt of attributes (`axes`), the latent model (`model`) -> pictures of decoded faces
 * moved along an attribute: a row a face, a column a step.
 */
export const moveDecodedStage = defineStage({
  name: 'move-decoded',
  version: 1,
  parameters,
  async run({ engine: kind, attribute, direction, region, faces, steps, range }, context) {
    const { description, regions } = await readDecoded(context.inputs.decoded);
    const decoded = regions.find(({ name }) => name === region);
    if (decoded === undefined) {
      throw new FusiformError(
        'REGION_UNKNOWN',
        `There is no region "${region}"; decoded were ${regions.map(({ name }) => name).join(', ')}.`,
      );
    }
    const names = faces ?? description.testFaces;
    const rows = names.map((name) => testRow(name, description.testFaces));
    const step = stepOf(await readAttributeAxes(context.inputs.axes), attribute, direction);
    const { latentDim } = description;
    const positions = Array.from({ length: steps }, (_, at) => -range + (2 * range * at) / (steps - 1));
    const codes = new Float32Array(rows.length * steps * latentDim);
    rows.forEach((row, face) => {
      positions.forEach((position, at) => {
        for (let k = 0; k < latentDim; k += 1) {
          codes[(face * steps + at) * latentDim + k] = decoded.test[row * latentDim + k] + position * step[k];
        }
      });
    });
    const fingerprint = await modelFingerprint(context.inputs.model);
    const model = await loadLatentModel(context.inputs.model, await context.engine(kind));
    try {
      const labels = positions.map(signed);
      const picture = await labelledGrid(await decodeToPictures(model, codes, context), {
        size: model.imageSize,
        title: `${attribute}, decoded from ${region === allVoxels ? 'all voxels' : region}`,
        columns: labels,
        rows: rows.map((row) => description.testFaces[row]),
      });
      await writeFile(join(context.outDir, 'moved.png'), picture);
      const files = rows.flatMap((row) => labels.map((label) => `${description.testFaces[row]} ${label}`));
      await writeLatents(context.outDir, { files, latentDim, codes, model: fingerprint });
    } finally {
      model.dispose();
    }
    return { summary: { attribute, direction, region, faces: rows.length, steps, range } };
  },
});

function testRow(name: string, testFaces: readonly string[]): number {
  const row = rowFinder(testFaces)(name);
  if (row !== undefined) return row;
  throw new FusiformError(
    'FACE_UNKNOWN',
    `"${name}" is no test face; they are ${testFaces.slice(0, 5).join(', ')}${testFaces.length > 5 ? ', ...' : ''}.`,
  );
}

/** The step that a class mean is from the other along a direction, [latentDim]. */
function stepOf(
  learnt: Awaited<ReturnType<typeof readAttributeAxes>>,
  attribute: string,
  direction: 'axis' | 'classifier',
): Float64Array {
  const found = learnt.find(({ name }) => name === attribute);
  if (found === undefined || found.kind === 'not judged') {
    const known = learnt.filter(({ kind }) => kind !== 'not judged').map(({ name }) => name);
    const reason = found === undefined ? 'is not among the labels' : `was not learnt: ${found.reason}`;
    throw new FusiformError('ATTRIBUTE_UNKNOWN', `"${attribute}" ${reason}; there are ${known.join(', ')}.`);
  }
  const { axis, classifier } = found;
  if (direction === 'axis') return axis.direction;
  // As far along the weights as takes their output from one class mean to the other.
  let change = 0;
  let length = 0;
  classifier.weights.forEach((weight, k) => {
    change += weight * axis.direction[k];
    length += weight * weight;
  });
  return classifier.weights.map((weight) => (length > 0 ? (weight * change) / length : 0));
}

function signed(value: number): string {
  const text = value.toFixed(2).replace(/\.?0+$/, '');
  return value > 0 ? `+${text}` : text;
}
