import type { Tensor4D } from '@tensorflow/tfjs-core';
import { FusiformError } from '../../../shared/errors.ts';
import type { Engine } from '../../engine/engine.ts';
import type { NamedArrays } from '../../math/nd-array.ts';
import { chunks, imagesAtOnce } from '../chunks.ts';
import { type FeatureLayer, type FeatureNetwork, featureCount } from '../feature-network.ts';
import { playerDefinition } from './architecture.ts';
import type { VaeGanConfig } from './config.ts';
import { discriminate } from './network.ts';

/**
 * The discriminator of a trained VAE-GAN as a network that looks at faces: the activations of the layers that make
 * up its learned similarity (`discriminator.similarityLayers`). Half the summed squared difference of two images'
 * features is the similarity that encoder and generator were trained on.
 *
 * @param arrays as `trainVaeGan` returned them.
 * @throws FusiformError `MODEL_INVALID` where they hold no discriminator, or one of another configuration.
 */
export function loadDiscriminator({ tf }: Engine, config: VaeGanConfig, arrays: NamedArrays): FeatureNetwork {
  const { trainable } = playerDefinition(config, 'discriminator');
  for (const { name, shape } of trainable) {
    if (arrays[name]?.shape.join() === shape.join()) continue;
    throw new FusiformError('MODEL_INVALID', `The model holds no array ${name} of [${shape.join(', ')}]`);
  }
  const weights = Object.fromEntries(
    trainable.map(({ name, shape }) => [name, tf.tensor(Float32Array.from(arrays[name].data), [...shape])]),
  );
  const { similarityLayers, channels } = config.discriminator;
  const layers = similarityLayers.map((at): FeatureLayer => {
    const side = config.imageSize / 2 ** (at + 1);
    return { name: `discriminator/layer${at + 1}`, height: side, width: side, channels: channels[at] };
  });
  const [low, high] = config.pixelRange;

  return {
    layers,
    async features(images, size) {
      if (size !== config.imageSize) {
        throw new FusiformError(
          'IMAGE_SIZE_MISMATCH',
          `The discriminator takes images of ${config.imageSize} pixels, not ${size}`,
        );
      }
      const stride = size * size * 3;
      const count = images.length / stride;
      const result = layers.map((layer) => new Float32Array(count * featureCount(layer)));
      for (const [from, to] of chunks(count, imagesAtOnce(size))) {
        const values = images.slice(from * stride, to * stride);
        const made = tf.tidy(() => {
          const unit: Tensor4D = tf.tensor4d(values, [to - from, size, size, 3]);
          const inRange: Tensor4D = tf.add(tf.mul(unit, high - low), low);
          const { features } = discriminate(tf, config, weights, inRange);
          return similarityLayers.map((at) => features[at]);
        });
        for (const [at, tensor] of made.entries()) {
          result[at].set(await tensor.data<'float32'>(), from * featureCount(layers[at]));
          tensor.dispose();
        }
      }
      return result;
    },
    dispose: () => tf.dispose(weights),
  };
}
