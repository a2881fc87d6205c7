import type { Scalar, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Engine, TensorFlow } from '../../engine/engine.ts';
import { recordTape, type Tape } from '../../engine/tape.ts';
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

/** A batch on the engine. */
export interface BatchTensors {
  readonly images: Tensor4D;
  readonly noise: Tensor2D;
  readonly prior: Tensor2D;
}

/** One forward pass. (A type, not an interface: tensor containers need an implicit index signature.) */
export type Forward = {
  /** What encoder, generator and discriminator make small; in the warm-up the first two share one. */
  objectives: Scalar[];
  /** Unweighted, in the order of `LossRow`: KL, pixel; then similarity, onReal, onReconstruction, onSample. */
  losses: Tensor1D;
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
  const plan = planStep(config, state.step);
  const tensors = toTensors(engine, config, batch);
  const tape = recordTape(engine.tf, () => forwardPass(engine, config, state.variables, tensors, plan));
  try {
    const losses = await tape.value.losses.data<'float32'>();
    const row = lossRow(config, plan, state.step + 1, losses);
    if (losses.every(Number.isFinite)) {
      updatePlayers(engine, state, tape, plan, row);
      updateMovingAverages(engine, state.variables, tape.value.moments, plan.momentum);
    }
    state.step += 1;
    return row;
  } finally {
    tape.dispose();
    engine.tf.dispose(tape.value);
    engine.tf.dispose([tensors.images, tensors.noise, tensors.prior]);
  }
}

export function toTensors({ tf }: Engine, config: VaeGanConfig, batch: Batch): BatchTensors {
  const { imageSize, latentDim, schedule } = config;
  return {
    images: tf.tensor4d(batch.images, [schedule.batchSize, imageSize, imageSize, 3]),
    noise: tf.tensor2d(batch.noise, [schedule.batchSize, latentDim]),
    prior: tf.tensor2d(batch.prior, [schedule.batchSize, latentDim]),
  };
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

function lossRow(config: VaeGanConfig, plan: StepPlan, step: number, losses: Float32Array): LossRow {
  const [kl, pixel, similarity = null, onReal = null, onReconstruction = null, onSample = null] = losses;
  const gate = gateUpdates(config, { onReal, onReconstruction });
  return {
    step,
    phase: plan.phase,
    learningRate: plan.learningRate,
    kl,
    pixel,
    similarity,
    onReal,
    onReconstruction,
    onSample,
    generatorUpdated: gate.generator,
    discriminatorUpdated: plan.phase === 'adversarial' && gate.discriminator,
  };
}

/** All gradients first, then all updates: no player sees another's new weights. */
function updatePlayers(
  { tf }: Engine,
  state: TrainingState,
  tape: Tape<Forward>,
  plan: StepPlan,
  row: LossRow,
): void {
  const { encoder, generator, discriminator } = state.players;
  const [encoderLoss, generatorLoss, discriminatorLoss] = tape.value.objectives;
  tf.tidy(() => {
    if (plan.phase === 'warmup') {
      // One loss, so one backward pass through both.
      const both = tape.gradients(encoderLoss, [...encoder.variables, ...generator.variables]);
      encoder.adam.apply(both.slice(0, encoder.variables.length), plan.learningRate);
      generator.adam.apply(both.slice(encoder.variables.length), plan.learningRate);
      return;
    }
    const ofEncoder = tape.gradients(encoderLoss, encoder.variables);
    const ofGenerator = row.generatorUpdated ? tape.gradients(generatorLoss, generator.variables) : null;
    const ofDiscriminator = row.discriminatorUpdated
      ? tape.gradients(discriminatorLoss, discriminator.variables)
      : null;
    encoder.adam.apply(ofEncoder, plan.learningRate);
    if (ofGenerator !== null) generator.adam.apply(ofGenerator, plan.learningRate);
    if (ofDiscriminator !== null) discriminator.adam.apply(ofDiscriminator, plan.discriminatorLearningRate);
  });
}
