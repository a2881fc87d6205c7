import { createHash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import type { Scalar, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import type { Engine, EngineKind } from '../../src/main/engine/engine.ts';
import { openKind } from '../../src/main/engine/open-kind.ts';
import { recordTape } from '../../src/main/engine/tape.ts';

/** Trains a small convolutional network for some steps; a hash over all losses and the weights at the end. */
export async function trainingDigest(
  engine: Engine,
  steps = 4,
): Promise<{ digest: string; tensors: number[] }> {
  const { tf } = engine;
  const variable = (shape: number[], seed: number): Variable =>
    tf.tidy(() => tf.variable(tf.randomNormal(shape, 0, 0.1, 'float32', seed)));
  const filters = [variable([3, 3, 3, 32], 1), variable([3, 3, 32, 64], 2)];
  const scales = [32, 64].map((channels) => tf.tidy(() => tf.variable(tf.ones([channels]))));
  const offsets = [32, 64].map((channels) => tf.tidy(() => tf.variable(tf.zeros([channels]))));
  const dense = variable([64 * 64, 3 * 256], 3);
  const back = variable([3, 3, 3, 3], 4);
  const variables = [...filters, ...scales, ...offsets, dense, back];
  const adam = engine.adam(variables);
  const hash = createHash('sha256');
  const tensors = [];
  for (let step = 0; step < steps; step++) {
    const loss = tf.tidy(() => {
      const images = tf.randomUniform([16, 32, 32, 3], 0, 1, 'float32', 100 + step) as Tensor4D;
      const tape = recordTape(tf, () => {
        let hidden = images;
        for (const [i, filter] of filters.entries()) {
          const spread = tf.conv2d(hidden, filter as Tensor4D, 2, 'same');
          const [scale, offset] = [scales[i], offsets[i]] as Parameters<Engine['batchNorm']>[1][];
          hidden = tf.elu(engine.batchNorm(spread, scale, offset, 1e-5).y) as Tensor4D;
        }
        const code = tf.matMul(tf.reshape(hidden, [16, 64 * 64]), dense as Tensor2D);
        const small = tf.reshape(code, [16, 16, 16, 3]) as Tensor4D;
        const made = tf.sigmoid(tf.conv2dTranspose(small, back as Tensor4D, [16, 32, 32, 3], 2, 'same'));
        return tf.mean(tf.squaredDifference(made, images)) as Scalar;
      });
      adam.apply(tape.gradients(tape.value, variables));
      tape.dispose();
      return tape.value;
    });
    hash.update(await loss.data());
    loss.dispose();
    tensors.push(engine.memory().tensors);
  }
  for (const trained of variables) hash.update(await trained.data());
  adam.dispose();
  tf.dispose(variables);
  return { digest: hash.digest('hex'), tensors };
}

// As a worker thread: `{ kind, threads }` in, the digest out; then it closes its engine and ends by itself.
if (parentPort !== null) {
  const { kind = 'wasm', threads } = workerData as { kind?: EngineKind; threads: number };
  const engine = await openKind(kind, { threads });
  parentPort.postMessage({ threads: engine.info.threads, ...(await trainingDigest(engine)) });
  if (kind === 'webgpu') await engine.dispose();
}
