import type { Benchmark } from '../benchmark.ts';
import { measureDualRidge } from '../dual-ridge.ts';

export const benchmark: Benchmark = {
  name: 'dual-ridge-paper',
  description: 'the same with 8,000 trials, 100,000 voxels and 1024 targets',
  run: () =>
    measureDualRidge('dual-ridge-paper', {
      trials: 8000,
      voxels: 100_000,
      latents: 1024,
      held: 1600,
      pairs: 1,
    }),
};
