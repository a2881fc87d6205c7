import { basename, join } from 'node:path';
import { z } from 'zod';
import { FusiformError, type Problem } from '../../../shared/errors.ts';
import type { Engine } from '../../engine/engine.ts';
import { writeSafetensorsFile } from '../../formats/safetensors/safetensors.ts';
import { readTable } from '../../formats/tsv/table.ts';
import { type ImageSet, imagesAtSize, selectImages } from '../../generative/image-set.ts';
import { type VaeGanConfig, vaeGanConfigSchema } from '../../generative/vaegan/config.ts';
import { historyFromArray } from '../../generative/vaegan/loss-history.ts';
import { kindOf, loadVaeGan } from '../../generative/vaegan/model.ts';
import { trainVaeGan } from '../../generative/vaegan/train.ts';
import type { NamedArrays } from '../../math/nd-array.ts';
import { Random } from '../../math/random.ts';
import { mean } from '../../math/statistics.ts';
import { defineStage, type StageContext } from '../stage.ts';
import { readNewestCheckpoint, writeCheckpoint } from '../training/checkpoint-files.ts';
import { CheckpointPace } from '../training/checkpoint-pace.ts';
import { Judge } from '../training/judge.ts';
import { TrainingLog } from '../training/training-log.ts';
import { writeTrainingPage } from '../training/training-page.ts';
import { readFaceSet } from './face-set.ts';
import { judgeOnHeldOut, splitFaces } from './held-out.ts';
import { loadLatentModel, modelFiles, readModelWeights, writeLatentModel } from './latent-model-files.ts';

const parameters = z.strictObject({
  config: vaeGanConfigSchema,
  seed: z.number().int(),
  engine: z.enum(['native', 'webgpu', 'wasm']),
  /** Share of the faces that training never sees. */
  heldOut: z.number().min(0).max(0.9),
  /** Steps between two looks at held-out faces. */
  evaluateEverySteps: z.number().int().min(1),
  /** Faces that go through the networks at a time; null for the whole batch. */
  microBatch: z.number().int().min(1).nullable(),
  /** What the weights of the input `start` are from; null for random ones. */
  startedFrom: z.strictObject({ model: z.string(), step: z.number().int() }).nullable(),
});

const conductSchema = z.object({
  /** Beside the checkpoint a minute. */
  checkpointEverySteps: z.number().int().min(1).optional(),
  /** Faces at a time that a new training begins with where the parameters leave it open. */
  microBatch: z.number().int().min(1).optional(),
});

/** Below the job's folder: `training.html`, tables and pictures, from the first step on. */
export const trainingLiveFolder = join('scratch', 'live');
/** Below the job's folder too. */
export const checkpointFolder = join('scratch', 'checkpoints');

/** Held-out faces that are looked at in the middle of a training; at the end it is all of them. */
const judgedFaces = 64;
/** Seconds between two drawings of the page. */
const pageInterval = 30;

/**
 * Face set (input `faces`) -> VAE-GAN, or VAE where the configuration has no adversarial steps. Optional inputs: `pca`,
 * the model to compare with; `start`, a model or a checkpoint's weights to start from. A killed or cancelled
 * training goes on from its last checkpoint.
 */
