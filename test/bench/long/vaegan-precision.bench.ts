import { vaeGanPresets } from '../../../src/main/generative/vaegan/presets.ts';
import type { Benchmark } from '../benchmark.ts';
import { compareSteps, type Match } from '../peers/compare.ts';

const match = (preset: string): Match => ({
  name: `vaegan-precision ${preset}`,
  ours: 'native-bfloat16',
  theirs: 'native',
  // What a gain of 1.3 is worth.
  target: { atMost: 1 / 1.3 },
});
const { paper, small } = vaeGanPresets;

export const benchmark: Benchmark = {
  name: 'vaegan-precision',
  description: 'an adversarial training step with convolutions in bfloat16 against float32, native engine',
  run: async () => [
    ...(await compareSteps(
      'paper',
      { ...paper, schedule: { ...paper.schedule, batchSize: 16 } },
      [match('paper')],
      7,
    )),
    ...(await compareSteps(
      'small',
      { ...small, schedule: { ...small.schedule, batchSize: 32 } },
      [match('small')],
      15,
    )),
  ],
};
