import { writeFile } from 'node:fs/promises';
import { encodePng, imageGrid, toPixels } from '../../src/main/formats/image/encode.ts';
import { gatherImages, type ImageSet, selectImages } from '../../src/main/generative/image-set.ts';
import type { LatentModel } from '../../src/main/generative/latent-model.ts';

const shownFaces = 12;

/** Rows: the first faces as they are, then each model's reconstructions of them. */
export async function pictureReconstructions(
  file: string,
  faces: ImageSet,
  models: readonly LatentModel[],
): Promise<void> {
  const shown = selectImages(
    faces,
    Array.from({ length: Math.min(shownFaces, faces.count) }, (_, at) => at),
  );
  const pixels = gatherImages(shown);
  const rows = [pixels];
  for (const model of models) rows.push(toPixels(await model.decode(await model.encode(pixels))));
  await writeGrid(file, rows, faces.size, shown.count);
}

/** Rows: one face moved along each axis, `steps` axis lengths from where it is. */
export async function pictureTraversals(
  file: string,
  model: LatentModel,
  code: Float32Array,
  axes: readonly Float64Array[],
  steps: readonly number[],
): Promise<void> {
  const rows: Uint8Array[] = [];
  for (const axis of axes) {
    const codes = steps.flatMap((step) => Array.from(code, (value, at) => value + step * axis[at]));
    rows.push(toPixels(await model.decode(Float32Array.from(codes))));
  }
  await writeGrid(file, rows, model.imageSize, steps.length);
}

/** Each row `[columns, size, size, 3]` */
async function writeGrid(
  file: string,
  rows: readonly Uint8Array[],
  size: number,
  columns: number,
): Promise<void> {
  const stride = size ** 2 * 3;
  const images = rows.flatMap((row) =>
    Array.from({ length: row.length / stride }, (_, at) => row.subarray(at * stride, (at + 1) * stride)),
  );
  const grid = imageGrid(images, { width: size, height: size, columns });
  await writeFile(file, await encodePng(grid.pixels, grid.width, grid.height));
}
