import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { TensorFlow } from '../../engine/engine.ts';

/**
 * KL divergence of the posterior N(mu, sigma^2) from N(0, I), in nats an image (mean over the batch):
 * `-1/2 sum(1 + 2 logSigma - mu^2 - exp(2 logSigma))`, Kingma & Welling 2014, appendix B.
 * @param mu, logSigma `[batch, latentDim]`.
 */
export function klDivergence(tf: TensorFlow, mu: Tensor2D, logSigma: Tensor2D): Scalar {
  return tf.tidy(() => {
    const twice = tf.mul(logSigma, 2);
    const terms = tf.sub(tf.add(tf.square(mu), tf.exp(twice)), tf.add(twice, 1));
    return tf.mul(tf.sum(terms), 0.5 / mu.shape[0]) as Scalar;
  });
}

/** Half the sum of squared differences an image (mean over the batch), both `[batch, ...]`. */
export function halfSquaredError(tf: TensorFlow, a: Tensor, b: Tensor): Scalar {
  return tf.tidy(() => tf.mul(tf.sum(tf.square(tf.sub(a, b))), 0.5 / a.shape[0]) as Scalar);
}

/**
 * The learned similarity of Larsen et al. 2016: half the squared distance, an image, between what the
 * discriminator's layers make of the faces and of their reconstructions, summed over the layers.
 */
export function learnedSimilarity(
  tf: TensorFlow,
  faces: readonly Tensor[],
  reconstructions: readonly Tensor[],
): Scalar {
  return tf.tidy(() => {
    const terms = faces.map((features, at) => halfSquaredError(tf, reconstructions[at], features));
    return terms.reduce((sum, term) => tf.add(sum, term));
  });
}

/** `-mean(log D)` from logits: the discriminator's loss where the truth is "real". Stable at any logit. */
export function lossAsReal(tf: TensorFlow, logits: Tensor): Scalar {
  return tf.tidy(() => tf.mean(tf.softplus(tf.neg(logits))) as Scalar);
}

/** `-mean(log(1 - D))` from logits: the discriminator's loss where the truth is "made". Stable at any logit. */
export function lossAsMade(tf: TensorFlow, logits: Tensor): Scalar {
  return tf.tidy(() => tf.mean(tf.softplus(logits)) as Scalar);
}
