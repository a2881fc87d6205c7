import { type VaeGanConfig, vaeGanConfigSchema } from './config.ts';

/**
 * What a network of a few thousand steps needs, unlike the paper's of fifty thousand:
 * - a warm-up on pixels, because a discriminator that starts with the rest teaches little at first;
 * - no batch normalisation: it blows the posterior's noise up to full contrast from the first step on, and the
 *   encoder answers with codes of 200 nats that it takes thousands of steps to give up again;
 * - a pixel weight of 8 (noise of 0.35 in -1..1) against the KL divergence: about 65 nats, most latents in use;
 * - centred codes, so that a correlation between two faces' codes tells them apart (without it the simulated
 *   decoding is worse by 5 to 15 points).
 */
const short = {
  pixelRange: [-1, 1],
  centreCodes: true,
  loss: {
    encoderSimilarity: 2,
    generatorSimilarity: 2,
    warmupPixel: 8,
    adversarialPixel: 5,
    adversarial: 20,
    generator: 'nonSaturating',
  },
  optimiser: {
    warmupLearningRate: 3e-3,
    learningRate: 1e-3,
    discriminatorLearningRate: 5e-4,
    beta2: 0.99,
  },
} as const;

const encoder = { kernelSize: 3, batchNorm: false, dense: 0, mu: 'linear', logSigmaLimit: 3 } as const;
/** A kernel that the stride divides leaves no chequered pattern. */
const generator = { kernelSize: 4, batchNorm: false, output: 'tanh' } as const;

const small = {
  ...short,
  imageSize: 64,
  latentDim: 128,
  encoder: { ...encoder, channels: [32, 64, 128, 256] },
  generator: { ...generator, baseChannels: 256, channels: [128, 64, 32, 3] },
  discriminator: { kernelSize: 3, channels: [32, 64, 128, 256], similarityLayers: [1, 2] },
  optimiser: { ...short.optimiser, warmupLearningRate: 2e-3 },
  schedule: {
    batchSize: 32,
    warmupSteps: 4000,
    adversarialSteps: 4000,
    rampSteps: 100,
    finalLearningRate: 0.05,
  },
} as const;

const tiny = {
  ...short,
  imageSize: 32,
  latentDim: 64,
  encoder: { ...encoder, channels: [16, 32, 64] },
  generator: { ...generator, baseChannels: 64, channels: [32, 16, 3] },
  discriminator: { kernelSize: 3, channels: [16, 32, 64], similarityLayers: [1] },
  schedule: {
    batchSize: 16,
    warmupSteps: 2200,
    adversarialSteps: 400,
    rampSteps: 30,
    finalLearningRate: 0.05,
  },
} as const;

/**
 * Settings that were tried. `paper` is the published network (128 x 128, 1024 latents): the defaults of the
 * schema. `small` is for a workstation's graphics card or native libraries. `tiny` trains on a few thousand
 * faces within a minute and a half on two cores with WebAssembly.
 */
export const vaeGanPresets = {
  paper: vaeGanConfigSchema.parse({}),
  small: vaeGanConfigSchema.parse(small),
  tiny: vaeGanConfigSchema.parse(tiny),
} as const satisfies Record<string, VaeGanConfig>;
