import { setImmediate as nextTurn } from 'node:timers/promises';
import { FusiformError } from '../../../shared/errors.ts';
import type { WorkContext } from '../../../shared/progress.ts';
import type { Engine } from '../../engine/engine.ts';
import { isOutOfMemory } from '../../engine/out-of-memory.ts';
import type { NamedArrays } from '../../math/nd-array.ts';
import type { ImageSet, LatentModel } from '../latent-model.ts';
import { type Batch, BatchSource } from './batches.ts';
import { restoreCheckpoint, saveCheckpoint, type TrainingIdentity } from './checkpoint.ts';
import { totalSteps, type VaeGanConfig } from './config.ts';
import { assertHealthy, diverged, isDoubtful } from './divergence.ts';
import { describeLosses, type LossRow } from './loss-history.ts';
import { trainStepInParts } from './micro-batches.ts';
import { discriminatorArrays, inferenceArrays, modelInTraining } from './model.ts';
import { trainStep } from './train-step.ts';
import { createTrainingState, type TrainingState } from './training-state.ts';

export type { LossRow } from './loss-history.ts';

/** What is to be known of a checkpoint without opening it. */
export interface CheckpointFacts {
  /** Steps done. */
  readonly step: number;
  /** The last step showed a fault: a state to go on from exactly, but no good one to start anew from. */
  readonly doubtful: boolean;
}

export interface MemoryShortage {
  readonly step: number;
  /** Faces at a time that did not fit, and how many are tried now. */
  readonly from: number;
  readonly to: number;
  /** What the engine said. */
  readonly message: string;
}

export interface TrainVaeGanOptions {
  /** Decides first weights, order of faces, flips and noise. */
  readonly seed: number;
  /** A state that `onCheckpoint` was given, by a training with the same seed, configuration and faces. */
  readonly resumeFrom?: NamedArrays;
  /** Weights to start from in place of random ones, by name; the optimisers start at zero. */
  readonly startFrom?: NamedArrays;
  /** Faces that go through the networks at a time. Default: the batch. A resumed training keeps its own. */
  readonly microBatch?: number;
  /** Asked after every step but the last. Default: no checkpoint but the one on abort. */
  readonly checkpointDue?: (step: number) => boolean;
  readonly onCheckpoint?: (state: NamedArrays, facts: CheckpointFacts) => Promise<void>;
  readonly onStep?: (row: LossRow) => void;
  /** Called every so many steps and after the last one, before the checkpoint of that step. */
  readonly evaluateEverySteps?: number;
  readonly onEvaluate?: (model: LatentModel, step: number) => Promise<void>;
  /** Called when the engine ran out of memory and smaller micro-batches are about to be tried. */
  readonly onMemoryShortage?: (shortage: MemoryShortage) => void;
}

export interface TrainedVaeGan {
  /** All that `loadVaeGan` needs of encoder and generator. */
  readonly arrays: NamedArrays;
  /** The discriminator's weights; a later training may start from them. */
  readonly discriminator: NamedArrays;
  /** One row a step; after a resume, those that the checkpoint kept and all since. */
  readonly history: LossRow[];
  readonly microBatch: number;
}

/**
 * Trains a VAE-GAN (Larsen et al. 2016; VanRullen & Reddy 2019): first, if the configuration says so, as a
 * plain VAE on pixels, then with a discriminator whose features measure the reconstruction.
 *
 * Deterministic on one engine: the same faces, configuration and seed give the same weights, with or without
 * a break. On abort the current state goes to `onCheckpoint` before the signal's reason is thrown. Where the
 * engine runs out of memory, the batch goes through the networks in halves, quarters and so on from that step.
 *
 * @param faces of the configuration's image size; at least two.
 * @throws FusiformError `IMAGE_SIZE_MISMATCH`, `TOO_FEW_FACES`, `CHECKPOINT_MISMATCH`, `TRAINING_DIVERGED`,
 *   `OUT_OF_MEMORY`.
 */
