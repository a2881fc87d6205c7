import type { VaeGanConfig } from './config.ts';

/** The three networks that are trained against each other. */
export const players = ['encoder', 'generator', 'discriminator'] as const;
export type Player = (typeof players)[number];

/** How an array starts: normal with variance `gain / fanIn`, or one value throughout. */
type Start =
  | { readonly kind: 'normal'; readonly gain: number; readonly fanIn: number }
  | { readonly kind: 'fill'; readonly value: number };

export interface ParameterDefinition {
  /** As in the released TensorFlow checkpoint where that has it, such as `encoder/layer1/conv2d/W`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly start: Start;
}

/** Everything that a player is made of, in a fixed order. */
export interface PlayerDefinition {
  readonly trainable: readonly ParameterDefinition[];
  /** Moving mean and variance of each batch normalisation: `<layer>/bn/mean`, `<layer>/bn/variance`. */
  readonly moving: readonly ParameterDefinition[];
}

const stride = 2;

/** Width of the small image at the bottom of a chain of stride-2 layers. */
export function bottomSize(imageSize: number, layers: number): number {
  return imageSize / stride ** layers;
}

export function playerDefinition(config: VaeGanConfig, player: Player): PlayerDefinition {
  if (player === 'encoder') return encoderDefinition(config);
  if (player === 'generator') return generatorDefinition(config);
  return discriminatorDefinition(config);
}

/** Tanh bounds the last layer of the generator, so that layer is not normalised. */
export function generatorLayerIsNormalised({ generator }: VaeGanConfig, layer: number): boolean {
  const isLast = layer === generator.channels.length - 1;
  return generator.batchNorm && !(isLast && generator.output === 'tanh');
}

function encoderDefinition({ imageSize, latentDim, encoder }: VaeGanConfig): PlayerDefinition {
  const trainable: ParameterDefinition[] = [];
  const moving: ParameterDefinition[] = [];
  let channels = 3;
  encoder.channels.forEach((out, at) => {
    const layer = `encoder/layer${at + 1}`;
    trainable.push(convolution(`${layer}/conv2d`, encoder.kernelSize, channels, out));
    if (encoder.batchNorm) {
      trainable.push(...scaleAndOffset(layer, out));
      moving.push(...movingAverages(layer, out));
    } else {
      trainable.push(bias(`${layer}/conv2d`, out));
    }
    channels = out;
  });
  let width = channels * bottomSize(imageSize, encoder.channels.length) ** 2;
  if (encoder.dense > 0) {
    trainable.push(...dense('encoder/fc', width, encoder.dense));
    width = encoder.dense;
  }
  trainable.push(
    ...dense('encoder/variational/mu', width, latentDim),
    // All posteriors start as wide as the prior: an exponential of random numbers would swamp the rest.
    ...dense('encoder/variational/log_sigma', width, latentDim, 1e-4),
  );
  return { trainable, moving };
}

function generatorDefinition(config: VaeGanConfig): PlayerDefinition {
  const { imageSize, latentDim, generator } = config;
  const bottom = bottomSize(imageSize, generator.channels.length);
  const trainable = [...dense('generator/fc', latentDim, bottom * bottom * generator.baseChannels)];
  const moving: ParameterDefinition[] = [];
  let channels = generator.baseChannels;
  generator.channels.forEach((out, at) => {
    const layer = `generator/layer${at + 1}`;
    trainable.push(transposedConvolution(`${layer}/deconv2d`, generator.kernelSize, channels, out));
    if (generatorLayerIsNormalised(config, at)) {
      trainable.push(...scaleAndOffset(layer, out));
      moving.push(...movingAverages(layer, out));
    } else {
      trainable.push(bias(`${layer}/deconv2d`, out));
    }
    channels = out;
  });
  return { trainable, moving };
}

function discriminatorDefinition({ imageSize, discriminator }: VaeGanConfig): PlayerDefinition {
  const trainable: ParameterDefinition[] = [];
  let channels = 3;
  discriminator.channels.forEach((out, at) => {
    const layer = `discriminator/layer${at + 1}/conv2d`;
    trainable.push(convolution(layer, discriminator.kernelSize, channels, out), bias(layer, out));
    channels = out;
  });
  const width = channels * bottomSize(imageSize, discriminator.channels.length) ** 2;
  return { trainable: [...trainable, ...dense('discriminator/logit', width, 1)], moving: [] };
}

function convolution(
  name: string,
  kernel: number,
  channelsIn: number,
  channelsOut: number,
): ParameterDefinition {
  // No bias where a batch normalisation follows: it would subtract it again.
  return {
    name: `${name}/W`,
    shape: [kernel, kernel, channelsIn, channelsOut],
    start: { kind: 'normal', gain: 2, fanIn: kernel * kernel * channelsIn },
  };
}

function transposedConvolution(
  name: string,
  kernel: number,
  channelsIn: number,
  channelsOut: number,
): ParameterDefinition {
  return {
    name: `${name}/W`,
    shape: [kernel, kernel, channelsOut, channelsIn],
    // Every output pixel is reached by one kernel element in stride^2.
    start: { kind: 'normal', gain: 2, fanIn: (kernel * kernel * channelsIn) / stride ** 2 },
  };
}

function dense(name: string, channelsIn: number, channelsOut: number, gain = 1): ParameterDefinition[] {
  return [
    {
      name: `${name}/W`,
      shape: [channelsIn, channelsOut],
      start: { kind: 'normal', gain, fanIn: channelsIn },
    },
    bias(name, channelsOut),
  ];
}

function bias(name: string, channels: number): ParameterDefinition {
  return { name: `${name}/b`, shape: [channels], start: { kind: 'fill', value: 0 } };
}

function scaleAndOffset(layer: string, channels: number): ParameterDefinition[] {
  return [
    { name: `${layer}/bn/gamma`, shape: [channels], start: { kind: 'fill', value: 1 } },
    { name: `${layer}/bn/beta`, shape: [channels], start: { kind: 'fill', value: 0 } },
  ];
}

function movingAverages(layer: string, channels: number): ParameterDefinition[] {
  return [
    { name: `${layer}/bn/mean`, shape: [channels], start: { kind: 'fill', value: 0 } },
    { name: `${layer}/bn/variance`, shape: [channels], start: { kind: 'fill', value: 1 } },
  ];
}
