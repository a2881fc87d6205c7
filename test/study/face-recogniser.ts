import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { z } from 'zod';
import type { Engine, TensorFlow } from '../../src/main/engine/engine.ts';
import { chunks } from '../../src/main/generative/chunks.ts';
import { type FeatureNetwork, featureCount } from '../../src/main/generative/feature-network.ts';

/** Images at once: the first layers of 150 pixels are large. */
const imagesAtOnce = 32;
const inputSize = 150;
/** Of the photographs that it was trained on, 0..255. */
const meanColour = [122.782, 117.001, 104.298];

const manifestSchema = z.array(
  z.object({
    weights: z.array(
      z.object({
        name: z.string(),
        shape: z.array(z.number().int()),
        dtype: z.literal('float32'),
        /** Absent where the values are stored as they are. */
        quantization: z.object({ dtype: z.literal('uint8'), scale: z.number(), min: z.number() }).optional(),
      }),
    ),
  }),
);

/**
 * A published network for the recognition of people: dlib's ResNet (D. King 2017, 99.4 % on Labeled Faces in the Wild),
 * as it comes, quantised to bytes, inside the npm package @vladmandic/face-api (MIT). It was trained on 3 million
 * photographs and has seen no picture of ours, and no reconstruction by any model.
 *
 * Its layers: the last of each of the four widths of residual blocks, and the descriptor of 128 numbers by which it
 * tells people apart.
 */
export function loadFaceRecogniser({ tf }: Engine): FeatureNetwork {
  const weights = readWeights(tf);
  const layers = [
    { name: 'residual32', height: 35, width: 35, channels: 32 },
    { name: 'residual64', height: 17, width: 17, channels: 64 },
    { name: 'residual128', height: 8, width: 8, channels: 128 },
    { name: 'residual256', height: 4, width: 4, channels: 256 },
    { name: 'descriptor', height: 1, width: 1, channels: 128 },
  ];
  return {
    layers,
    async features(images, size) {
      const stride = size * size * 3;
      const count = images.length / stride;
      const result = layers.map((layer) => new Float32Array(count * featureCount(layer)));
      for (const [from, to] of chunks(count, imagesAtOnce)) {
        const values = images.slice(from * stride, to * stride);
        const made = tf.tidy(() => recognise(tf, weights, tf.tensor4d(values, [to - from, size, size, 3])));
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

type Weights = Readonly<Record<string, Tensor>>;

function readWeights(tf: TensorFlow): Weights {
  const folder = join(
    dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')),
    'model',
  );
  const manifest = readFileSync(join(folder, 'face_recognition_model-weights_manifest.json'), 'utf8');
  const bytes = readFileSync(join(folder, 'face_recognition_model.bin'));
  const weights: Record<string, Tensor> = {};
  let offset = 0;
  for (const { name, shape, quantization } of manifestSchema.parse(JSON.parse(manifest))[0].weights) {
    const length = shape.reduce((product, axis) => product * axis, 1);
    const stored = bytes.subarray(offset, offset + length * (quantization ? 1 : 4));
    const values = quantization
      ? Float32Array.from(stored, (byte) => byte * quantization.scale + quantization.min)
      : Float32Array.from({ length }, (_, at) => stored.readFloatLE(at * 4));
    weights[name] = tf.tensor(values, shape);
    offset += stored.length;
  }
  return weights;
}

/** As the package's `FaceRecognitionNet.forwardInput`. */
function recognise(tf: TensorFlow, weights: Weights, images: Tensor4D): Tensor[] {
  const resized = tf.image.resizeBilinear(images, [inputSize, inputSize]);
  const input: Tensor4D = tf.div(tf.sub(tf.mul(resized, 255), meanColour), 255);
  const convolve = (x: Tensor4D, name: string, stride: number): Tensor4D => {
    const kernel = weights[`${name}/conv/filters`] as Tensor4D;
    const y = tf.add(
      tf.conv2d(x, kernel, stride, stride === 1 ? 'same' : 'valid'),
      weights[`${name}/conv/bias`],
    );
    return tf.add(tf.mul(y, weights[`${name}/scale/weights`]), weights[`${name}/scale/biases`]);
  };
  const residual = (x: Tensor4D, name: string): Tensor4D => {
    const inner = convolve(tf.relu(convolve(x, `${name}/conv1`, 1)), `${name}/conv2`, 1);
    return tf.relu(tf.add(inner, x));
  };
  const residualDown = (x: Tensor4D, name: string): Tensor4D => {
    const inner = convolve(tf.relu(convolve(x, `${name}/conv1`, 2)), `${name}/conv2`, 1);
    const pooled = tf.avgPool(x, 2, 2, 'valid');
    const [, height, width, channels] = pooled.shape;
    // Where halving lost a row of the convolution, or channels double, zeros fill up.
    const fill = (t: Tensor4D, size: readonly number[]): Tensor4D =>
      tf.pad(t, [[0, 0], ...size.map((axis, at): [number, number] => [0, axis - t.shape[at + 1]])]);
    const full = [height, width, Math.max(channels, inner.shape[3])];
    return tf.relu(tf.add(fill(pooled, full), fill(inner, full)));
  };
  let h = tf.maxPool(tf.relu(convolve(input, 'conv32_down', 2)), 3, 2, 'valid');
  const block = (names: readonly string[]) => {
    for (const name of names) h = name.includes('down') ? residualDown(h, name) : residual(h, name);
    return h;
  };
  const stages = [
    block(['conv32_1', 'conv32_2', 'conv32_3']),
    block(['conv64_down', 'conv64_1', 'conv64_2', 'conv64_3']),
    block(['conv128_down', 'conv128_1', 'conv128_2']),
    block(['conv256_down', 'conv256_1', 'conv256_2']),
  ];
  const average: Tensor2D = tf.mean(block(['conv256_down_out']), [1, 2]);
  return [...stages, tf.matMul(average, weights.fc as Tensor2D)];
}
