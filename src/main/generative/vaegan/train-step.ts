import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Engine, TensorFlow } from '../../engine/engine.ts';
import { recordTape, type Tape } from '../../engine/tape.ts';
import type { Player } from './architecture.ts';
import type { Batch } from './batches.ts';
import type { VaeGanConfig } from './config.ts';
import type { LossRow } from './loss-history.ts';
import { halfSquaredError, klDivergence, learnedSimilarity, lossAsMade, lossAsReal } from './losses.ts';
import {
  type Discrimination,
  discriminate,
  encodePosterior,
  generate,
  type Moments,
  normaliseByBatch,
  type Weights,
} from './network.ts';
import { gateUpdates, planStep, type StepPlan } from './schedule.ts';
import { type TrainingState, updateMovingAverages } from './training-state.ts';

/** A batch on the engine. (A type: see `Forward`.) */
export type BatchTensors = {
  readonly images: Tensor4D;
  readonly noise: Tensor2D;
  readonly prior: Tensor2D;
};

/** One forward pass. (A type, not an interface: tensor containers need an implicit index signature.) */
export type Forward = {
  /** What encoder, generator and discriminator make small; in the warm-up the first two share one. */
  objectives: Scalar[];
  /** Unweighted, in the order of `LossRow`: KL, pixel; then similarity, onReal, onReconstruction, onSample. */
  losses: Tensor1D;
  /** The discriminator's on faces, reconstructions and samples, one after another; no tensor in the warm-up. */
  logits: Tensor1D[];
  moments: Record<string, Moments>;
};

/**
 * One step: forward once, look at the losses, then run the backward passes of those players that learn.
 * Advances the state (weights, moving averages, optimisers, step) and returns the losses from before the
 * update. Where one of them is not finite, no weight is updated.
 */
export async function trainStep(
  engine: Engine,
  config: VaeGanConfig,
  state: TrainingState,
  batch: Batch,
): Promise<LossRow> {
  const { tf } = engine;
  const plan = planStep(config, state.step);
  const tensors = toTensors(engine, config, batch);
  try {
    const tape = recordTape(tf, () => forwardPass(engine, config, state.variables, tensors, plan));
    try {
      const measured = await measure(tape.value, batch);
      const row = lossRow(config, plan, state, measured);
      if (measured.losses.every(Number.isFinite)) {
        const gradients = tf.tidy(() => playerGradients(state, tape, plan, row));
        try {
          state.updating = true;
          applyGradients(state, gradients, plan);
          updateMovingAverages(engine, state.variables, tape.value.moments, plan.momentum);
          state.updating = false;
        } finally {
          tf.dispose(gradients);
        }
      }
      state.step += 1;
      return row;
    } finally {
      tape.dispose();
      tf.dispose(tape.value);
    }
  } finally {
    tf.dispose(tensors);
  }
}

export function toTensors({ tf }: Engine, config: VaeGanConfig, batch: Batch): BatchTensors {
  const { imageSize, latentDim } = config;
  const count = batch.faces.length;
  // All or, where memory ends, none.
  return tf.tidy(() => ({
    images: tf.tensor4d(batch.images, [count, imageSize, imageSize, 3]),
    noise: tf.tensor2d(batch.noise, [count, latentDim]),
    prior: tf.tensor2d(batch.prior, [count, latentDim]),
  }));
}

/** All that a step computes before it learns; run it on a tape. */
export function forwardPass(
  engine: Engine,
  config: VaeGanConfig,
  weights: Weights,
  tensors: BatchTensors,
  plan: Pick<StepPlan, 'phase' | 'klWeight'>,
): Forward {
  const run = plan.phase === 'warmup' ? warmupForward : adversarialForward;
  return run(engine, config, weights, tensors, plan.klWeight);
}

/** A plain VAE: pixels and prior. */
function warmupForward(
  engine: Engine,
  config: VaeGanConfig,
  weights: Weights,
  { images, noise }: BatchTensors,
  klWeight: number,
): Forward {
  const { tf } = engine;
  const moments: Record<string, Moments> = {};
  const normalise = normaliseByBatch(engine, config, weights, moments);
  const { mu, logSigma } = encodePosterior(tf, config, weights, normalise, images);
  const latents: Tensor2D = tf.add(mu, tf.mul(noise, tf.exp(logSigma)));
  const reconstructions = generate(tf, config, weights, normalise, latents);
  const kl = klDivergence(tf, mu, logSigma);
  const pixel = halfSquaredError(tf, reconstructions, images);
  const objective: Scalar = tf.add(tf.mul(kl, klWeight), tf.mul(pixel, config.loss.warmupPixel));
  return {
    objectives: [objective],
    losses: tf.stack([kl, pixel]) as Tensor1D,
    logits: [],
    moments,
  };
}

