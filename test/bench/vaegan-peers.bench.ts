import { vaeGanPresets } from '../../src/main/generative/vaegan/presets.ts';
import type { Benchmark } from './benchmark.ts';
import { compareSteps } from './peers/compare.ts';

const { small } = vaeGanPresets;
const batchSize = 32;

export const benchmark: Benchmark = {
  name: 'vaegan-peers',
  description:
    'an adversarial training step of preset small, against PyTorch, TensorFlow and between engines',
  run: () =>
    compareSteps(
      'small',
      { ...small, schedule: { ...small.schedule, batchSize } },
      [
        { name: 'vaegan-peers torch', ours: 'native', theirs: 'torch', target: { atMost: 0.85 } },
        { name: 'vaegan-peers tf.function', ours: 'native', theirs: 'tf', target: { atMost: 1.1 } },
        { name: 'vaegan-peers wasm : native', ours: 'wasm', theirs: 'native', target: { atMost: 6 } },
      ],
      15,
    ),
};
