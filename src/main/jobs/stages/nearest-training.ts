import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { exactDistance, nearestNeighbours } from '../../decoding/neighbours.ts';
import { readTable } from '../../formats/tsv/table.ts';
import { writeTsvFile } from '../../formats/tsv/write.ts';
import { imagesAtSize } from '../../generative/image-set.ts';
import { defineStage } from '../stage.ts';
import { readDecoded } from './decode-patterns.ts';
import { decodeToPictures } from './decode-to-pictures.ts';
import { readFaceSet } from './face-set.ts';
import { loadLatentModel, modelFingerprint } from './latent-model-files.ts';
import { pickCodes, readLatents, requireCodesOf } from './latents.ts';

const parameters = z.strictObject({ engine: z.enum(['native', 'webgpu', 'wasm']) });

const fileName = 'nearest.tsv';

/** The training face whose code is most like a decoded code. */
export interface NearestTrainingFace {
  /** Row of the training face in its set. */
  readonly row: number;
  readonly file: string;
  /** r of the two codes. */
  readonly similarity: number;
  /** r of the colour values of the decoded picture and the training face. */
  readonly pixCorr: number;
}

/** Codes that are compared, and pictures made, between two looks at a cancel. */
const facesAtOnce = 256;

/**
 * Codes decoded from all voxels (input `decoded`), their model (`model`), the face set that it was trained on (`faces`) and
 * its codes (`latents`) -> the training face nearest to each, by correlation of the codes: whether a decoded face is a memory.
 */
export const nearestTrainingStage = defineStage({
  name: 'nearest-training',
  version: 1,
  parameters,
  async run({ engine: kind }, context) {
    const { inputs } = context;
    const { description, regions } = await readDecoded(inputs.decoded);
    const [{ test: codes }] = regions;
    const latents = await readLatents(inputs.latents);
    const engine = await context.engine(kind);
    const model = await loadLatentModel(inputs.model, engine);
    const faces = await readFaceSet(inputs.faces);
    try {
      const { latentDim, imageSize } = model;
      const fingerprint = await modelFingerprint(inputs.model);
      requireCodesOf({ latentDim, fingerprint }, latents, inputs.latents);
      const training = await trainingRows(inputs.model, latents.files);
      const trainingCodes = pickCodes(latents, training);
      const images = imagesAtSize(faces.images, imageSize);
      const rows: (string | number)[][] = [];
      const total = description.testFaces.length;
      for (let from = 0; from < total; from += facesAtOnce) {
        context.signal.throwIfAborted();
        const to = Math.min(total, from + facesAtOnce);
        const part = codes.slice(from * latentDim, to * latentDim);
        const found = await nearestNeighbours(engine, part, trainingCodes, latentDim, {
          k: 1,
          by: 'correlation',
          onRows: () => context.signal.throwIfAborted(),
        });
        const pictures = await decodeToPictures(model, part, context);
        found.forEach(([{ row: place, distance }], at) => {
          const row = training[place];
          const made = Float32Array.from(pictures[at], (byte) => byte / 255);
          const other = Float32Array.from(images.image(row), (byte) => byte / 255);
          rows.push([
            description.testFaces[from + at],
            row,
            latents.files[row],
            1 - distance,
            1 - exactDistance(made, other, 'correlation'),
          ]);
        });
        context.report({ done: to, total, unit: 'faces' });
      }
      await writeTsvFile(
        join(context.outDir, fileName),
        ['face', 'row', 'file', 'similarity', 'pixcorr'],
        rows,
      );
      return { summary: { faces: total, trainingFaces: training.length } };
    } finally {
      model.dispose();
      faces.close();
    }
  },
});

/** By test face. */
export async function readNearest(folder: string): Promise<ReadonlyMap<string, NearestTrainingFace>> {
  const { rows } = await readTable(join(folder, fileName));
  return new Map(
    rows.map(({ values: { face, row, file, similarity, pixcorr } }) => [
      face,
      { row: Number(row), file, similarity: Number(similarity), pixCorr: Number(pixcorr) },
    ]),
  );
}

/** Rows of the faces that the model learnt from: those that it was tested on are none. */
async function trainingRows(modelFolder: string, files: readonly string[]): Promise<number[]> {
  const path = join(modelFolder, 'held-out.tsv');
  const heldOut = existsSync(path)
    ? new Set((await readTable(path)).rows.map(({ values }) => values.file))
    : new Set<string>();
  return [...files.keys()].filter((row) => !heldOut.has(files[row]));
}
