import type { Tensor } from '@tensorflow/tfjs-core';
import type { Engine, TensorFlow } from '../../engine/engine.ts';
import { recordTape } from '../../engine/tape.ts';
import { players } from './architecture.ts';
import type { Batch } from './batches.ts';
import type { VaeGanConfig } from './config.ts';
import type { LossRow } from './loss-history.ts';
import type { Moments } from './network.ts';
import { planStep } from './schedule.ts';
import {
  applyGradients,
  forwardPass,
  lossRow,
  type Measured,
  measure,
  type PlayerGradients,
  playerGradients,
  toTensors,
} from './train-step.ts';
import { type TrainingState, updateMovingAverages } from './training-state.ts';

/** The faces of a batch in parts of at most `size`, in order. */
export function partsOf(batch: Batch, size: number): Batch[] {
  const count = batch.faces.length;
  const part = (values: Float32Array, from: number, to: number) => {
    const each = values.length / count;
    return values.slice(from * each, to * each);
  };
  return Array.from({ length: Math.ceil(count / size) }, (_, at) => {
    const [from, to] = [at * size, Math.min(count, (at + 1) * size)];
    return {
      faces: batch.faces.slice(from, to),
      images: part(batch.images, from, to),
      noise: part(batch.noise, from, to),
      prior: part(batch.prior, from, to),
    };
  });
}

/**
 * A step whose batch goes through the networks in parts of `state.microBatch` faces, so that it needs the memory
 * of a part. All losses are means over faces, so the sum of the parts' gradients, each weighted by its share of the
 * faces, is the batch's: the update is that of `trainStep` to rounding. Batch normalisation is the exception: each
 * part is normalised by itself ("ghost batch normalisation", Hoffer, Hubara & Soudry 2017), and the moving averages
 * take the parts' mean moments.
 *
 * Who learns is decided by the losses of the whole batch. They are known when all backward passes are done, so that
 * the gradients of a player that pauses were computed in vain.
 */
export async function trainStepInParts(
  engine: Engine,
  config: VaeGanConfig,
  state: TrainingState,
  batch: Batch,
): Promise<LossRow> {
  const { tf } = engine;
  const plan = planStep(config, state.step);
  const gradients = new WeightedSums(tf);
  const moments = new WeightedSums(tf);
  const measured: { weight: number; part: Measured }[] = [];
  let layers: string[] = [];
  try {
    for (const part of partsOf(batch, state.microBatch)) {
      const weight = part.faces.length / batch.faces.length;
      const tensors = toTensors(engine, config, part);
      try {
        const tape = recordTape(tf, () => forwardPass(engine, config, state.variables, tensors, plan));
        try {
          measured.push({ weight, part: await measure(tape.value, part) });
          tf.tidy(() => {
            const everyone = { generatorUpdated: true, discriminatorUpdated: true };
            const found = playerGradients(state, tape, plan, everyone);
            gradients.add(
              players.flatMap((player) => found[player]),
              weight,
            );
          });
          layers = Object.keys(tape.value.moments);
          moments.add(
            Object.values(tape.value.moments).flatMap(({ mean, variance }) => [mean, variance]),
            weight,
          );
        } finally {
          tape.dispose();
          tf.dispose(tape.value);
        }
      } finally {
        tf.dispose(tensors);
      }
    }
    const whole = weightedMean(measured);
    const row = lossRow(config, plan, state, whole);
    if (whole.losses.every(Number.isFinite)) {
      state.updating = true;
      applyGradients(state, byPlayer(state, gradients.sums, row), plan);
      updateMovingAverages(engine, state.variables, byLayer(layers, moments.sums), plan.momentum);
      state.updating = false;
    }
    state.step += 1;
    return row;
  } finally {
    gradients.dispose();
    moments.dispose();
  }
}

/** Sums of several tensors over the parts of a batch. */
class WeightedSums {
  readonly #tf: TensorFlow;
  sums: Tensor[] = [];

  constructor(tf: TensorFlow) {
    this.#tf = tf;
  }

  add(terms: readonly Tensor[], weight: number): void {
    const tf = this.#tf;
    terms.forEach((term, at) => {
      const before: Tensor | undefined = this.sums[at];
      this.sums[at] = tf.tidy(() => {
        const weighted = tf.mul(term, weight);
        return tf.keep(before === undefined ? weighted : tf.add(before, weighted));
      });
      before?.dispose();
    });
  }

  dispose(): void {
    this.#tf.dispose(this.sums);
  }
}

function weightedMean(parts: readonly { weight: number; part: Measured }[]): Measured {
  const mean = (value: (part: Measured) => number) =>
    parts.reduce((sum, { weight, part }) => sum + weight * value(part), 0);
  return {
    losses: parts[0].part.losses.map((_, at) => mean(({ losses }) => losses[at])),
    accuracy: parts[0].part.accuracy === null ? null : mean(({ accuracy }) => accuracy ?? Number.NaN),
  };
}

/** The sums of those players that learn; in the warm-up there are none of the discriminator. */
function byPlayer({ players: all }: TrainingState, sums: readonly Tensor[], row: LossRow): PlayerGradients {
  const firstOfGenerator = all.encoder.variables.length;
  const firstOfDiscriminator = firstOfGenerator + all.generator.variables.length;
  return {
    encoder: sums.slice(0, firstOfGenerator),
    generator: row.generatorUpdated ? sums.slice(firstOfGenerator, firstOfDiscriminator) : [],
    discriminator: row.discriminatorUpdated ? sums.slice(firstOfDiscriminator) : [],
  };
}

function byLayer(layers: readonly string[], sums: readonly Tensor[]): Record<string, Moments> {
  return Object.fromEntries(
    layers.map((layer, at) => [layer, { mean: sums[2 * at], variance: sums[2 * at + 1] } as Moments]),
  );
}