export async function trainVaeGan(
  engine: Engine,
  faces: ImageSet,
  config: VaeGanConfig,
  options: TrainVaeGanOptions,
  context: WorkContext,
): Promise<TrainedVaeGan> {
  assertUsable(faces, config);
  const { seed, onCheckpoint } = options;
  const identity: TrainingIdentity = { seed, config, faces };
  const state = startState(engine, identity, options);
  const checkpoint = async () => {
    if (onCheckpoint === undefined) return;
    const arrays = await saveCheckpoint(state, identity);
    assertFinite(arrays, state);
    await onCheckpoint(arrays, { step: state.step, doubtful: isDoubtful(state.history) });
  };
  const total = totalSteps(config);
  const batches = new BatchSource(faces, config, seed);
  try {
    while (state.step < total) {
      if (context.signal.aborted) {
        await checkpoint();
        context.signal.throwIfAborted();
      }
      const row = await stepWithinMemory(engine, config, state, batches.batch(state.step), options);
      state.history.push(row);
      options.onStep?.(row);
      assertHealthy(state.history);
      context.report({ done: state.step, total, unit: 'steps', note: describeLosses(row) });
      await evaluate(engine, config, state, options);
      if (state.step < total && options.checkpointDue?.(state.step)) await checkpoint();
      // Reading results resolves without a turn of the event loop: let messages and signals in.
      await nextTurn();
    }
    return {
      arrays: await inferenceArrays(engine, config, state, faces),
      discriminator: await discriminatorArrays(state),
      history: state.history,
      microBatch: state.microBatch,
    };
  } finally {
    state.dispose();
  }
}

function startState(
  engine: Engine,
  identity: TrainingIdentity,
  { resumeFrom, startFrom, microBatch }: TrainVaeGanOptions,
): TrainingState {
  const { config, seed } = identity;
  try {
    if (resumeFrom !== undefined) return restoreCheckpoint(engine, resumeFrom, identity);
    const state = createTrainingState(engine, config, seed, startFrom);
    state.microBatch = Math.min(microBatch ?? config.schedule.batchSize, config.schedule.batchSize);
    return state;
  } catch (error) {
    throw isOutOfMemory(error) ? outOfMemory('The network itself does not fit into memory', error) : error;
  }
}

/** One step; where memory is short, the same step again in smaller parts. */
async function stepWithinMemory(
  engine: Engine,
  config: VaeGanConfig,
  state: TrainingState,
  batch: Batch,
  { onMemoryShortage }: TrainVaeGanOptions,
): Promise<LossRow> {
  for (;;) {
    try {
      const inParts = state.microBatch < config.schedule.batchSize;
      return await engine.withPrecision(config.optimiser.precision, () =>
        (inParts ? trainStepInParts : trainStep)(engine, config, state, batch),
      );
    } catch (error) {
      if (!isOutOfMemory(error)) throw error;
      const [from, to] = [state.microBatch, Math.ceil(state.microBatch / 2)];
      if (state.updating || to === from) {
        throw outOfMemory(`Step ${state.step + 1} does not fit with ${from} faces at a time`, error);
      }
      state.microBatch = to;
      onMemoryShortage?.({ step: state.step + 1, from, to, message: messageOf(error) });
    }
  }
}

function outOfMemory(what: string, error: unknown): FusiformError {
  return new FusiformError('OUT_OF_MEMORY', `${what}: ${messageOf(error)}`, { cause: error });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function evaluate(
  engine: Engine,
  config: VaeGanConfig,
  state: TrainingState,
  { evaluateEverySteps = Number.POSITIVE_INFINITY, onEvaluate }: TrainVaeGanOptions,
): Promise<void> {
  const due = state.step % evaluateEverySteps === 0 || state.step === totalSteps(config);
  if (!due || onEvaluate === undefined) return;
  const model = modelInTraining(engine, config, state);
  try {
    await onEvaluate(model, state.step);
  } finally {
    model.dispose();
  }
}

/** A checkpoint with numbers that are none would take the place of a good one. */
function assertFinite(arrays: NamedArrays, { history }: TrainingState): void {
  for (const [name, { data }] of Object.entries(arrays)) {
    if (name.startsWith('training/') || !(data instanceof Float32Array)) continue;
    if (!data.every(Number.isFinite)) {
      throw diverged(
        history,
        `${name} holds numbers that are not finite. The learning rate (${history.at(-1)?.learningRate}) is too high for these losses.`,
      );
    }
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
