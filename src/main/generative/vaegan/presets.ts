import { type VaeGanConfig, vaeGanConfigSchema } from './config.ts';

const scaled = {
  pixelRange: [-1, 1],
  loss: {
    kl: 1,
    encoderSimilarity: 1,
    generatorSimilarity: 1,
    warmupPixel: 40,
    adversarialPixel: 20,
    adversarial: 1,
    generator: 'nonSaturating',
  },
} as const;

const small = {
  ...scaled,
  imageSize: 64,
  latentDim: 128,
  encoder: { channels: [32, 64, 128, 256], kernelSize: 4, dense: 0, mu: 'linear', logSigmaLimit: 3 },
  generator: { baseChannels: 256, channels: [128, 64, 32, 3], kernelSize: 4, output: 'tanh' },
  discriminator: { channels: [32, 64, 128, 256], kernelSize: 4, similarityLayers: [2] },
  optimiser: { learningRate: 3e-4, warmupLearningRate: 1e-3, discriminatorLearningRate: 3e-4 },
  schedule: { batchSize: 64, warmupSteps: 2000, adversarialSteps: 4000, rampSteps: 50, finalLearningRate: 0.05 },
} as const;

const tiny = {
  ...scaled,
  imageSize: 32,
  latentDim: 64,
  encoder: { channels: [24, 48, 96], kernelSize: 4, dense: 0, mu: 'linear', logSigmaLimit: 3 },
  generator: { baseChannels: 96, channels: [48, 24, 3], kernelSize: 4, output: 'tanh' },
  discriminator: { channels: [16, 32, 64], kernelSize: 4, similarityLayers: [1] },
  optimiser: { learningRate: 5e-4, warmupLearningRate: 2e-3, discriminatorLearningRate: 5e-4 },
  schedule: { batchSize: 32, warmupSteps: 800, adversarialSteps: 300, rampSteps: 30, finalLearningRate: 0.05 },
} as const;

/**
 * Settings that were tried. `paper` is the published network (128 x 128, 1024 latents), whose schema
 * defaults these are; `small` suits a workstation's graphics card or native libraries; `tiny` trains within
 * a minute and a half on two cores with WebAssembly.
 */
export const vaeGanPresets = {
  paper: vaeGanConfigSchema.parse({}),
  small: vaeGanConfigSchema.parse(small),
  tiny: vaeGanConfigSchema.parse(tiny),
} as const satisfies Record<string, VaeGanConfig>;
