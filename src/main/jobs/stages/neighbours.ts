import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { exactDistance, nearestNeighbours } from '../../decoding/neighbours.ts';
import { labelledGrid } from '../../formats/image/labelled-grid.ts';
import { columnsOfRows } from '../../formats/table/columns.ts';
import { writeTable } from '../../formats/table/write.ts';
import { imagesAtSize } from '../../generative/image-set.ts';
import { defineStage } from '../stage.ts';
import { readPicturedCodes } from './collect-codes.ts';
import { readFaceSet } from './face-set.ts';
import { describeLatentModel, modelFingerprint } from './latent-model-files.ts';
import { readLatents, requireCodesOf } from './latents.ts';

const parameters = z.strictObject({
  engine: z.enum(['native', 'webgpu', 'wasm']),
  /** Neighbours of each face. */
  count: z.number().int().min(1).max(100),
  by: z.enum(['correlation', 'euclidean']),
});

/**
 * Faces (input `queries`, of `collect-codes`), a face set (`faces`) and its codes (`latents`), their model (`model`) ->
 * the faces of the set that are nearest in latent space.
 */
export const neighboursStage = defineStage({
  name: 'neighbours',
  version: 2,
  parameters,
  async run({ engine: kind, count, by }, context) {
    const queries = await readPicturedCodes(context.inputs.queries);
    const latents = await readLatents(context.inputs.latents);
    const faces = await readFaceSet(context.inputs.faces);
    const { imageSize, latentDim } = await describeLatentModel(context.inputs.model);
    const fingerprint = await modelFingerprint(context.inputs.model);
    requireCodesOf({ latentDim, fingerprint }, queries, context.inputs.queries);
    requireCodesOf({ latentDim, fingerprint }, latents, context.inputs.latents);
    const total = latents.files.length;
    const found = await nearestNeighbours(
      await context.engine(kind),
      queries.codes,
      latents.codes,
      latentDim,
      {
        k: count,
        by,
        onRows: (done) => {
          context.signal.throwIfAborted();
          context.report({ done, total, unit: 'faces' });
        },
      },
    );
    const images = imagesAtSize(faces.images, imageSize);
    const rows = found.flatMap((neighbours, query) => {
      const code = queries.codes.subarray(query * latentDim, (query + 1) * latentDim);
      const pixels = Float32Array.from(queries.pictures.image(query), (byte) => byte / 255);
      return neighbours.map(({ row }, at) => {
        const other = latents.codes.subarray(row * latentDim, (row + 1) * latentDim);
        const otherPixels = Float32Array.from(images.image(row), (byte) => byte / 255);
        return {
          face: queries.files[query],
          rank: at + 1,
          neighbour: latents.files[row],
          correlation: 1 - exactDistance(code, other, 'correlation'),
          distance: exactDistance(code, other, 'euclidean'),
          pixelCorrelation: 1 - exactDistance(pixels, otherPixels, 'correlation'),
          pixelDistance: exactDistance(pixels, otherPixels, 'euclidean'),
        };
      });
    });
    const table = columnsOfRows(
      {
        face: 'string',
        rank: 'int',
        neighbour: 'string',
        correlation: 'double',
        distance: 'double',
        pixel_correlation: 'double',
        pixel_distance: 'double',
      },
      rows.map((row) => Object.values(row)),
    );
    await writeTable(join(context.outDir, 'neighbours'), table, ['tsv', 'parquet']);
    const shown = Math.min(count, total);
    const picture = await labelledGrid(
      found.flatMap((neighbours, query) => [
        queries.pictures.image(query),
        ...neighbours.map(({ row }) => images.image(row)),
      ]),
      {
        size: imageSize,
        title: `Nearest faces by ${by === 'correlation' ? 'correlation' : 'distance'} of the codes`,
        columns: ['face', ...Array.from({ length: shown }, (_, at) => String(at + 1))],
        rows: queries.files,
      },
    );
    await writeFile(join(context.outDir, 'neighbours.png'), picture);
    return { summary: { faces: queries.files.length, among: total, by, neighbours: rows } };
  },
});
