import type { EngineKind } from './engines.ts';
import type { TrainModelRequest } from './models.ts';
import { changedConfig, type PresetName, presetConfig } from './training-config.ts';
import { trainingFaceCount } from './training-estimate.ts';
import { openFork } from './training-forks.ts';
import type { Workspace } from './workspace.ts';

/** A training as it is asked for: a preset or a model to begin from, and what is to be different. */
export interface TrainingWish {
  readonly faces: string;
  readonly name: string;
  readonly network: 'vaegan' | 'vae';
  readonly preset: PresetName;
  /** A model, or `model@step`, whose weights are the start; takes the place of the preset. */
  readonly fork?: string;
  /** A JSON file of values. */
  readonly config?: string;
  /** `path=value` each. */
  readonly set?: readonly string[];
  readonly latents?: number;
  readonly steps?: number;
  readonly epochs?: number;
  /** Share of the faces kept out of training. */
  readonly heldOut: number;
  /** Faces at a time. */
  readonly microBatch?: number;
  readonly evaluateEverySteps?: number;
  readonly checkpointEverySteps?: number;
  readonly baseline: boolean;
  readonly seed: number;
}

/** The same as the services want it, with every value of the network. */
export async function trainingRequest(
  workspace: Workspace,
  wish: TrainingWish,
  engine: EngineKind,
): Promise<TrainModelRequest> {
  const { faces, name, network, latents, steps, epochs, heldOut, seed, baseline } = wish;
  const { microBatch, evaluateEverySteps, checkpointEverySteps } = wish;
  const fork = wish.fork === undefined ? undefined : await openFork(workspace, wish.fork);
  const trainingFaces = trainingFaceCount(workspace, faces, heldOut, seed);
  const config = await changedConfig(fork?.config ?? presetConfig(wish.preset), {
    ...(network === 'vae' ? { kind: 'vae' as const } : {}),
    ...(wish.config === undefined ? {} : { file: wish.config }),
    ...(wish.set === undefined ? {} : { set: wish.set }),
    ...(latents === undefined ? {} : { latents }),
    ...(steps === undefined ? {} : { steps }),
    ...(epochs === undefined ? {} : { epochs: { count: epochs, trainingFaces } }),
  });
  return {
    faces,
    name,
    config,
    engine,
    seed,
    heldOut,
    baseline,
    ...(microBatch === undefined ? {} : { microBatch }),
    ...(evaluateEverySteps === undefined ? {} : { evaluateEverySteps }),
    ...(checkpointEverySteps === undefined ? {} : { checkpointEverySteps }),
    ...(fork === undefined ? {} : { fork }),
  };
}
