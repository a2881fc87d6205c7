import { resolve } from 'node:path';
import type { EngineKind } from '../engine/engine.ts';
import { hashFile } from '../formats/files/read.ts';
import { type VaeGanConfig, vaeGanConfigSchema } from '../generative/vaegan/config.ts';
import { vaeGanPresets } from '../generative/vaegan/presets.ts';
import { attributeAxisStage } from '../jobs/stages/attribute-axis.ts';
import { decodeLatentsStage } from '../jobs/stages/decode-latents.ts';
import { encodeStage } from '../jobs/stages/encode.ts';
import { fitPcaStage } from '../jobs/stages/fit-pca.ts';
import { describeLatentModel } from '../jobs/stages/latent-model-files.ts';
import { trainVaeGanStage } from '../jobs/stages/train-vaegan.ts';
import type { Input, StageOutcome, Workspace } from './workspace.ts';

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

/** The code of every face of a set, kept as latents "<model>/<faces>". */
export function encodeFaces(
  workspace: Workspace,
  request: { model: string; faces: string; engine: EngineKind },
): Promise<StageOutcome> {
  return workspace.run({
    stage: encodeStage,
    label: `encode "${request.faces}" by "${request.model}"`,
    parameters: { engine: request.engine },
    inputs: {
      model: workspace.entry('model', request.model),
      faces: workspace.entry('faces', request.faces),
    },
    entry: { kind: 'latents', name: latentsName(request.model, request.faces) },
  });
}

export function latentsName(model: string, faces: string): string {
  return `${model}/${faces}`;
}

/** Images of latents: those that the project holds under a name, or the rows of an .npy file. */
export async function decodeLatents(
  workspace: Workspace,
  request: { model: string; engine: EngineKind } & ({ latents: string } | { file: string }),
): Promise<StageOutcome> {
  const latents: Input =
    'file' in request
      ? { path: resolve(request.file), hash: await hashFile(request.file) }
      : workspace.entry('latents', request.latents);
  return workspace.run({
    stage: decodeLatentsStage,
    label: `decode latents "${'file' in request ? request.file : request.latents}"`,
    parameters: { engine: request.engine },
    inputs: {
      model: workspace.entry('model', request.model),
      latents,
    },
  });
}

/** The axis between two classes of a label, and how well it tells held-out faces apart. */
export async function findAttributeAxis(
  workspace: Workspace,
  request: {
    model: string;
    faces: string;
    column: string;
    positive: string;
    engine: EngineKind;
    seed: number;
  },
): Promise<StageOutcome> {
  const latents = await encodeFaces(workspace, request);
  return workspace.run({
    stage: attributeAxisStage,
    label: `axis of ${request.column} = ${request.positive}`,
    parameters: {
      column: request.column,
      positive: request.positive,
      folds: 10,
      seed: request.seed,
      engine: request.engine,
    },
    inputs: {
      latents,
      faces: workspace.entry('faces', request.faces),
      model: workspace.entry('model', request.model),
    },
  });
}

export function describeModel(workspace: Workspace, name: string) {
  return describeLatentModel(workspace.entry('model', name).path);
}
