import type { Tensor } from '@tensorflow/tfjs-core';
import { FusiformError } from '../../../shared/errors.ts';
import type { Engine } from '../../engine/engine.ts';
import type { NamedArrays, NdArray } from '../../math/nd-array.ts';
import { chunks, countLatents, imagesAtOnce, lookUp } from '../chunks.ts';
import { countImages } from '../image-set.ts';
import type { LatentModel } from '../latent-model.ts';

/** Of white. */
const shares = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

/**
 * Principal components as a latent space: codes are the scores on the components, in units of pixel values
 * 0..1, not whitened; images are the mean plus the weighted components, clipped to 0..1.
 *
 * @param arrays as `fitPca` returned them.
 * @throws FusiformError `MODEL_INVALID` where an array is missing or of the wrong shape.
 */
export function loadPca(engine: Engine, arrays: NamedArrays): LatentModel {
  const { tf } = engine;
  const { latentDim, nFeatures } = dimensions(arrays);
  const imageSize = Math.round(Math.sqrt(nFeatures / 3));
  const mean = tf.tensor1d(Float32Array.from(arrays.mean.data));
  const components = tf.tensor2d(Float32Array.from(arrays.components.data), [latentDim, nFeatures]);
  const atOnce = imagesAtOnce(imageSize);

  return {
    kind: 'pca',
    imageSize,
    latentDim,
    async encode(pixels) {
      const count = countImages(pixels, imageSize);
      const latents = new Float32Array(count * latentDim);
      for (const [from, to] of chunks(count, atOnce)) {
        const values = lookUp(pixels.subarray(from * nFeatures, to * nFeatures), shares);
        const scores = tf.tidy(() => {
          const images = tf.tensor2d(values, [to - from, nFeatures]);
          return tf.matMul(tf.sub(images, mean), components, false, true);
        });
        latents.set(await readAndDispose(scores), from * latentDim);
      }
      return latents;
    },
    async decode(latents) {
      const count = countLatents(latents, latentDim);
      const images = new Float32Array(count * nFeatures);
      for (const [from, to] of chunks(count, atOnce)) {
        const values = latents.slice(from * latentDim, to * latentDim);
        const made = tf.tidy(() => {
          const scores = tf.tensor2d(values, [to - from, latentDim]);
          return tf.clipByValue(tf.add(tf.matMul(scores, components), mean), 0, 1);
        });
        images.set(await readAndDispose(made), from * nFeatures);
      }
      return images;
    },
    dispose: () => tf.dispose([mean, components]),
  };
}

async function readAndDispose(tensor: Tensor): Promise<Float32Array> {
  try {
    return await tensor.data<'float32'>();
  } finally {
    tensor.dispose();
  }
}

function dimensions(arrays: NamedArrays): { latentDim: number; nFeatures: number } {
  const mean: NdArray | undefined = arrays.mean;
  const components: NdArray | undefined = arrays.components;
  const nFeatures = mean?.data.length ?? 0;
  const square = Number.isInteger(Math.sqrt(nFeatures / 3));
  if (nFeatures === 0 || !square || components?.shape.length !== 2 || components.shape[1] !== nFeatures) {
    throw new FusiformError(
      'MODEL_INVALID',
      `A PCA model has a mean [S * S * 3] and components [n, S * S * 3], not [${mean?.shape}] and [${components?.shape}]`,
    );
  }
  return { latentDim: components.shape[0], nFeatures };
}

/** @throws FusiformError `MODEL_INVALID` where the arrays are not those of a model of this size. */
export function assertPcaArrays(
  { imageSize, latentDim }: { readonly imageSize: number; readonly latentDim: number },
  arrays: NamedArrays,
): void {
  const found = dimensions(arrays);
  if (found.latentDim === latentDim && found.nFeatures === imageSize * imageSize * 3) return;
  throw new FusiformError(
    'MODEL_INVALID',
    `The PCA model has ${found.latentDim} components of ${found.nFeatures} values, not ${latentDim} of ${imageSize} x ${imageSize} x 3`,
  );
}
