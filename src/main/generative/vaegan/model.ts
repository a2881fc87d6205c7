import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { FusiformError } from '../../../shared/errors.ts';
import type { Engine } from '../../engine/engine.ts';
import type { NamedArrays, NdArray } from '../../math/nd-array.ts';
import { chunks, countLatents, imagesAtOnce, lookUp } from '../chunks.ts';
import { countImages, gatherImages, type ImageSet } from '../image-set.ts';
import type { LatentModel } from '../latent-model.ts';
import { playerDefinition } from './architecture.ts';
import { byteToRange } from './batches.ts';
import type { VaeGanConfig } from './config.ts';
import { encodeMean, generate, normaliseByMovingAverages } from './network.ts';
import { readVariable, type TrainingState } from './training-state.ts';

/** The array that is subtracted from every mu, `[latentDim]`. */
export const meanCodeName = 'codes/mean';

/**
 * What a trained state leaves for encoding and decoding: weights and moving averages of encoder and
 * generator, and the mean code of the training faces (zeros unless `centreCodes`).
 */
export async function inferenceArrays(
  engine: Engine,
  config: VaeGanConfig,
  state: TrainingState,
  faces: ImageSet,
): Promise<NamedArrays> {
  const { latentDim } = config;
  const arrays: Record<string, NdArray> = {
    [meanCodeName]: { shape: [latentDim], data: new Float32Array(latentDim) },
  };
  for (const [name, variable] of Object.entries(state.variables)) {
    arrays[name] = await readVariable(variable);
  }
  if (!config.centreCodes) return arrays;
  const uncentred = loadVaeGan(engine, config, arrays);
  try {
    const sum = new Float64Array(latentDim);
    for (const [from, to] of chunks(faces.count, imagesAtOnce(faces.size))) {
      const codes = await uncentred.encode(gatherImages(faces, from, to));
      codes.forEach((value, at) => {
        sum[at % latentDim] += value;
      });
    }
    const mean = Float32Array.from(sum, (value) => value / faces.count);
    return { ...arrays, [meanCodeName]: { shape: [latentDim], data: mean } };
  } finally {
    uncentred.dispose();
  }
}

/**
 * A trained VAE-GAN as a latent space: the code of an image is the mean of its posterior, less the
 * mean code of the training faces where the configuration says so. Batch normalisation uses the averages
 * frozen at training, and images are scaled by the configuration's pixel range and clipped to 0..1, never by
 * other images.
 *
 * @param arrays as `trainVaeGan` returned them; more (a checkpoint) do no harm.
 * @throws FusiformError `MODEL_INVALID` where an array is missing or does not fit the configuration.
 */
export function loadVaeGan(engine: Engine, config: VaeGanConfig, arrays: NamedArrays): LatentModel {
  const weights = inferenceTensors(engine, config, arrays);
  return modelOf(engine, config, weights, () => engine.tf.dispose(weights));
}

/** The model as it stands in the middle of its training, on the very weights: nothing is copied, codes are not centred. */
export function modelInTraining(engine: Engine, config: VaeGanConfig, state: TrainingState): LatentModel {
  const noMean = engine.tf.zeros([config.latentDim]);
  const weights = { ...state.variables, [meanCodeName]: noMean };
  return modelOf(engine, config, weights, () => noMean.dispose());
}

function modelOf(
  engine: Engine,
  config: VaeGanConfig,
  weights: Readonly<Record<string, Tensor>>,
  dispose: () => void,
): LatentModel {
  const { tf } = engine;
  const { imageSize, latentDim, pixelRange } = config;
  const normalise = normaliseByMovingAverages(tf, config, weights);
  const imageLength = imageSize * imageSize * 3;
  const atOnce = imagesAtOnce(imageSize);
  const toRange = byteToRange(config);
  const [low, high] = pixelRange;

  return {
    kind: kindOf(config),
    imageSize,
    latentDim,
    async encode(pixels) {
      const count = countImages(pixels, imageSize);
      const latents = new Float32Array(count * latentDim);
      for (const [from, to] of chunks(count, atOnce)) {
        const values = lookUp(pixels.subarray(from * imageLength, to * imageLength), toRange);
        const mu = tf.tidy(() => {
          const images: Tensor4D = tf.tensor4d(values, [to - from, imageSize, imageSize, 3]);
          return tf.sub(encodeMean(tf, config, weights, normalise, images), weights[meanCodeName]);
        });
        latents.set(await readAndDispose(mu), from * latentDim);
      }
      return latents;
    },
    async decode(latents) {
      const count = countLatents(latents, latentDim);
      const images = new Float32Array(count * imageLength);
      for (const [from, to] of chunks(count, atOnce)) {
        const values = latents.slice(from * latentDim, to * latentDim);
        const made = tf.tidy(() => {
          const codes = tf.tensor2d(values, [to - from, latentDim]);
          const latent: Tensor2D = tf.add(codes, weights[meanCodeName]);
          const inRange = generate(tf, config, weights, normalise, latent);
          return tf.clipByValue(tf.mul(tf.sub(inRange, low), 1 / (high - low)), 0, 1);
        });
        images.set(await readAndDispose(made), from * imageLength);
      }
      return images;
    },
    dispose,
  };
}

/** A training without an adversarial phase makes a plain VAE. */
export function kindOf({ schedule }: VaeGanConfig): 'vae' | 'vaegan' {
  return schedule.adversarialSteps === 0 ? 'vae' : 'vaegan';
}

/** The weights of the discriminator by name: what a training that starts from this one goes on with. */
export async function discriminatorArrays(state: TrainingState): Promise<NamedArrays> {
  const arrays: Record<string, NdArray> = {};
  for (const [name, variable] of Object.entries(state.variables)) {
    if (name.startsWith('discriminator/')) arrays[name] = await readVariable(variable);
  }
  return arrays;
}

async function readAndDispose(tensor: Tensor): Promise<Float32Array> {
  try {
    return await tensor.data<'float32'>();
  } finally {
    tensor.dispose();
  }
}

function inferenceTensors({ tf }: Engine, config: VaeGanConfig, arrays: NamedArrays): Record<string, Tensor> {
  assertVaeGanArrays(config, arrays);
  return Object.fromEntries(
    inferenceDefinitions(config).map(({ name, shape }) => [
      name,
      tf.tensor(Float32Array.from(arrays[name].data), [...shape]),
    ]),
  );
}

/** @throws FusiformError `MODEL_INVALID` where an array that `loadVaeGan` needs is missing or of another shape. */
export function assertVaeGanArrays(config: VaeGanConfig, arrays: NamedArrays): void {
  for (const { name, shape } of inferenceDefinitions(config)) {
    const array = arrays[name];
    if (array === undefined || array.shape.join() !== shape.join()) {
      throw new FusiformError(
        'MODEL_INVALID',
        `The VAE-GAN's array ${name} must be [${shape.join(', ')}], not ${array === undefined ? 'missing' : `[${array.shape.join(', ')}]`}`,
      );
    }
  }
}

function inferenceDefinitions(
  config: VaeGanConfig,
): { readonly name: string; readonly shape: readonly number[] }[] {
  const ofPlayers = (['encoder', 'generator'] as const).flatMap((player) => {
    const { trainable, moving } = playerDefinition(config, player);
    return [...trainable, ...moving];
  });
  return [...ofPlayers, { name: meanCodeName, shape: [config.latentDim] }];
}