export const trainVaeGanStage = defineStage({
  name: 'train-vaegan',
  version: 3,
  parameters,
  async run(given, context) {
    const { config, seed, engine: kind, heldOut, evaluateEverySteps, startedFrom } = given;
    const conduct = conductSchema.parse(context.conduct);
    const microBatch = given.microBatch ?? conduct.microBatch;
    const faces = await readFaceSet(context.inputs.faces);
    const images = imagesAtSize(faces.images, config.imageSize);
    const split = splitFaces(images.count, heldOut, seed);
    const engine = await context.engine(kind);

    const checkpoints = join(context.scratchDir, basename(checkpointFolder));
    const { checkpoint, problems } = await readNewestCheckpoint(checkpoints);
    const tail = checkpoint === undefined ? [] : historyFromArray(checkpoint.arrays['training/history']);
    const live = join(context.scratchDir, basename(trainingLiveFolder));
    const log = await TrainingLog.open(live, checkpoint?.step ?? 0, tail);
    const judge = await createJudge(engine, images, split.heldOut, config, seed, context);
    const pace = new CheckpointPace(conduct.checkpointEverySteps);
    const title = `Training of ${config.latentDim} latents, ${config.imageSize} px, seed ${seed}`;
    let drawn = Number.NEGATIVE_INFINITY;
    const shortages: Problem[] = [];
    try {
      const trained = await trainVaeGan(
        engine,
        selectImages(images, split.training),
        config,
        {
          seed,
          evaluateEverySteps,
          ...(microBatch === undefined ? {} : { microBatch }),
          ...(checkpoint === undefined ? await startOf(context) : { resumeFrom: checkpoint.arrays }),
          checkpointDue: (step) => pace.due(step),
          onCheckpoint: (state, facts) =>
            pace.timed(() => {
              log.flush();
              return writeCheckpoint(checkpoints, state, facts);
            }),
          onStep: (row) => log.step(row),
          onEvaluate: async (model, step) => {
            if (judge === null) return;
            const { row, grid } = await judge.judge(model, step);
            await log.evaluation(row, grid);
            if (performance.now() / 1000 - drawn < pageInterval) return;
            await writeTrainingPage(live, title, config.latentDim);
            drawn = performance.now() / 1000;
          },
          onMemoryShortage: ({ step, from, to, message }) => {
            shortages.push(
              new FusiformError(
                'MICRO_BATCH_HALVED',
                `From step ${step} on, ${to} faces at a time instead of ${from}: ${message}`,
              ).toProblem(),
            );
          },
        },
        {
          signal: context.signal,
          report: (progress) => {
            const last = log.evaluations.at(-1);
            const scores = last === undefined ? '' : `; held-out SSIM ${last.ssim.toFixed(3)}`;
            const pca = last?.pcaSsim == null ? '' : ` (PCA ${last.pcaSsim.toFixed(3)})`;
            context.report({ ...progress, note: `${progress.note ?? ''}${scores}${pca}` });
          },
        },
      );
      const { outDir } = context;
      await writeTrainingPage(live, title, config.latentDim);
      await log.copyTo(outDir);
      await writeLatentModel(outDir, { kind: kindOf(config), config }, trained.arrays);
      if (kindOf(config) === 'vaegan') {
        await writeSafetensorsFile(join(outDir, modelFiles.discriminator), trained.discriminator);
      }
      const model = loadVaeGan(engine, config, trained.arrays);
      const scores = await judgeOnHeldOut(model, faces, images, split, outDir);
      model.dispose();
      const pca = context.inputs.pca === undefined ? null : await heldOutMeans(context.inputs.pca);
      return {
        summary: {
          engine: kind,
          kind: kindOf(config),
          trainingFaces: split.training.length,
          steps: log.history.length,
          imageSize: config.imageSize,
          latentDim: config.latentDim,
          microBatch: trained.microBatch,
          ...(startedFrom === null ? {} : { startedFrom }),
          ...(log.evaluations.length > 0
            ? { activeLatents: log.evaluations.at(-1)?.activeLatents ?? 0 }
            : {}),
          ...(scores ? { heldOut: { ...scores, ...(pca === null ? {} : { pca }) } } : {}),
        },
        problems: [...problems, ...shortages],
      };
    } catch (error) {
      // What stopped the training is what the user must hear of.
      await writeTrainingPage(live, title, config.latentDim).catch(() => undefined);
      throw withAdvice(error, live);
    } finally {
      log.close();
    }
  },
});

async function createJudge(
  engine: Engine,
  images: ImageSet,
  heldOut: Uint32Array,
  { latentDim }: VaeGanConfig,
  seed: number,
  { inputs }: StageContext,
): Promise<Judge | null> {
  if (heldOut.length === 0) return null;
  const order = new Random(seed).fork('faces judged in training').permutation(heldOut.length);
  const chosen = order.slice(0, judgedFaces).map((at) => heldOut[at]);
  const faces = selectImages(images, chosen);
  if (inputs.pca === undefined) return Judge.create(faces, latentDim, seed);
  const pca = await loadLatentModel(inputs.pca, engine);
  try {
    return await Judge.create(faces, latentDim, seed, pca);
  } finally {
    pca.dispose();
  }
}

async function startOf({ inputs }: StageContext): Promise<{ startFrom?: NamedArrays }> {
  return inputs.start === undefined ? {} : { startFrom: await readModelWeights(inputs.start) };
}

/** Means over all held-out faces, as the fit of the other model wrote them. */
async function heldOutMeans(folder: string): Promise<{ ssim: number; pixCorr: number }> {
  const { rows } = await readTable(join(folder, 'held-out.tsv'));
  const column = (name: string) => mean(rows.map(({ values }) => Number(values[name])));
  return { ssim: column('ssim'), pixCorr: column('pixcorr') };
}

/** Where a stopped training's curves are. */
function withAdvice(error: unknown, live: string): unknown {
  if (!(error instanceof FusiformError) || error.code !== 'TRAINING_DIVERGED') return error;
  return new FusiformError(error.code, error.message, {
    file: join(live, 'training.html'),
    ...(error.details === undefined ? {} : { details: error.details }),
    cause: error,
  });
}