/** Encoder, generator and discriminator, each with a loss of its own. */
function adversarialForward(
  engine: Engine,
  config: VaeGanConfig,
  weights: Weights,
  { images, noise, prior }: BatchTensors,
  klWeight: number,
): Forward {
  const { tf } = engine;
  const { loss } = config;
  const moments: Record<string, Moments> = {};
  const normalise = normaliseByBatch(engine, config, weights, moments);

  const { mu, logSigma } = encodePosterior(tf, config, weights, normalise, images);
  const posterior: Tensor2D = tf.add(mu, tf.mul(noise, tf.exp(logSigma)));
  // Parts that meet in no batch normalisation stay apart: a backward pass then visits only those that it is about.
  const codes = loss.priorSamples ? [posterior, prior] : [posterior];
  const generated = (latents: Tensor2D) => generate(tf, config, weights, normalise, latents);
  const made = config.generator.batchNorm
    ? partsOf(tf, generated(tf.concat(codes)), codes.length)
    : codes.map(generated);
  const [ofFaces, ...ofMade] = [images, ...made].map((part) => discriminate(tf, config, weights, part));
  const compared = ({ features }: Discrimination) =>
    config.discriminator.similarityLayers.map((at) => features[at]);

  const kl = klDivergence(tf, mu, logSigma);
  const pixel = halfSquaredError(tf, made[0], images);
  const similarity = learnedSimilarity(tf, compared(ofFaces), compared(ofMade[0]));
  const onReal = lossAsReal(tf, ofFaces.logits);
  const madeLogits = ofMade.map(({ logits }) => logits);
  const onMade = madeLogits.map((part) => lossAsMade(tf, part));

  const discriminatorLoss = meanOf(engine, [onReal, ...onMade]);
  const adversarial =
    loss.generator === 'minimax'
      ? tf.neg(discriminatorLoss)
      : meanOf(
          engine,
          madeLogits.map((part) => lossAsReal(tf, part)),
        );
  const pixelTerm: Scalar = tf.mul(pixel, loss.adversarialPixel);
  return {
    objectives: [
      tf.addN<Scalar>([tf.mul(kl, klWeight), tf.mul(similarity, loss.encoderSimilarity), pixelTerm]),
      tf.addN<Scalar>([
        tf.mul(similarity, loss.generatorSimilarity),
        tf.mul(adversarial, loss.adversarial),
        pixelTerm,
      ]),
      discriminatorLoss,
    ],
    losses: tf.stack([kl, pixel, similarity, onReal, ...onMade]) as Tensor1D,
    logits: [
      tf.concat([ofFaces, ...ofMade].map(({ logits }) => tf.reshape(logits, [logits.size]))),
    ] as Tensor1D[],
    moments,
  };
}

/** Cuts a batch into so many of equal size. */
function partsOf(tf: TensorFlow, batch: Tensor4D, count: number): Tensor4D[] {
  const size = batch.shape[0] / count;
  return Array.from({ length: count }, (_, at) => tf.slice(batch, at * size, size));
}

function meanOf({ tf }: Engine, terms: readonly Scalar[]): Scalar {
  return tf.mul(tf.addN([...terms]), 1 / terms.length);
}

/** What the host sees of a forward pass. */
export interface Measured {
  readonly losses: readonly number[];
  readonly accuracy: number | null;
}

export async function measure({ losses, logits }: Forward, batch: Batch): Promise<Measured> {
  const values = await losses.data<'float32'>();
  const judged = logits.length === 0 ? null : await logits[0].data<'float32'>();
  return {
    losses: Array.from(values),
    accuracy: judged === null ? null : balancedAccuracy(judged, batch.faces.length),
  };
}

/** Mean of the shares of faces with a positive logit and of made images with a negative one. */
function balancedAccuracy(logits: Float32Array, faces: number): number {
  const right = (from: number, to: number, real: boolean) =>
    logits.subarray(from, to).reduce((count, logit) => count + Number(logit > 0 === real), 0) / (to - from);
  return (right(0, faces, true) + right(faces, logits.length, false)) / 2;
}

export function lossRow(
  config: VaeGanConfig,
  plan: StepPlan,
  state: Pick<TrainingState, 'step' | 'microBatch'>,
  { losses, accuracy }: Measured,
): LossRow {
  const [kl, pixel, similarity = null, onReal = null, onReconstruction = null, onSample = null] = losses;
  const gate = gateUpdates(config, { onReal, onReconstruction });
  return {
    step: state.step + 1,
    phase: plan.phase,
    learningRate: plan.learningRate,
    kl,
    pixel,
    similarity,
    onReal,
    onReconstruction,
    onSample,
    accuracy,
    generatorUpdated: gate.generator,
    discriminatorUpdated: plan.phase === 'adversarial' && gate.discriminator,
    microBatch: state.microBatch,
  };
}

/** By player, in the order of its variables; none for one that does not learn. (A type: see `Forward`.) */
export type PlayerGradients = Record<Player, Tensor[]>;

/** The backward passes of those players that learn. The gradients belong to the caller. */
export function playerGradients(
  { players }: TrainingState,
  tape: Tape<Forward>,
  { phase }: StepPlan,
  learns: { readonly generatorUpdated: boolean; readonly discriminatorUpdated: boolean },
): PlayerGradients {
  const { encoder, generator, discriminator } = players;
  const [encoderLoss, generatorLoss, discriminatorLoss] = tape.value.objectives;
  if (phase === 'warmup') {
    // One loss, so one backward pass through both.
    const both = tape.gradients(encoderLoss, [...encoder.variables, ...generator.variables]);
    const ofEncoder = encoder.variables.length;
    return { encoder: both.slice(0, ofEncoder), generator: both.slice(ofEncoder), discriminator: [] };
  }
  return {
    encoder: tape.gradients(encoderLoss, encoder.variables),
    generator: learns.generatorUpdated ? tape.gradients(generatorLoss, generator.variables) : [],
    discriminator: learns.discriminatorUpdated
      ? tape.gradients(discriminatorLoss, discriminator.variables)
      : [],
  };
}

/** All gradients are there before the first update: no player sees another's new weights. */
export function applyGradients(
  { players }: TrainingState,
  gradients: PlayerGradients,
  { learningRate, discriminatorLearningRate }: StepPlan,
): void {
  for (const player of ['encoder', 'generator', 'discriminator'] as const) {
    if (gradients[player].length === 0) continue;
    const rate = player === 'discriminator' ? discriminatorLearningRate : learningRate;
    players[player].adam.apply(gradients[player], rate);
  }
}
