import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { z } from 'zod';
import { encodePng, imageGrid, toPixels } from '../../formats/image/encode.ts';
import { chunks } from '../../generative/chunks.ts';
import { defineStage } from '../stage.ts';
import { loadLatentModel, modelFingerprint } from './latent-model-files.ts';
import { readCodes, requireCodesOf } from './latents.ts';

/** Faces decoded between two reports of progress; only as many pictures are held at a time. */
const codesAtOnce = 128;
/** Faces in the overview picture. */
const gridFaces = 64;

/** Latent model (input `model`), codes (input `latents`: an artefact or an .npy file) -> one PNG a code. */
export const decodeLatentsStage = defineStage({
  name: 'decode-latents',
  version: 2,
  parameters: z.strictObject({ engine: z.enum(['native', 'webgpu', 'wasm']) }),
  async run({ engine: kind }, context) {
    const latents = await readCodes(context.inputs.latents);
    const fingerprint = await modelFingerprint(context.inputs.model);
    const model = await loadLatentModel(context.inputs.model, await context.engine(kind));
    try {
      const { latentDim, imageSize: size } = model;
      requireCodesOf({ latentDim, fingerprint }, latents, context.inputs.latents);
      const stride = size * size * 3;
      const count = latents.files.length;
      const paths = latents.files.map((file) => join(context.outDir, 'images', pngName(file)));
      for (const folder of new Set(paths.map(dirname))) await mkdir(folder, { recursive: true });
      const shown: Uint8Array[] = [];
      for (const [from, to] of chunks(count, codesAtOnce)) {
        context.signal.throwIfAborted();
        const values = await model.decode(latents.codes.subarray(from * latentDim, to * latentDim));
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
      return { summary: { images: count, imageSize: size } };
    } finally {
      model.dispose();
    }
  },
});

function pngName(file: string): string {
  return join(dirname(file), `${basename(file, extname(file))}.png`);
}
