import { setImmediate as nextTurn } from 'node:timers/promises';
import { FusiformError } from '../../../shared/errors.ts';
import type { WorkContext } from '../../../shared/progress.ts';
import type { Engine } from '../../engine/engine.ts';
import type { NamedArrays } from '../../math/nd-array.ts';
import type { ImageSet } from '../latent-model.ts';
import { BatchSource } from './batches.ts';
import { restoreCheckpoint, saveCheckpoint, type TrainingIdentity } from './checkpoint.ts';
import { totalSteps, type VaeGanConfig } from './config.ts';
import { assertHealthy } from './divergence.ts';
import { describeLosses, type LossRow } from './loss-history.ts';
import { inferenceArrays } from './model.ts';
import { trainStep } from './train-step.ts';
import { createTrainingState } from './training-state.ts';

export type { LossRow } from './loss-history.ts';

export interface TrainVaeGanOptions {
  /** Decides first weights, order of faces, flips and noise. */
  readonly seed: number;
  /** A state that `onCheckpoint` was given, by a training with the same seed, configuration and faces. */
  readonly resumeFrom?: NamedArrays;
  /** Default: no checkpoint but the one on abort. */
  readonly checkpointEverySteps?: number;
  readonly onCheckpoint?: (state: NamedArrays) => Promise<void>;
  readonly onStep?: (row: LossRow) => void;
}

export interface TrainedVaeGan {
  /** All that `loadVaeGan` needs of encoder and generator. */
  readonly arrays: NamedArrays;
  /** One row a step; after a resume, those that the checkpoint kept and all since. */
  readonly history: LossRow[];
}

/**
 * Trains a VAE-GAN (Larsen et al. 2016; VanRullen & Reddy 2019): first, if the configuration says so, as a
 * plain VAE on pixels, then with a discriminator whose features measure the reconstruction.
 *
 * Deterministic on one engine: the same faces, configuration and seed give the same weights, with or without
 * a break. On abort the current state goes to `onCheckpoint` before the signal's reason is thrown.
 *
 * @param faces of the configuration's image size; at least two.
 * @throws FusiformError `IMAGE_SIZE_MISMATCH`, `TOO_FEW_FACES`, `CHECKPOINT_MISMATCH`, `TRAINING_DIVERGED`.
 */
export async function trainVaeGan(
  engine: Engine,
  faces: ImageSet,
  config: VaeGanConfig,
  options: TrainVaeGanOptions,
  context: WorkContext,
): Promise<TrainedVaeGan> {
  assertUsable(faces, config);
  const { seed, resumeFrom, checkpointEverySteps = Number.POSITIVE_INFINITY, onCheckpoint } = options;
  const identity: TrainingIdentity = { seed, config, faces };
  const state =
    resumeFrom === undefined
      ? createTrainingState(engine, config, seed)
      : restoreCheckpoint(engine, resumeFrom, identity);
  const checkpoint = async () => onCheckpoint?.(await saveCheckpoint(state, identity));
  const total = totalSteps(config);
  const batches = new BatchSource(faces, config, seed);
  try {
    while (state.step < total) {
      if (context.signal.aborted) {
        await checkpoint();
        context.signal.throwIfAborted();
      }
      const row = await trainStep(engine, config, state, batches.batch(state.step));
      state.history.push(row);
      assertHealthy(state.history);
      options.onStep?.(row);
      context.report({ done: state.step, total, unit: 'steps', note: describeLosses(row) });
      if (state.step % checkpointEverySteps === 0 && state.step < total) await checkpoint();
      // Reading results resolves without a turn of the event loop: let messages and signals in.
      await nextTurn();
    }
    return { arrays: await inferenceArrays(engine, config, state, faces), history: state.history };
  } finally {
    state.dispose();
  }
}

function assertUsable(faces: ImageSet, { imageSize }: VaeGanConfig): void {
  if (faces.size !== imageSize) {
    throw new FusiformError(
      'IMAGE_SIZE_MISMATCH',
      `The faces are ${faces.size} pixels wide, the network takes ${imageSize}`,
    );
  }
  if (faces.count < 2) {
    throw new FusiformError('TOO_FEW_FACES', `A model of faces cannot be learnt from ${faces.count}`);
  }
}
