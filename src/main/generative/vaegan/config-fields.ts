/** What each value of a configuration means, and where its default (the preset `paper`) is from. */
export interface ConfigField {
  /** As `--set` takes it. */
  readonly path: string;
  readonly meaning: string;
  readonly source: Source;
}

const sources = {
  paper: 'VanRullen & Reddy 2019',
  code: 'its released code',
  course: 'course code that it credits (Mital, CADL session 5)',
  adam: 'Kingma & Ba 2015',
  own: 'not published; chosen here',
} as const;
export type Source = (typeof sources)[keyof typeof sources];

const field = (path: string, source: keyof typeof sources, meaning: string): ConfigField => ({
  path,
  meaning,
  source: sources[source],
});

export const configFields: readonly ConfigField[] = [
  field('imageSize', 'paper', 'width and height in pixels; the strides (2 a layer) must divide it'),
  field('latentDim', 'paper', 'latent dimensions'),
  field('pixelRange', 'code', "the network's values for black and white"),
  field('encoder.channels', 'code', 'one stride-2 convolution each, with ELU'),
  field('encoder.kernelSize', 'code', 'width of the kernels'),
  field('encoder.batchNorm', 'code', 'batch normalisation after each convolution; without it, a bias'),
  field('encoder.dense', 'code', 'units of the linear layer before the codes; 0 for none'),
  field('encoder.mu', 'code', '`tanh` bounds the codes by one, `linear` leaves them to the prior'),
  field('encoder.logSigmaLimit', 'code', '`logSigma = limit * tanh(dense)`'),
  field('centreCodes', 'code', "subtract the training faces' mean code from every code"),
  field('generator.baseChannels', 'code', "channels of the dense layer's small image"),
  field('generator.channels', 'code', 'one stride-2 transposed convolution each; the last makes the colours'),
  field('generator.kernelSize', 'code', 'width of the kernels'),
  field('generator.batchNorm', 'code', 'as for the encoder, for all layers but a last one in tanh'),
  field('generator.output', 'code', 'non-linearity of the last layer: `elu` or `tanh`'),
  field('discriminator.channels', 'course', 'one stride-2 convolution each, with ELU'),
  field('discriminator.kernelSize', 'course', 'width of the kernels'),
  field(
    'discriminator.similarityLayers',
    'course',
    'layers whose activations make the learned similarity, from 0',
  ),
  field('batchNormEpsilon', 'code', 'added to the variance'),
  field('batchNormMomentum', 'own', 'share of the old value in the moving averages'),
  field('loss.kl', 'course', 'encoder: weight of the KL divergence, nats an image'),
  field(
    'loss.klRampSteps',
    'own',
    'steps over which that weight grows from zero; against posterior collapse',
  ),
  field('loss.encoderSimilarity', 'course', 'encoder: weight of the learned similarity'),
  field('loss.generatorSimilarity', 'course', "generator: weight of the learned similarity (Larsen's gamma)"),
  field('loss.warmupPixel', 'own', 'warm-up: weight of half the sum of squared pixel errors'),
  field('loss.adversarialPixel', 'course', 'the same in the adversarial phase'),
  field('loss.adversarial', 'course', 'generator: weight of the adversarial term'),
  field('loss.priorSamples', 'course', 'whether the discriminator also judges images of random codes'),
  field(
    'loss.generator',
    'own',
    '`minimax` (Larsen et al. 2016) or `nonSaturating` (Goodfellow et al. 2014)',
  ),
  field('gate.enabled', 'course', 'skip the update of the player that is too far ahead'),
  field('gate.equilibrium', 'course', 'loss of a discriminator that cannot tell: ln 2'),
  field('gate.margin', 'course', 'distance from it at which a player pauses'),
  field('optimiser.learningRate', 'course', 'Adam, encoder and generator, adversarial phase'),
  field('optimiser.warmupLearningRate', 'own', 'the same in the warm-up'),
  field('optimiser.discriminatorLearningRate', 'course', 'of the discriminator'),
  field('optimiser.beta1', 'adam', 'decay of the first moment'),
  field('optimiser.beta2', 'adam', 'decay of the second moment'),
  field('optimiser.epsilon', 'adam', 'added to the square root of the second moment'),
  field('optimiser.precision', 'own', 'factors of convolutions while training: `float32` or `bfloat16`'),
  field('schedule.batchSize', 'paper', 'faces a step'),
  field('schedule.warmupSteps', 'paper', 'steps of a plain VAE on pixels, before the adversarial phase'),
  field('schedule.adversarialSteps', 'paper', 'steps with all three players: 15 epochs of 202,599 faces'),
  field('schedule.rampSteps', 'own', 'first steps of each phase over which the learning rate grows'),
  field('schedule.finalLearningRate', 'own', 'share of it left at the end of each phase, along a cosine'),
  field('schedule.horizontalFlips', 'code', 'mirror each face with probability one half'),
  field('schedule.shift', 'code', 'move each face by up to this share of the width'),
  field('schedule.zoom', 'code', 'enlarge or shrink each face by up to this share'),
  field('schedule.colour', 'code', 'multiply each colour by up to this share more or less'),
];

/** The values of a configuration by path: `loss.kl` and the like. Lists are values. */
export function configLeaves(config: object, above = ''): [path: string, value: unknown][] {
  return Object.entries(config).flatMap(([name, value]): [string, unknown][] =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? configLeaves(value, `${above}${name}.`)
      : [[`${above}${name}`, value]],
  );
}
