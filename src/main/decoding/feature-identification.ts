import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Engine } from '../engine/engine.ts';
import { pairwiseShare, standingsOf } from './standings.ts';

/** Below this length centred features of an image are rounding: it has no direction, and correlates with nothing. */
const leastLength = 1e-12;

/**
 * Pearson's correlation of the features of every reconstruction with those of every original, in float32 on the engine.
 * Features of one value throughout correlate with nothing: 0.
 *
 * @param originals `[nFaces, nFeatures]` @param reconstructions the same, in the same order.
 * @returns `[nFaces, nFaces]`, a row a reconstruction
 * @throws RangeError when the shapes do not fit or there is no face.
 */
export async function featureCorrelations(
  { tf }: Engine,
  originals: Float32Array,
  reconstructions: Float32Array,
  nFeatures: number,
): Promise<Float64Array> {
  const nFaces = originals.length / nFeatures;
  if (originals.length !== reconstructions.length || !Number.isInteger(nFaces) || nFaces < 1) {
    throw new RangeError(
      `${originals.length} and ${reconstructions.length} values are no equal numbers of rows of ${nFeatures}`,
    );
  }
  const product = tf.tidy(() => {
    const standardise = (values: Float32Array): Tensor2D => {
      const rows = tf.tensor2d(values.slice(), [nFaces, nFeatures]);
      const centred = tf.sub(rows, tf.mean(rows, 1, true));
      const length = tf.sqrt(tf.sum(tf.square(centred), 1, true));
      return tf.div(centred, tf.maximum(length, leastLength));
    };
    return tf.matMul(standardise(reconstructions), standardise(originals), false, true);
  });
  try {
    return Float64Array.from(await product.data<'float32'>());
  } finally {
    product.dispose();
  }
}

/**
 * Two-way identification in a network's features: for each reconstruction, the fraction of the other originals whose
 * features correlate with its own less than the true original's; ties count one half. 1 for a reconstruction that is told from all
 * others (it is identified n-way), chance 0.5.
 *
 * @param originals `[nFaces, nFeatures]` @param reconstructions the same, in the same order.
 * @returns `[nFaces]`
 * @throws RangeError when the shapes do not fit or there are fewer than two faces.
 */
export async function identifyByFeatures(
  engine: Engine,
  originals: Float32Array,
  reconstructions: Float32Array,
  nFeatures: number,
): Promise<Float64Array> {
  const correlations = await featureCorrelations(engine, originals, reconstructions, nFeatures);
  const n = originals.length / nFeatures;
  const { kinds, kindOf } = standingsOf(correlations, n);
  return Float64Array.from({ length: n }, (_, face) => pairwiseShare(kinds[kindOf[face * n + face]], n));
}
