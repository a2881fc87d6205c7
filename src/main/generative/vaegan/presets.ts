import { type VaeGanConfig, vaeGanConfigSchema } from './config.ts';

/**
 * What a network of a few thousand steps needs, unlike the paper's of fifty thousand:
 * - a warm-up on pixels, whose steps cost less than half of an adversarial one;
 * - no batch normalisation: it blows the posterior's noise up to full contrast from the first step on, and the
 *   encoder answers with codes of 200 nats that it takes thousands of steps to give up again;
 * - a pixel weight of 12 (noise of 0.29 in -1..1) against the KL divergence: all latents stay in use. With 5 or
 *   8 pictures are softer, with 20 they are sharper and codes a little harder to decode;
 * - centred codes, so that a correlation between two faces' codes tells them apart;
 * - a wider gate: with two made images for each face, a discriminator that cannot tell loses ln 3 on faces and
 *   ln 1.5 on the others, at the rim of the usual gate.
 */
const short = {
  pixelRange: [-1, 1],
  centreCodes: true,
  loss: {
    encoderSimilarity: 2,
    generatorSimilarity: 2,
    warmupPixel: 12,
    adversarialPixel: 9,
    adversarial: 30,
    generator: 'nonSaturating',
  },
  gate: { margin: 0.6 },
  optimiser: {
    warmupLearningRate: 3e-3,
    learningRate: 1e-3,
    discriminatorLearningRate: 5e-4,
    beta2: 0.99,
  },
} as const;

const encoder = { kernelSize: 3, batchNorm: false, dense: 0, mu: 'linear', logSigmaLimit: 3 } as const;
/** A multiple of the stride: every output pixel is reached by equally many kernel elements. */
const generator = { kernelSize: 4, batchNorm: false, output: 'tanh' } as const;

const small = {
  ...short,
  imageSize: 64,
  latentDim: 128,
  encoder: { ...encoder, channels: [32, 64, 128, 256] },
  generator: { ...generator, baseChannels: 256, channels: [128, 64, 32, 3] },
  discriminator: { kernelSize: 3, channels: [32, 64, 128, 256], similarityLayers: [1, 2] },
  // Four times the pixels: less weight on each for the same balance. The encoder hears little of the discriminator,
  // whose features grow while it learns and would draw ever more nats into the codes.
  loss: { ...short.loss, warmupPixel: 6, adversarialPixel: 5, encoderSimilarity: 0.5 },
  optimiser: {
    ...short.optimiser,
    warmupLearningRate: 2e-3,
    learningRate: 5e-4,
    discriminatorLearningRate: 3e-4,
  },
  schedule: {
    batchSize: 16,
    warmupSteps: 4000,
    adversarialSteps: 1500,
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
 * `paper` is the published network (128 x 128, 1024 latents): the defaults of the schema. `small` is for a
 * workstation's graphics card or native libraries; its values are carried over from `tiny`, not tuned. `tiny`
 * was tuned to train on a few thousand faces within a minute and a half on two idle cores with WebAssembly.
 */
export const vaeGanPresets = {
  paper: vaeGanConfigSchema.parse({}),
  small: vaeGanConfigSchema.parse(small),
  tiny: vaeGanConfigSchema.parse(tiny),
} as const satisfies Record<string, VaeGanConfig>;
