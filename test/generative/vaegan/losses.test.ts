import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Engine } from '../../../src/main/engine/engine.ts';
import { openEngine } from '../../../src/main/engine/registry.ts';
import {
  halfSquaredError,
  klDivergence,
  learnedSimilarity,
  lossAsMade,
  lossAsReal,
} from '../../../src/main/generative/vaegan/losses.ts';
import { Random } from '../../../src/main/math/random.ts';

let engine: Engine;
before(async () => {
  ({ engine } = await openEngine('wasm', { threads: 1 }));
});
after(() => engine.dispose());

function close(actual: number, expected: number, tolerance = 1e-5): void {
  assert.ok(
    Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected)),
    `${actual} != ${expected}`,
  );
}

test('the KL divergence equals the closed form in float64', async () => {
  const random = new Random('kl');
  const mu = Float32Array.from({ length: 15 }, () => random.normal());
  const logSigma = Float32Array.from({ length: 15 }, () => random.normal());
  let expected = 0;
  for (let i = 0; i < 15; i++) {
    expected -= 0.5 * (1 + 2 * logSigma[i] - mu[i] ** 2 - Math.exp(2 * logSigma[i]));
  }
  const { tf } = engine;
  const kl = klDivergence(tf, tf.tensor2d(mu, [3, 5]), tf.tensor2d(logSigma, [3, 5]));
  close((await kl.data())[0], expected / 3);
});

test('the KL divergence of the prior from itself is zero, and equals a numerical integral', async () => {
  const { tf } = engine;
  const zero = klDivergence(tf, tf.zeros([2, 3]), tf.zeros([2, 3]));
  assert.equal((await zero.data())[0], 0);
  // Integral of q log(q / p) for q = N(0.7, exp(-0.4)^2), p = N(0, 1), by the midpoint rule.
  const [mu, sigma] = [0.7, Math.exp(-0.4)];
  let integral = 0;
  for (let z = -8; z < 8; z += 1e-3) {
    const logQ = -0.5 * ((z - mu) / sigma) ** 2 - Math.log(sigma);
    integral += (Math.exp(logQ) / Math.sqrt(2 * Math.PI)) * (logQ + 0.5 * z * z) * 1e-3;
  }
  const kl = klDivergence(tf, tf.tensor2d([[mu]]), tf.tensor2d([[-0.4]]));
  close((await kl.data())[0], integral);
});

test('reconstruction losses are half the sum of squares an image', async () => {
  const { tf } = engine;
  const [a, b] = [
    tf.tensor2d([
      [1, 2, 3],
      [0, 0, 0],
    ]),
    tf.tensor2d([
      [0, 2, 5],
      [1, 1, 1],
    ]),
  ];
  close((await halfSquaredError(tf, a, b).data())[0], (0.5 * (5 + 3)) / 2);
  close((await learnedSimilarity(tf, [a, a], [b, a]).data())[0], (0.5 * (5 + 3)) / 2);
});

test('adversarial losses match the logarithms and stay finite at any logit', async () => {
  const { tf } = engine;
  const logits = [-2, -0.5, 0, 1, 3];
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const tensor = tf.tensor1d(logits);
  close((await lossAsReal(tf, tensor).data())[0], mean(logits.map((x) => -Math.log(sigmoid(x)))));
  close((await lossAsMade(tf, tensor).data())[0], mean(logits.map((x) => -Math.log(1 - sigmoid(x)))));
  close((await lossAsReal(tf, tf.tensor1d([-200])).data())[0], 200);
  close((await lossAsMade(tf, tf.tensor1d([200])).data())[0], 200);
  close((await lossAsMade(tf, tf.tensor1d([-200])).data())[0], 0);
});
