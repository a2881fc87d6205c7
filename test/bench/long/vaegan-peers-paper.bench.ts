import { vaeGanPresets } from '../../../src/main/generative/vaegan/presets.ts';
import type { Benchmark } from '../benchmark.ts';
import { compareSteps } from '../peers/compare.ts';

/** A quarter of the preset's: a step takes seconds. */
const batchSize = 16;

const { paper } = vaeGanPresets;

export const benchmark: Benchmark = {
  name: 'vaegan-peers-paper',
  description: 'an adversarial training step of the published network, against PyTorch and TensorFlow',
  run: () =>
    compareSteps(
      'paper',
      { ...paper, schedule: { ...paper.schedule, batchSize } },
      [
        { name: 'vaegan-peers-paper torch', ours: 'native', theirs: 'torch', target: { atMost: 0.75 } },
        { name: 'vaegan-peers-paper tf.function', ours: 'native', theirs: 'tf', target: { atMost: 1 } },
      ],
      7,
    ),
};
