import type { EngineKind } from '../engine/engine.ts';
import { type VaeGanConfig, vaeGanConfigSchema } from '../generative/vaegan/config.ts';
import { vaeGanPresets } from '../generative/vaegan/presets.ts';
import { fitPcaStage } from '../jobs/stages/fit-pca.ts';
import { describeLatentModel } from '../jobs/stages/latent-model-files.ts';
import { trainVaeGanStage } from '../jobs/stages/train-vaegan.ts';
import type { StageOutcome, Workspace } from './workspace.ts';

export type PresetName = keyof typeof vaeGanPresets;

/** A preset with what the user changed: fewer steps keep the preset's shares of the two phases. */
export function vaeGanConfigFor(
  preset: PresetName,
  changes: { readonly latents?: number; readonly steps?: number } = {},
): VaeGanConfig {
  const config = vaeGanPresets[preset];
  const { warmupSteps, adversarialSteps } = config.schedule;
  const steps = changes.steps ?? warmupSteps + adversarialSteps;
  const warmup = Math.round((steps * warmupSteps) / (warmupSteps + adversarialSteps));
  return vaeGanConfigSchema.parse({
    ...config,
    latentDim: changes.latents ?? config.latentDim,
    schedule: { ...config.schedule, warmupSteps: warmup, adversarialSteps: steps - warmup },
  });
}

export interface TrainModelRequest {
  readonly faces: string;
  readonly name: string;
  readonly config: VaeGanConfig;
  readonly engine: EngineKind;
  readonly seed: number;
  readonly heldOut: number;
  /** Default 50; changes how much a killed training does again, and nothing else. */
  readonly checkpointEverySteps?: number;
}

/** Trains a VAE-GAN on an imported face set; the same call after a kill goes on from the last checkpoint. */
export function trainModel(workspace: Workspace, request: TrainModelRequest): Promise<StageOutcome> {
  const { config, seed, engine, heldOut, checkpointEverySteps = 50 } = request;
  return workspace.run({
    stage: trainVaeGanStage,
    label: `train VAE-GAN "${request.name}"`,
    parameters: { config, seed, engine, heldOut, checkpointEverySteps },
    inputs: { faces: workspace.entry('faces', request.faces) },
    entry: { kind: 'model', name: request.name },
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
