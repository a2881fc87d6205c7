import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { after, before, describe, it } from 'node:test';
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Engine } from '../../src/main/engine/engine.ts';
import { openEngine } from '../../src/main/engine/registry.ts';
import { featureCount } from '../../src/main/generative/feature-network.ts';
import { Random } from '../../src/main/math/random.ts';
import { loadFaceRecogniser } from './face-recogniser.ts';

/** The part of @vladmandic/face-api that the test calls. */
interface FaceApi {
  readonly FaceRecognitionNet: new () => {
    loadFromWeightMap(weights: Record<string, Tensor>): void;
    forwardInput(input: { toBatchTensor(): Tensor4D }): Tensor2D;
  };
}

const require = createRequire(import.meta.url);

/** The package's own code on our engine's tensors; it asks for TensorFlow under a name that is not installed. */
function loadFaceApi(): FaceApi {
  const hooks = registerHooks({
    resolve: (name, context, next) =>
      next(name === '@tensorflow/tfjs-node' ? '@tensorflow/tfjs-core' : name, context),
  });
  try {
    return require('@vladmandic/face-api/dist/face-api.node.js') as FaceApi;
  } finally {
    hooks.deregister();
  }
}

describe('the published recogniser', () => {
  let engine: Engine;
  before(async () => {
    engine = (await openEngine('wasm')).engine;
  });
  after(() => engine.dispose());

  it('gives the descriptors that the package itself computes', async () => {
    const { tf } = engine;
    const faceApi = loadFaceApi();
    // The package writes two operations as methods, which the core alone does not define.
    Object.assign(tf.Tensor.prototype, {
      div(this: Tensor, by: number) {
        return tf.div(this, by);
      },
      mean(this: Tensor, axes: number[]) {
        return tf.mean(this, axes);
      },
    });
    const folder = require.resolve('@vladmandic/face-api/package.json').replace('package.json', 'model/');
    const manifest = readFileSync(`${folder}face_recognition_model-weights_manifest.json`, 'utf8');
    const bytes = Uint8Array.from(readFileSync(`${folder}face_recognition_model.bin`));
    const net = new faceApi.FaceRecognitionNet();
    net.loadFromWeightMap(tf.io.decodeWeights(bytes.buffer, JSON.parse(manifest)[0].weights));
    // At the size that the network takes, so that only the network is compared, not how an image is enlarged.
    const size = 150;
    const random = new Random(1);
    const pixels = Float32Array.from({ length: size * size * 3 }, () => random.integer(256));
    const batch = tf.tensor4d(pixels, [1, size, size, 3]);
    const expected = await net.forwardInput({ toBatchTensor: () => batch }).data();

    const recogniser = loadFaceRecogniser(engine);
    const features = await recogniser.features(
      pixels.map((value) => value / 255),
      size,
    );
    const [descriptor] = features.slice(-1);
    assert.equal(descriptor.length, 128);
    descriptor.forEach((value, at) => {
      assert.ok(Math.abs(value - expected[at]) < 1e-4, `${at}: ${value} is not ${expected[at]}`);
    });
    assert.ok(Math.hypot(...expected) > 0.5, 'the descriptor says something');
    features.forEach((values, at) => {
      assert.equal(values.length, featureCount(recogniser.layers[at]));
    });
    recogniser.dispose();
  });
});
