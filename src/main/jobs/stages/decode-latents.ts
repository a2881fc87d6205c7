import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { z } from 'zod';
import { encodePng, imageGrid, toPixels } from '../../formats/image/encode.ts';
import { writeMatFile } from '../../formats/mat/level5-write.ts';
import { chunks } from '../../generative/chunks.ts';
import { defineStage } from '../stage.ts';
import { loadLatentModel, modelFingerprint } from './latent-model-files.ts';
import { readCodes, requireCodesOf } from './latents.ts';
import { MatImages } from './latents-mat.ts';

/** Faces decoded between two reports of progress; only as many pictures are held at a time. */
const codesAtOnce = 128;
/** Faces in the overview picture. */
const gridFaces = 64;

/** The pictures as MATLAB's `images`, where they were asked for. */
export const decodedMat = 'images.mat';

const parameters = z.strictObject({
  engine: z.enum(['native', 'webgpu', 'wasm']),
  /** Also keep the pictures, not rounded to bytes, in a MATLAB file. */
  mat: z.literal(true).optional(),
});

/** Latent model (input `model`), codes (input `latents`: an artefact, an .npy or a .mat file) -> one PNG a code. */
export const decodeLatentsStage = defineStage({
  name: 'decode-latents',
  version: 2,
  parameters,
  async run({ engine: kind, mat }, context) {
    const fingerprint = await modelFingerprint(context.inputs.model);
    const model = await loadLatentModel(context.inputs.model, await context.engine(kind));
    try {
      const { latentDim, imageSize: size } = model;
      const latents = await readCodes(context.inputs.latents, latentDim);
      requireCodesOf({ latentDim, fingerprint }, latents, context.inputs.latents);
      const stride = size * size * 3;
      const count = latents.files.length;
      const paths = latents.files.map((file) => join(context.outDir, 'images', pngName(file)));
      for (const folder of new Set(paths.map(dirname))) await mkdir(folder, { recursive: true });
      const forMat = mat ? new MatImages(count, size, join(context.outDir, decodedMat)) : null;
      const shown: Uint8Array[] = [];
      for (const [from, to] of chunks(count, codesAtOnce)) {
        context.signal.throwIfAborted();
        const values = await model.decode(latents.codes.subarray(from * latentDim, to * latentDim));
        forMat?.add(values, from);
        const images = Array.from({ length: to - from }, (_, index) =>
          toPixels(values.subarray(index * stride, (index + 1) * stride)),
        );
        shown.push(...images.slice(0, gridFaces - shown.length));
        await Promise.all(
          images.map(async (image, index) =>
            writeFile(paths[from + index], await encodePng(image, size, size)),
          ),
        );
        context.report({ done: to, total: count, unit: 'images' });
      }
      const grid = imageGrid(shown, { width: size, height: size, columns: Math.min(8, count) });
      await writeFile(
        join(context.outDir, 'overview.png'),
        await encodePng(grid.pixels, grid.width, grid.height),
      );
      if (forMat !== null) await writeMatFile(join(context.outDir, decodedMat), forMat.variables);
      return { summary: { images: count, imageSize: size } };
    } finally {
      model.dispose();
    }
  },
});

function pngName(file: string): string {
  return join(dirname(file), `${basename(file, extname(file))}.png`);
}
