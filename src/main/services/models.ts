import type { EngineKind } from '../engine/engine.ts';
import { totalSteps, type VaeGanConfig } from '../generative/vaegan/config.ts';
import { kindOf } from '../generative/vaegan/model.ts';
import { fitPcaStage } from '../jobs/stages/fit-pca.ts';
import { splitFaces } from '../jobs/stages/held-out.ts';
import { describeLatentModel } from '../jobs/stages/latent-model-files.ts';
import { trainingLiveFolder, trainVaeGanStage } from '../jobs/stages/train-vaegan.ts';
import type { Fork } from './training-forks.ts';
import { trainingLabel } from './training-jobs.ts';
import type { StageOutcome, Workspace } from './workspace.ts';

export { type PresetName, vaeGanConfigFor } from './training-config.ts';

export interface TrainModelRequest {
  readonly faces: string;
  readonly name: string;
  readonly config: VaeGanConfig;
  readonly engine: EngineKind;
  readonly seed: number;
  readonly heldOut: number;
  /** Beside the checkpoint a minute; changes how much a killed training does again, and nothing else. */
  readonly checkpointEverySteps?: number;
  /** Steps between two looks at held-out faces. Default: a twentieth of the training. */
  readonly evaluateEverySteps?: number;
  /** Faces that go through the networks at a time. Default: the batch. */
  readonly microBatch?: number;
  /** Whether principal components of the same number are fitted first, as the line to beat. Default: yes. */
  readonly baseline?: boolean;
  /** Weights to start from in place of random ones. */
  readonly fork?: Fork;
  /** Faces at a time that are thought to fit, where `microBatch` says nothing: a matter of this machine alone. */
  readonly fittingMicroBatch?: number;
}

/** Trains a VAE-GAN on an imported face set; the same call after a kill goes on from the last checkpoint. */
export async function trainModel(workspace: Workspace, request: TrainModelRequest): Promise<StageOutcome> {
  const { config, seed, engine, heldOut, checkpointEverySteps, microBatch = null, fork } = request;
  const evaluateEverySteps = request.evaluateEverySteps ?? Math.max(1, Math.round(totalSteps(config) / 20));
  const faces = workspace.entry('faces', request.faces);
  const pca = await fitBaseline(workspace, request, Number(faces.summary.count));
  return workspace.run({
    stage: trainVaeGanStage,
    label: trainingLabel(kindNames[kindOf(config)], request.name),
    parameters: {
      config,
      seed,
      engine,
      heldOut,
      evaluateEverySteps,
      microBatch,
      startedFrom: fork?.from ?? null,
    },
    inputs: { faces, ...(pca && { pca }), ...(fork && { start: fork.weights }) },
    conduct: {
      ...(checkpointEverySteps === undefined ? {} : { checkpointEverySteps }),
      ...(request.fittingMicroBatch === undefined ? {} : { microBatch: request.fittingMicroBatch }),
    },
    liveFolder: trainingLiveFolder,
    entry: { kind: 'model', name: request.name },
  });
}

const kindNames = { vaegan: 'VAE-GAN', vae: 'VAE' } as const;

/** Principal components of the same faces and of as many dimensions, as far as the faces allow. */
async function fitBaseline(
  workspace: Workspace,
  request: TrainModelRequest,
  count: number,
): Promise<StageOutcome | undefined> {
  const { config, seed, engine, heldOut, baseline = true } = request;
  if (!baseline || heldOut === 0) return undefined;
  const trainingFaces = splitFaces(count, heldOut, seed).training.length;
  const latentDim = Math.min(config.latentDim, trainingFaces - 1, config.imageSize ** 2 * 3);
  if (latentDim < 1) return undefined;
  return workspace.run({
    stage: fitPcaStage,
    label: `fit PCA to compare "${request.name}" with`,
    parameters: { imageSize: config.imageSize, latentDim, seed, engine, heldOut },
    inputs: { faces: workspace.entry('faces', request.faces) },
  });
}

export interface FitPcaRequest {
  readonly faces: string;
  readonly name: string;
  readonly imageSize: number;
  readonly latentDim: number;
  readonly engine: EngineKind;
  readonly seed: number;
  readonly heldOut: number;
}

/** Fits the paper's baseline: principal components of the same faces. */
export function fitPcaModel(workspace: Workspace, request: FitPcaRequest): Promise<StageOutcome> {
  const { imageSize, latentDim, seed, engine, heldOut } = request;
  return workspace.run({
    stage: fitPcaStage,
    label: `fit PCA "${request.name}"`,
    parameters: { imageSize, latentDim, seed, engine, heldOut },
    inputs: { faces: workspace.entry('faces', request.faces) },
    entry: { kind: 'model', name: request.name },
  });
}

export function describeModel(workspace: Workspace, name: string) {
  return describeLatentModel(workspace.entry('model', name).path);
}
