import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import type { Engine } from '../../src/main/engine/engine.ts';
import { FusiformError } from '../../src/shared/errors.ts';
import { assertArraysClose, forEveryEngine, numbers } from '../conformance/harness.ts';

const [n, size, inC, outC] = [4, 16, 64, 96];

/** A convolution and both gradients, as in an encoder. */
async function convolution({ tf }: Engine): Promise<Float32Array[]> {
  const x = tf.tensor4d(numbers(n * size * size * inC, 1), [n, size, size, inC]);
  const filter = tf.tensor4d(numbers(9 * inC * outC, 2), [3, 3, inC, outC]);
  const dy = tf.tensor4d(numbers((n * size * size * outC) / 4, 3), [n, size / 2, size / 2, outC]);
  const run = (a: Tensor4D, b: Tensor4D) => tf.conv2d(a, b, 2, 'same');
  const results = [run(x, filter), ...tf.grads(run as Parameters<typeof tf.grads>[0])([x, filter], dy)];
  const values = await Promise.all(results.map(async (result) => (await result.data<'float32'>()).slice()));
  tf.dispose([x, filter, dy, ...results]);
  return values;
}

await forEveryEngine('bfloat16', (engine) => {
  it('rounds the factors of convolutions where the engine and the processor can, and says so where not', async (t) => {
    const exact = await convolution(engine());
    const rounding = engine().withPrecision('bfloat16', () => convolution(engine()));
    try {
      const rounded = await rounding;
      for (const [at, what] of ['y', 'dx', 'dFilter'].entries()) {
        // Each factor is off by up to 2^-9 of itself, at random: sums by about that share of their size; the result,
        // rounded too, of the largest by 2^-9.
        assertArraysClose(rounded[at], exact[at], 5 * 2 ** -8, what);
        assert.throws(() => assertArraysClose(rounded[at], exact[at], 2 ** -12, what), 'it rounds at all');
      }
      const again = await engine().withPrecision('bfloat16', () => convolution(engine()));
      assert.deepEqual(again, rounded, 'to the last bit the same');
    } catch (error) {
      if (!(error instanceof FusiformError)) throw error;
      assert.equal(error.code, 'ENGINE_PRECISION_UNSUPPORTED');
      t.diagnostic(`${engine().info.kind}: ${error.message}`);
    }
    assert.deepEqual(await convolution(engine()), exact, 'float32 again afterwards');
    assert.equal(engine().memory().tensors, 0);
  });
});
