import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { nativeStatus } from '../../src/main/engine/native/home.ts';
import { configureProcess } from '../../src/main/engine/native/open.ts';

const { installed, reason } = nativeStatus();

/** Sixty steps of gradient descent on the kernel of a convolution, each with its own operations and attributes. */
const training = `
  import { parentPort } from 'node:worker_threads';
  import { openNativeEngine } from ${JSON.stringify(import.meta.resolve('../../src/main/engine/native/open.ts'))};
  const { tf } = await openNativeEngine();
  const kernel = tf.variable(tf.randomNormal([3, 3, 3, 8], 0, 0.1, 'float32', 1));
  const images = tf.randomNormal([8, 32, 32, 3], 0, 1, 'float32', 2);
  const losses = [];
  for (let step = 0; step < 60; step++) {
    const { value, grads } = tf.variableGrads(() => tf.conv2d(images, kernel, 2, 'same').square().mean(), [kernel]);
    const [gradient] = Object.values(grads);
    tf.tidy(() => kernel.assign(kernel.sub(gradient.mul(0.1))));
    losses.push((await value.data())[0]);
    tf.dispose([value, gradient]);
  }
  parentPort.postMessage(losses);
`;

describe('the native engine in several threads', { skip: installed ? false : reason }, () => {
  it('trains in three at once as it does in one', { timeout: 240_000 }, async () => {
    configureProcess();
    const train = () =>
      new Promise<number[]>((resolve, reject) => {
        const url = new URL(`data:text/javascript,${encodeURIComponent(training)}`);
        const worker = new Worker(url);
        worker.once('message', resolve);
        worker.once('error', reject);
        worker.once('exit', (code) => reject(new Error(`a worker ended with code ${code}`)));
      });
    const alone = await train();
    assert.equal(alone.length, 60);
    assert.ok(alone[59] < alone[0]);
    for (const losses of await Promise.all([train(), train(), train()])) {
      for (const [step, loss] of losses.entries()) {
        assert.ok(Math.abs(loss / alone[step] - 1) < 1e-4, `step ${step}: ${loss} instead of ${alone[step]}`);
      }
    }
  });
});
