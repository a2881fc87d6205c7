import type { Tensor } from '@tensorflow/tfjs-core';
import type { Engine } from '../../src/main/engine/engine.ts';
import { BatchSource } from '../../src/main/generative/vaegan/batches.ts';
import type { VaeGanConfig } from '../../src/main/generative/vaegan/config.ts';
import { vaeGanPresets } from '../../src/main/generative/vaegan/presets.ts';
import { trainStep } from '../../src/main/generative/vaegan/train-step.ts';
import { createTrainingState } from '../../src/main/generative/vaegan/training-state.ts';
import { type Benchmark, missingRow, type Row, ratioRow } from './benchmark.ts';
import { onEngine } from './engines.ts';
import { alternate, type Comparison } from './harness.ts';
import { noiseFaces, normals } from './inputs.ts';
import { adversarialStepFlops } from './vaegan-flops.ts';

/** All three players learn in every step. */
const config: VaeGanConfig = {
  ...vaeGanPresets.tiny,
  gate: { ...vaeGanPresets.tiny.gate, enabled: false },
};
const stepFlops = adversarialStepFlops(config);

/** The convolution that sets the peak: the middle one of the encoder, batch x 16 x 16 x 24 to batch x 8 x 8 x 48. */
const peak = { width: config.imageSize / 2, channels: config.encoder.channels.slice(0, 2) };
const peakFlops =
  2 *
  config.schedule.batchSize *
  (peak.width / 2) ** 2 *
  config.encoder.kernelSize ** 2 *
  peak.channels[0] *
  peak.channels[1];

const unit = 'of conv2d';
/** A quarter is what the kernels reach on a quiet machine: the bound is there to notice when one of them is lost. */
const target = { atLeast: 0.2 };

export const benchmark: Benchmark = {
  name: 'vaegan-step',
  description: 'an adversarial training step, against its convolutions at the speed of the engine’s conv2d',
  async run() {
    const rows: Row[] = [];
    for (const kind of ['wasm', 'native', 'webgpu'] as const) {
      const name = `vaegan-step ${kind}`;
      const outcome = await onEngine(kind, measure);
      if ('missing' in outcome) {
        rows.push(missingRow(name, unit, outcome.missing));
        continue;
      }
      const how = `trainStep of preset tiny, ${(stepFlops / 1e9).toFixed(2)} GFLOP of convolutions; share of the speed of conv2d`;
      rows.push(ratioRow({ name, unit, how, ...(kind === 'wasm' ? { target } : {}) }, outcome.result));
    }
    return rows;
  },
};

async function measure(engine: Engine): Promise<Comparison> {
  const { tf } = engine;
  const { imageSize, schedule } = config;
  const batches = new BatchSource(noiseFaces(4 * schedule.batchSize, imageSize), config, 1);
  const state = createTrainingState(engine, config, 1);
  state.step = schedule.warmupSteps;

  const [from, to] = peak.channels;
  const imageShape = [schedule.batchSize, peak.width, peak.width, from] as const;
  const images = tf.tensor4d(
    normals(
      imageShape.reduce((a, b) => a * b),
      'images',
    ),
    [...imageShape],
  );
  const kernelShape = [config.encoder.kernelSize, config.encoder.kernelSize, from, to] as const;
  const kernel = tf.tensor4d(
    normals(
      kernelShape.reduce((a, b) => a * b),
      'kernel',
    ),
    [...kernelShape],
  );
  const nConvolutions = Math.round(stepFlops / peakFlops);
  const convolutions = async () => {
    let last: Tensor = kernel;
    for (let i = 0; i < nConvolutions; i++) {
      if (i > 0) last.dispose();
      last = tf.conv2d(images, kernel, 2, 'same');
    }
    const corner = tf.slice(last, [0, 0, 0, 0], [1, 1, 1, 1]);
    // Engines may compute later: reading one value waits for all.
    await corner.data();
    tf.dispose([last, corner]);
  };
  const step = async () => {
    const row = await trainStep(engine, config, state, batches.batch(state.step));
    if (!row.generatorUpdated || !row.discriminatorUpdated || !Number.isFinite(row.kl)) {
      throw new Error(`Step ${row.step} did not train all players`);
    }
  };
  try {
    return await alternate(convolutions, step, { pairs: 15, warmup: 3 });
  } finally {
    tf.dispose([images, kernel]);
    state.dispose();
  }
}
