import { z } from 'zod';

const positiveInteger = z.number().int().min(1);
const weight = z.number().min(0);

/**
 * Everything that decides what a VAE-GAN is and how it is trained, as plain data: it is stored beside the
 * weights and parsed when they are read. Defaults are those of the paper (VanRullen & Reddy 2019) where it
 * or its released code states them; where they do not, those of the course code that it credits (P. K. Mital,
 * *Creative Applications of Deep Learning*, session 5, `vaegan.py`).
 */
export const vaeGanConfigSchema = z
  .strictObject({
    /** Width and height in pixels: the sum of all strides (2 a layer) must divide it. Paper: 128. */
    imageSize: positiveInteger.default(128),
    /** Latent dimensions. Paper: 1024. */
    latentDim: positiveInteger.default(1024),
    /** The network's values for black and white. Paper: 0 and 1. With `tanh` output, -1 and 1. */
    pixelRange: z
      .tuple([z.number(), z.number()])
      .refine(([low, high]) => low < high, 'must be ascending')
      .readonly()
      .default([0, 1]),

    encoder: z
      .strictObject({
        /** One stride-2 convolution each, with ELU. */
        channels: z.array(positiveInteger).min(1).readonly().default([192, 256, 384, 512, 768]),
        kernelSize: positiveInteger.default(3),
        /** Normalises each convolution's output over the batch (released code); otherwise it gets a bias. */
        batchNorm: z.boolean().default(true),
        /** Units of the linear layer between the convolutions and mu; 0 for none. Paper: 1024. */
        dense: z.number().int().min(0).default(1024),
        /** `tanh` bounds mu by one, as in the released code; `linear` leaves it to the prior. */
        mu: z.enum(['tanh', 'linear']).default('tanh'),
        /** `logSigma = limit * tanh(dense)`. Released code: 0.5. */
        logSigmaLimit: z.number().positive().default(0.5),
      })
      .readonly()
      .prefault({}),

    /**
     * Subtracts the training faces' mean code from every code (and adds it again before decoding), so that
     * correlations between codes compare what sets faces apart. Released code: no.
     */
    centreCodes: z.boolean().default(false),

    generator: z
      .strictObject({
        /** Channels of the dense layer's small image. */
        baseChannels: positiveInteger.default(1024),
        /** One stride-2 transposed convolution each; the last makes the 3 colours. */
        channels: z.array(positiveInteger).min(1).readonly().default([512, 384, 256, 192, 3]),
        kernelSize: positiveInteger.default(3),
        /** As for the encoder, for all layers but a last one in tanh. */
        batchNorm: z.boolean().default(true),
        /** Non-linearity of the last layer. Released code: ELU, after batch normalisation like the others. */
        output: z.enum(['elu', 'tanh']).default('elu'),
      })
      .readonly()
      .prefault({}),

    /** Not published. As the course code: the encoder's filters, ELU, no batch normalisation, one logit. */
    discriminator: z
      .strictObject({
        channels: z.array(positiveInteger).min(1).readonly().default([192, 256, 384, 512, 768]),
        kernelSize: positiveInteger.default(3),
        /** Zero-based layers whose activations make up the learned similarity. Course code: from the 4th on. */
        similarityLayers: z.array(z.number().int().min(0)).min(1).readonly().default([3, 4]),
      })
      .readonly()
      .prefault({}),

    /** Released code: 1e-6. */
    batchNormEpsilon: z.number().positive().default(1e-6),
    /** Share of the old value in the moving averages; smaller in the first steps, `(1 + t) / (10 + t)`. */
    batchNormMomentum: z.number().min(0).lt(1).default(0.99),

    loss: z
      .strictObject({
        /** Encoder: weight of the KL divergence (nats an image). */
        kl: weight.default(1),
        /** Steps over which the KL weight grows linearly from zero; guards against a collapsed posterior. */
        klRampSteps: z.number().int().min(0).default(0),
        /** Encoder: weight of the learned similarity, half the sum of squares an image. */
        encoderSimilarity: weight.default(1),
        /** Generator: weight of the learned similarity (Larsen's gamma). Course code: 0.5. */
        generatorSimilarity: weight.default(0.5),
        /** Warm-up: weight of half the sum of squared pixel errors an image: 1 / variance of the pixel noise. */
        warmupPixel: weight.default(1),
        /** The same for encoder and generator in the adversarial phase. Course code: none. */
        adversarialPixel: weight.default(0),
        /** Generator: weight of the adversarial term. */
        adversarial: weight.default(1),
        /** Whether the discriminator also judges images made from random codes, beside reconstructions. */
        priorSamples: z.boolean().default(true),
        /**
         * `minimax`: the generator maximises the discriminator's loss on what it made (Larsen et al. 2016);
         * `nonSaturating`: it maximises `log D` instead, whose gradient does not vanish where D is sure
         * (Goodfellow et al. 2014). In the course code the sign of this term is turned round, so that its
         * generator helps the discriminator; here it opposes it.
         */
        generator: z.enum(['minimax', 'nonSaturating']).default('minimax'),
      })
      .readonly()
      .prefault({}),

    /** Skips the update of the side that is too far ahead, by the loss on real and on reconstructed faces. */
    gate: z
      .strictObject({
        enabled: z.boolean().default(true),
        /** Loss of a discriminator that cannot tell: ln 2. */
        equilibrium: z.number().positive().default(Math.LN2),
        margin: weight.default(0.4),
      })
      .readonly()
      .prefault({}),

    optimiser: z
      .strictObject({
        /** Adam. Course code: 1e-5. */
        learningRate: z.number().positive().default(1e-5),
        /** Learning rate of the warm-up. */
        warmupLearningRate: z.number().positive().default(1e-5),
        /** Learning rate of the discriminator. */
        discriminatorLearningRate: z.number().positive().default(1e-5),
        beta1: z.number().min(0).lt(1).default(0.9),
        beta2: z.number().min(0).lt(1).default(0.999),
        epsilon: z.number().positive().default(1e-8),
        /** What the factors of convolutions are rounded to while training; sums and weights stay float32. */
        precision: z.enum(['float32', 'bfloat16']).default('float32'),
      })
      .readonly()
      .prefault({}),

    schedule: z
      .strictObject({
        /** Faces a step. Course code: 64. */
        batchSize: positiveInteger.default(64),
        /** Steps of a plain VAE on pixels, without discriminator, before the adversarial phase. Paper: none. */
        warmupSteps: z.number().int().min(0).default(0),
        /** Steps with all three players. Paper: 15 epochs of 202,599 faces. */
        adversarialSteps: z.number().int().min(0).default(47_484),
        /** First steps of each phase over which its learning rate grows linearly. */
        rampSteps: z.number().int().min(0).default(0),
        /** Share of the learning rate left at the end of each phase, reached along a cosine; 1 for constant. */
        finalLearningRate: z.number().min(0).max(1).default(1),
        /** Mirrors each face left to right with probability one half. Released code: no. */
        horizontalFlips: z.boolean().default(false),
        /** Moves each face by up to this share of the width, across and down. Released code: no, as the next two. */
        shift: z.number().min(0).max(0.5).default(0),
        /** Enlarges or shrinks each face by up to this share. */
        zoom: z.number().min(0).max(0.5).default(0),
        /** Multiplies each colour by up to this share more or less, half of it alike for all three. */
        colour: z.number().min(0).max(0.9).default(0),
      })
      .readonly()
      .prefault({}),
  })
  .superRefine((config, context) => {
    const fault = (message: string, ...path: string[]) =>
      context.addIssue({ code: 'custom', message, path, input: config });
    for (const part of ['encoder', 'generator', 'discriminator'] as const) {
      if (config.imageSize % 2 ** config[part].channels.length !== 0) {
        fault(`halving ${config.imageSize} pixels once a layer must stay whole`, part, 'channels');
      }
    }
    if (config.generator.channels.at(-1) !== 3) fault('must end with 3', 'generator', 'channels');
    if (config.discriminator.similarityLayers.some((at) => at >= config.discriminator.channels.length)) {
      fault('names a layer that does not exist', 'discriminator', 'similarityLayers');
    }
    if (config.schedule.warmupSteps + config.schedule.adversarialSteps === 0) {
      fault('no step in either phase', 'schedule');
    }
  })
  .readonly();

export type VaeGanConfig = z.output<typeof vaeGanConfigSchema>;
/** What may be left out takes the paper's value. */
export type VaeGanConfigInput = z.input<typeof vaeGanConfigSchema>;

/** Steps of both phases together. */
export function totalSteps(config: VaeGanConfig): number {
  return config.schedule.warmupSteps + config.schedule.adversarialSteps;
}
