import { mkdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { z } from 'zod';
import { FusiformError } from '../../../shared/errors.ts';
import { writeFileAtomic } from '../../formats/files/atomic-write.ts';
import { encodePng, imageGrid, toPixels } from '../../formats/image/encode.ts';
import { readNpyFile } from '../../formats/npy/npy.ts';
import { defineStage } from '../stage.ts';
import { loadLatentModel } from './latent-model-files.ts';
import { type Latents, readLatents } from './latents.ts';

const codesAtOnce = 256;
/** Faces in the overview picture. */
const gridFaces = 64;

/** Latent model (input `model`), codes (input `latents`: an artefact or an .npy file) -> one PNG a code. */
export const decodeLatentsStage = defineStage({
  name: 'decode-latents',
  version: 1,
  parameters: z.strictObject({ engine: z.enum(['native', 'webgpu', 'wasm']) }),
  async run({ engine: kind }, context) {
    const latents = await readCodes(context.inputs.latents);
    const model = await loadLatentModel(context.inputs.model, await context.engine(kind));
    try {
      if (latents.latentDim !== model.latentDim) {
        throw new FusiformError(
          'LATENTS_DIM_MISMATCH',
          `The codes have ${latents.latentDim} numbers each; the model has ${model.latentDim} latents.`,
          { file: context.inputs.latents },
        );
      }
      const size = model.imageSize;
      const stride = size * size * 3;
      const count = latents.files.length;
      const shown: Uint8Array[] = [];
      for (let start = 0; start < count; start += codesAtOnce) {
        context.signal.throwIfAborted();
        const end = Math.min(count, start + codesAtOnce);
        const codes = latents.codes.subarray(start * model.latentDim, end * model.latentDim);
        const images = toPixels(await model.decode(codes));
        for (let index = start; index < end; index++) {
          const image = images.subarray((index - start) * stride, (index - start + 1) * stride);
          if (shown.length < gridFaces) shown.push(image);
          await writeImage(context.outDir, latents.files[index], image, size);
        }
        context.report({ done: end, total: count, unit: 'images' });
      }
      const grid = imageGrid(shown, { width: size, height: size, columns: Math.min(8, count) });
      await writeFileAtomic(
        join(context.outDir, 'overview.png'),
        await encodePng(grid.pixels, grid.width, grid.height),
      );
      return { summary: { images: count, imageSize: size } };
    } finally {
      model.dispose();
    }
  },
});

async function readCodes(path: string): Promise<Latents> {
  if ((await stat(path)).isDirectory()) return readLatents(path);
  const { shape, data } = await readNpyFile(path);
  if (shape.length !== 2) {
    throw new FusiformError(
      'LATENTS_DIM_MISMATCH',
      `Codes are a table of [faces, latents], not ${shape.join(' x ')}.`,
      {
        file: path,
      },
    );
  }
  const width = String(shape[0]).length;
  const files = Array.from(
    { length: shape[0] },
    (_, row) => `code-${String(row + 1).padStart(width, '0')}.png`,
  );
  return { files, latentDim: shape[1], codes: Float32Array.from(data) };
}

async function writeImage(outDir: string, file: string, pixels: Uint8Array, size: number): Promise<void> {
  const folder = join(outDir, 'images', dirname(file));
  await mkdir(folder, { recursive: true });
  const name = basename(file, extname(file));
  await writeFileAtomic(join(folder, `${name}.png`), await encodePng(pixels, size, size));
}
