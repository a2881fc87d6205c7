import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { encodePng } from '../../formats/image/encode.ts';
import { labelledGrid } from '../../formats/image/labelled-grid.ts';
import { interpolateLinearly, interpolateSpherically } from '../../generative/interpolation.ts';
import { defineStage } from '../stage.ts';
import { readPicturedCodes } from './collect-codes.ts';
import { decodeToPictures } from './decode-to-pictures.ts';
import { loadLatentModel, modelFingerprint, readPriorMean } from './latent-model-files.ts';
import { requireCodesOf, writeLatents } from './latents.ts';

const parameters = z.strictObject({
  engine: z.enum(['native', 'webgpu', 'wasm']),
  /** Faces on the way, both ends among them. */
  steps: z.number().int().min(2).max(1000),
  way: z.enum(['linear', 'spherical']),
});

/** Latent model (input `model`), two codes (input `ends`, of `collect-codes`) -> the faces between them. */
export const interpolateStage = defineStage({
  name: 'interpolate',
  version: 1,
  parameters,
  async run({ engine: kind, steps, way }, context) {
    const ends = await readPicturedCodes(context.inputs.ends);
    const fingerprint = await modelFingerprint(context.inputs.model);
    const model = await loadLatentModel(context.inputs.model, await context.engine(kind));
    try {
      const { latentDim, imageSize: size } = model;
      requireCodesOf({ latentDim, fingerprint }, ends, context.inputs.ends);
      const centre = (await readPriorMean(context.inputs.model)) ?? new Float32Array(latentDim);
      const [from, to] = [ends.codes.subarray(0, latentDim), ends.codes.subarray(latentDim, 2 * latentDim)];
      const positions = Array.from({ length: steps }, (_, at) => at / (steps - 1));
      const codes = new Float32Array(steps * latentDim);
      positions.forEach((t, at) => {
        const code =
          way === 'spherical'
            ? interpolateSpherically(from, to, t, centre)
            : interpolateLinearly(from, to, t);
        codes.set(code, at * latentDim);
      });
      const pictures = await decodeToPictures(model, codes, context);
      const width = String(steps).length;
      const files = positions.map((_, at) => `step-${String(at + 1).padStart(width, '0')}.png`);
      await writeLatents(context.outDir, { files, latentDim, codes, model: fingerprint });
      await mkdir(join(context.outDir, 'frames'));
      await Promise.all(
        pictures.map(async (picture, at) =>
          writeFile(join(context.outDir, 'frames', files[at]), await encodePng(picture, size, size)),
        ),
      );
      const strip = await labelledGrid([ends.pictures.image(0), ...pictures, ends.pictures.image(1)], {
        size,
        columns: ['from', ...positions.map((t) => t.toFixed(2)), 'to'],
      });
      await writeFile(join(context.outDir, 'strip.png'), strip);
      return { summary: { from: ends.files[0], to: ends.files[1], steps, way, latentDim } };
    } finally {
      model.dispose();
    }
  },
});
