import { type ImageSet, imageSetOf } from '../../src/main/generative/image-set.ts';
import {
  type VaeGanConfig,
  type VaeGanConfigInput,
  vaeGanConfigSchema,
} from '../../src/main/generative/vaegan/config.ts';
import { Random } from '../../src/main/math/random.ts';
import type { WorkContext } from '../../src/shared/progress.ts';

/** Images in memory with all their bytes, `[count, size, size, 3]`. */
export interface ToyFaces extends ImageSet {
  readonly pixels: Uint8Array;
}

/** Discs of random place, size and colour on random ground: a world of eight parameters. */
export function toyFaces(count: number, size = 16, seed = 'toy faces'): ToyFaces {
  const random = new Random(seed);
  const pixels = new Uint8Array(count * size * size * 3);
  for (let face = 0; face < count; face++) {
    const [x, y, radius] = [5 + 6 * random.uniform(), 5 + 6 * random.uniform(), 2 + 3 * random.uniform()];
    const colours = Array.from({ length: 6 }, () => 30 + random.integer(200));
    for (let pixel = 0; pixel < size * size; pixel++) {
      const distance = Math.hypot((pixel % size) - x, Math.floor(pixel / size) - y);
      const inside = Math.min(1, Math.max(0, radius - distance + 0.5));
      for (let c = 0; c < 3; c++) {
        pixels[(face * size * size + pixel) * 3 + c] = colours[c] * inside + colours[3 + c] * (1 - inside);
      }
    }
  }
  return { ...imageSetOf(pixels, size), pixels };
}

/** A network of 16 x 16 pixels that takes a few milliseconds a step. */
export function toyConfig(changes: VaeGanConfigInput = {}): VaeGanConfig {
  return vaeGanConfigSchema.parse({
    imageSize: 16,
    latentDim: 6,
    pixelRange: [-1, 1],
    encoder: { channels: [6, 8], dense: 0, mu: 'linear', logSigmaLimit: 3 },
    generator: { baseChannels: 8, channels: [6, 3], output: 'tanh' },
    discriminator: { channels: [4, 6], similarityLayers: [0, 1] },
    loss: { warmupPixel: 5, adversarialPixel: 2, generator: 'nonSaturating' },
    optimiser: { learningRate: 1e-3, warmupLearningRate: 3e-3, discriminatorLearningRate: 1e-3 },
    schedule: { batchSize: 8, warmupSteps: 4, adversarialSteps: 4, horizontalFlips: true },
    ...changes,
  });
}

export function quietContext(signal: AbortSignal = new AbortController().signal): WorkContext {
  return { report: () => undefined, signal };
}
