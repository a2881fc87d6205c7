import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Engine, TensorFlow } from '../../engine/engine.ts';
import { bottomSize, generatorLayerIsNormalised } from './architecture.ts';
import type { VaeGanConfig } from './config.ts';

/** The arrays of a network by name, as `architecture.ts` defines them. */
export type Weights = Readonly<Record<string, Tensor>>;

/** Batch normalisation of the output of a layer, by the batch (training) or by moving averages (inference). */
export type Normalise = (x: Tensor4D, layer: string) => Tensor4D;

/** Mean and biased variance of a batch, `[channels]` each. */
export type Moments = { readonly mean: Tensor1D; readonly variance: Tensor1D };

/** Normalises by the batch itself and leaves the batch's moments in `moments`, by layer. */
export function normaliseByBatch(
  engine: Engine,
  config: VaeGanConfig,
  weights: Weights,
  moments: Record<string, Moments>,
): Normalise {
  return (x, layer) => {
    const { y, mean, variance } = engine.batchNorm(
      x,
      weights[`${layer}/bn/gamma`] as Tensor1D,
      weights[`${layer}/bn/beta`] as Tensor1D,
      config.batchNormEpsilon,
    );
    moments[layer] = { mean, variance };
    return y as Tensor4D;
  };
}

/** Normalises by the moving averages frozen at training: no image sees the others. */
export function normaliseByMovingAverages(tf: TensorFlow, config: VaeGanConfig, weights: Weights): Normalise {
  return (x, layer) => {
    const deviation = tf.sqrt(tf.add(weights[`${layer}/bn/variance`], config.batchNormEpsilon));
    const scale = tf.div(weights[`${layer}/bn/gamma`], deviation);
    const shift = tf.sub(weights[`${layer}/bn/beta`], tf.mul(weights[`${layer}/bn/mean`], scale));
    return tf.add(tf.mul(x, scale), shift);
  };
}

/**
 * Convolutions of the encoder and the layer before the code.
 * @param images `[batch, S, S, 3]` in the network's pixel range.
 */
function encoderTrunk(
  tf: TensorFlow,
  { encoder }: VaeGanConfig,
  weights: Weights,
  normalise: Normalise,
  images: Tensor4D,
): Tensor2D {
  let h = images;
  encoder.channels.forEach((_, at) => {
    const layer = `encoder/layer${at + 1}`;
    h = tf.conv2d(h, weights[`${layer}/conv2d/W`] as Tensor4D, 2, 'same');
    h = tf.elu(encoder.batchNorm ? normalise(h, layer) : tf.add(h, weights[`${layer}/conv2d/b`]));
  });
  const flat = flatten(tf, h);
  return encoder.dense > 0 ? linear(tf, weights, 'encoder/fc', flat) : flat;
}

function muOf(tf: TensorFlow, { encoder }: VaeGanConfig, weights: Weights, h: Tensor2D): Tensor2D {
  const raw = linear(tf, weights, 'encoder/variational/mu', h);
  return encoder.mu === 'tanh' ? tf.tanh(raw) : raw;
}

/** Mean and log standard deviation of the posterior, `[batch, latentDim]` each. */
export function encodePosterior(
  tf: TensorFlow,
  config: VaeGanConfig,
  weights: Weights,
  normalise: Normalise,
  images: Tensor4D,
): { mu: Tensor2D; logSigma: Tensor2D } {
  const h = encoderTrunk(tf, config, weights, normalise, images);
  const raw = linear(tf, weights, 'encoder/variational/log_sigma', h);
  return {
    mu: muOf(tf, config, weights, h),
    logSigma: tf.mul(tf.tanh(raw), config.encoder.logSigmaLimit),
  };
}

/** The code of an image: the mean of its posterior, `[batch, latentDim]`. */
export function encodeMean(
  tf: TensorFlow,
  config: VaeGanConfig,
  weights: Weights,
  normalise: Normalise,
  images: Tensor4D,
): Tensor2D {
  return muOf(tf, config, weights, encoderTrunk(tf, config, weights, normalise, images));
}

/**
 * @param latents `[batch, latentDim]`.
 * @returns images `[batch, S, S, 3]` in the network's pixel range; with ELU not bounded by it.
 */
export function generate(
  tf: TensorFlow,
  config: VaeGanConfig,
  weights: Weights,
  normalise: Normalise,
  latents: Tensor2D,
): Tensor4D {
  const { channels, baseChannels, output } = config.generator;
  let size = bottomSize(config.imageSize, channels.length);
  const small = tf.elu(linear(tf, weights, 'generator/fc', latents));
  let h: Tensor4D = tf.reshape(small, [latents.shape[0], size, size, baseChannels]);
  channels.forEach((out, at) => {
    const layer = `generator/layer${at + 1}`;
    size *= 2;
    const kernel = weights[`${layer}/deconv2d/W`] as Tensor4D;
    h = tf.conv2dTranspose(h, kernel, [h.shape[0], size, size, out], 2, 'same');
    h = generatorLayerIsNormalised(config, at)
      ? normalise(h, layer)
      : tf.add(h, weights[`${layer}/deconv2d/b`]);
    h = at === channels.length - 1 && output === 'tanh' ? tf.tanh(h) : tf.elu(h);
  });
  return h;
}

/** Logits that an image is a real face `[batch, 1]`, and the activations of each layer. */
export interface Discrimination {
  readonly logits: Tensor2D;
  readonly features: readonly Tensor4D[];
}

export function discriminate(
  tf: TensorFlow,
  { discriminator }: VaeGanConfig,
  weights: Weights,
  images: Tensor4D,
): Discrimination {
  const features: Tensor4D[] = [];
  let h = images;
  discriminator.channels.forEach((_, at) => {
    const layer = `discriminator/layer${at + 1}/conv2d`;
    h = tf.conv2d(h, weights[`${layer}/W`] as Tensor4D, 2, 'same');
    h = tf.elu(tf.add(h, weights[`${layer}/b`]));
    features.push(h);
  });
  return { logits: linear(tf, weights, 'discriminator/logit', flatten(tf, h)), features };
}

function linear(tf: TensorFlow, weights: Weights, name: string, x: Tensor2D): Tensor2D {
  return tf.add(tf.matMul(x, weights[`${name}/W`] as Tensor2D), weights[`${name}/b`]);
}

function flatten(tf: TensorFlow, x: Tensor4D): Tensor2D {
  const [batch, height, width, channels] = x.shape;
  return tf.reshape(x, [batch, height * width * channels]);
}
