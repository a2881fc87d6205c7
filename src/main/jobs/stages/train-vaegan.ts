import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readSafetensorsFile, writeSafetensorsFile } from '../../formats/safetensors/safetensors.ts';
import { writeTsvFile } from '../../formats/tsv/write.ts';
import { imagesAtSize, selectImages } from '../../generative/image-set.ts';
import { vaeGanConfigSchema } from '../../generative/vaegan/config.ts';
import { loadVaeGan } from '../../generative/vaegan/model.ts';
import { type LossRow, trainVaeGan } from '../../generative/vaegan/train.ts';
import { defineStage } from '../stage.ts';
import { readFaceSet } from './face-set.ts';
import { judgeOnHeldOut, splitFaces } from './held-out.ts';
import { writeLatentModel } from './latent-model-files.ts';

const parameters = z.strictObject({
  config: vaeGanConfigSchema,
  seed: z.number().int(),
  engine: z.enum(['native', 'webgpu', 'wasm']),
  /** Share of the faces that training never sees. */
  heldOut: z.number().min(0).max(0.9),
  /** Steps between checkpoints; it changes no result, only how much a killed process has to do again. */
  checkpointEverySteps: z.number().int().min(1),
});

/** Face set (input `faces`) -> VAE-GAN. A killed or cancelled training goes on from its last checkpoint. */
export const trainVaeGanStage = defineStage({
  name: 'train-vaegan',
  version: 1,
  parameters,
  async run({ config, seed, engine: kind, heldOut, checkpointEverySteps }, context) {
    const faces = await readFaceSet(context.inputs.faces);
    const images = imagesAtSize(faces.images, config.imageSize);
    const split = splitFaces(images.count, heldOut, seed);
    const engine = await context.engine(kind);
    const checkpoint = join(context.scratchDir, 'checkpoint.safetensors');
    const resumeFrom = existsSync(checkpoint) ? (await readSafetensorsFile(checkpoint)).arrays : undefined;
    const { arrays, history } = await trainVaeGan(
      engine,
      selectImages(images, split.training),
      config,
      {
        seed,
        checkpointEverySteps,
        ...(resumeFrom ? { resumeFrom } : {}),
        onCheckpoint: (state) => writeSafetensorsFile(checkpoint, state),
      },
      context,
    );
    const { outDir } = context;
    await writeLatentModel(outDir, { kind: 'vaegan', config }, arrays);
    await writeTsvFile(join(outDir, 'history.tsv'), ...historyTable(history));
    const model = loadVaeGan(engine, config, arrays);
    const scores = await judgeOnHeldOut(model, faces, images, split, outDir);
    model.dispose();
    return {
      summary: {
        engine: kind,
        trainingFaces: split.training.length,
        steps: history.length,
        imageSize: config.imageSize,
        latentDim: config.latentDim,
        ...(scores ? { heldOut: { ...scores } } : {}),
      },
    };
  },
});

function historyTable(history: readonly LossRow[]): [string[], string[][]] {
  const columns = Object.keys(history[0] ?? { step: 0 }) as (keyof LossRow)[];
  return [columns, history.map((row) => columns.map((column) => String(row[column] ?? 'n/a')))];
}
