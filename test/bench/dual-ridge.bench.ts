import type { Benchmark } from './benchmark.ts';
import { measureDualRidge } from './dual-ridge.ts';

export const benchmark: Benchmark = {
  name: 'dual-ridge',
  description:
    'ridge regression of codes on patterns under 20 penalties, against its kernel at peak and scikit-learn',
  run: () =>
    measureDualRidge('dual-ridge', { trials: 2000, voxels: 25_000, latents: 256, held: 400, pairs: 3 }),
};
