import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Engine } from '../engine/engine.ts';
import { distractorsBeaten } from './correlations.ts';

/**
 * Two-way identification in a network's features: for each reconstruction, the fraction of the other originals whose
 * features correlate with its own (Pearson, float32 on the engine) less than the true original's; ties count one half.
 * 1 for a reconstruction that is told from all others (it is identified n-way), chance 0.5.
 *
 * @param originals `[nFaces, nFeatures]` @param reconstructions the same, in the same order.
 * @returns `[nFaces]`
 * @throws RangeError when the shapes do not fit or there are fewer than two faces.
 */
export async function identifyByFeatures(
  { tf }: Engine,
  originals: Float32Array,
  reconstructions: Float32Array,
  nFeatures: number,
): Promise<Float64Array> {
  const nFaces = originals.length / nFeatures;
  if (originals.length !== reconstructions.length || !Number.isInteger(nFaces) || nFaces < 2) {
    throw new RangeError(
      `${originals.length} and ${reconstructions.length} values are no equal numbers of rows of ${nFeatures}, at least two`,
    );
  }
  const product = tf.tidy(() => {
    const standardise = (values: Float32Array): Tensor2D => {
      const rows = tf.tensor2d(values.slice(), [nFaces, nFeatures]);
      const centred = tf.sub(rows, tf.mean(rows, 1, true));
      return tf.div(centred, tf.sqrt(tf.sum(tf.square(centred), 1, true)));
    };
    return tf.matMul(standardise(reconstructions), standardise(originals), false, true);
  });
  try {
    const correlations = Float64Array.from(await product.data<'float32'>());
    return Float64Array.from({ length: nFaces }, (_, face) => {
      const row = correlations.subarray(face * nFaces, (face + 1) * nFaces);
      return distractorsBeaten(row, face) / (nFaces - 1);
    });
  } finally {
    product.dispose();
  }
}
