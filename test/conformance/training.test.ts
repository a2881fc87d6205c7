import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Tensor, Tensor1D, Variable } from '@tensorflow/tfjs-core';
import type { Engine } from '../../src/main/engine/engine.ts';
import { recordTape } from '../../src/main/engine/tape.ts';
import { assertClose, forEveryEngine, numbers } from './harness.ts';
import { normalise } from './reference.ts';

/** Element by element in float32, against float64. */
const tolerance = 2e-6;
/** Sums over thousands of numbers, and what is built on them. */
const summedTolerance = 1e-5;

/** A GPU's exponential may be off by 3 + 2 |x| units in the last place (WGSL's bound); here |x| is up to 6. */
const exponentialTolerance = 6e-6;

const epsilon = 1e-6;

/** Functions of one tensor with their derivatives; softplus and logSigmoid are the parts of a cross-entropy. */
const elementwise: Record<string, readonly [(x: number) => number, (x: number) => number]> = {
  elu: [(x) => (x > 0 ? x : Math.expm1(x)), (x) => (x > 0 ? 1 : Math.exp(x))],
  relu: [(x) => Math.max(0, x), (x) => (x > 0 ? 1 : 0)],
  tanh: [Math.tanh, (x) => 1 - Math.tanh(x) ** 2],
  sigmoid: [(x) => 1 / (1 + Math.exp(-x)), (x) => Math.exp(-x) / (1 + Math.exp(-x)) ** 2],
  exp: [Math.exp, Math.exp],
  square: [(x) => x * x, (x) => 2 * x],
  softplus: [(x) => Math.log1p(Math.exp(x)), (x) => 1 / (1 + Math.exp(-x))],
  logSigmoid: [(x) => -Math.log1p(Math.exp(-x)), (x) => 1 / (1 + Math.exp(x))],
};

function variable({ tf }: Engine, values: Float32Array, shape: number[]): Variable {
  return tf.tidy(() => tf.variable(tf.tensor(values, shape)));
}

await forEveryEngine('training operations', (engine) => {
  for (const [name, [value, derivative]] of Object.entries(elementwise)) {
    it(`computes ${name} and its gradient`, async () => {
      const { tf } = engine();
      const input = numbers(4099, 7).map((v) => v * 6);
      const slope = numbers(4099, 8);
      const f = tf[name as 'elu'] as (x: Tensor) => Tensor;
      const x = tf.tensor(input);
      const y = f(x);
      const dy = tf.tensor(slope);
      const dx = tf.grad(f)(x, dy);
      const allowed = name === 'exp' ? exponentialTolerance : tolerance;
      await assertClose(y, Float64Array.from(input, value), allowed, name);
      await assertClose(
        dx,
        Float64Array.from(input, (v, i) => slope[i] * derivative(v)),
        allowed,
        'gradient',
      );
      tf.dispose([x, dy]);
    });
  }

  for (const shape of [
    [16, 8, 8, 64],
    [4, 32, 32, 3],
    [64, 130],
    [33, 130],
    [7, 3],
  ]) {
    it(`normalises a batch of shape ${shape.join(' x ')} and returns its gradients`, async () => {
      const { tf, batchNorm } = engine();
      const channels = shape[shape.length - 1];
      const size = shape.reduce((a, b) => a * b);
      const input = numbers(size, 9).map((v, i) => v * (1 + (i % channels) / channels) + (i % 5));
      const [scales, offsets, slope] = [numbers(channels, 10), numbers(channels, 11), numbers(size, 12)];
      const expected = normalise(input, scales, offsets, slope, epsilon);
      const scale = variable(engine(), scales, [scales.length]);
      const offset = variable(engine(), offsets, [offsets.length]);
      const x = variable(engine(), input, shape);
      const dy = tf.tensor(slope, shape);
      const tape = recordTape(tf, () => {
        const { y, mean, variance } = batchNorm(x, scale as Tensor1D, offset as Tensor1D, epsilon);
        return { y, mean, variance, loss: tf.sum(tf.mul(y, dy)) };
      });
      const [dx, dScale, dOffset] = tape.gradients(tape.value.loss, [x, scale, offset]);
      tape.dispose();
      await assertClose(tape.value.y, expected.y, summedTolerance, 'y');
      await assertClose(tape.value.mean, expected.mean, summedTolerance, 'mean');
      await assertClose(tape.value.variance, expected.variance, summedTolerance, 'variance');
      await assertClose(dx, expected.dx, summedTolerance, 'dx');
      await assertClose(dScale, expected.dScale, summedTolerance, 'dScale');
      await assertClose(dOffset, expected.dOffset, summedTolerance, 'dOffset');
      tf.dispose([x, scale, offset, dy, tape.value.loss]);
    });
  }

  it('steps with Adam, and goes on from a saved state as if nothing had happened', async () => {
    const { tf, adam } = engine();
    const options = { learningRate: 0.01, beta1: 0.5, beta2: 0.99, epsilon: 1e-8 };
    const count = 1003;
    const start = numbers(count, 13);
    const weights = variable(engine(), start, [start.length]);
    let optimiser = adam([weights], options);
    const expected = Float64Array.from(start);
    const [m, v] = [new Float64Array(count), new Float64Array(count)];
    for (let step = 1; step <= 5; step++) {
      const slope = numbers(count, 100 + step);
      const rate = step === 3 ? 0.02 : options.learningRate;
      const corrected = (rate * Math.sqrt(1 - options.beta2 ** step)) / (1 - options.beta1 ** step);
      for (let i = 0; i < count; i++) {
        m[i] = options.beta1 * m[i] + (1 - options.beta1) * slope[i];
        v[i] = options.beta2 * v[i] + (1 - options.beta2) * slope[i] ** 2;
        expected[i] -= (corrected * m[i]) / (Math.sqrt(v[i]) + options.epsilon);
      }
      const gradient = tf.tensor1d(slope);
      optimiser.apply([gradient], step === 3 ? rate : undefined);
      gradient.dispose();
      if (step === 2) {
        const state = await optimiser.state();
        assert.equal(state.steps, 2);
        assert.deepEqual(state.first[0].shape, [count]);
        optimiser.dispose();
        optimiser = adam([weights], options);
        optimiser.restore(state);
      }
      if (step === 4) {
        // Weights set from outside are what the next step starts from.
        const reset = tf.tensor1d(start);
        weights.assign(reset);
        reset.dispose();
        expected.set(start);
      }
    }
    assert.equal(optimiser.steps, 5);
    await assertClose(tf.clone(weights), expected, tolerance, 'variable');
    optimiser.dispose();
    weights.dispose();
  });

  it('leaves tensors that share a variable as they were when Adam moves it', async () => {
    const { tf, adam } = engine();
    const start = numbers(64, 14);
    const weights = variable(engine(), start, [start.length]);
    const before = tf.reshape(weights, [8, 8]);
    const optimiser = adam([weights], { learningRate: 0.1 });
    const gradient = tf.ones([64]);
    optimiser.apply([gradient]);
    optimiser.apply([gradient]);
    await assertClose(before, start, 0, 'the older view');
    await assertClose(
      tf.clone(weights),
      Float64Array.from(start, (x) => x - 0.2),
      tolerance,
      'variable',
    );
    optimiser.dispose();
    tf.dispose([weights, gradient]);
  });

  it('reduces over the axes of images', async () => {
    const { tf } = engine();
    const [rows, channels] = [16 * 16 * 16, 32];
    const input = numbers(rows * channels, 15).map((v) => v + 0.5);
    const sums = new Float64Array(channels);
    const squares = new Float64Array(channels);
    input.forEach((v, i) => {
      sums[i % channels] += v;
    });
    input.forEach((v, i) => {
      squares[i % channels] += (v - sums[i % channels] / rows) ** 2;
    });
    const x = tf.tensor4d(input, [16, 16, 16, channels]);
    const { mean, variance } = tf.moments(x, [0, 1, 2]);
    await assertClose(tf.sum(x, [0, 1, 2]), sums, summedTolerance, 'sum');
    await assertClose(
      mean,
      sums.map((s) => s / rows),
      summedTolerance,
      'mean',
    );
    await assertClose(
      variance,
      squares.map((s) => s / rows),
      summedTolerance,
      'variance',
    );
    await assertClose(
      tf.mean(x),
      [sums.reduce((a, b) => a + b) / (rows * channels)],
      summedTolerance,
      'mean of all',
    );
    x.dispose();
  });

  it('joins and cuts tensors, and sends gradients back through both', async () => {
    const { tf } = engine();
    const [first, second] = [numbers(4 * 6, 16), numbers(2 * 6, 17)];
    const a = variable(engine(), first, [4, 6]);
    const b = variable(engine(), second, [2, 6]);
    const weights = tf.tensor2d(numbers(3 * 4, 18), [3, 4]);
    const tape = recordTape(tf, () => {
      const part = tf.slice(tf.concat([a, b], 0), [2, 1], [3, 4]);
      return { part, loss: tf.sum(tf.mul(part, weights)) };
    });
    const [da, db] = tape.gradients(tape.value.loss, [a, b]);
    tape.dispose();
    const rows = (from: ArrayLike<number>, row: number) => Array.from(from).slice(row * 6 + 1, row * 6 + 5);
    const w = await weights.data();
    const padded = (row: number) => [0, ...w.slice(row * 4, row * 4 + 4), 0];
    await assertClose(tape.value.part, [...rows(first, 2), ...rows(first, 3), ...rows(second, 0)], 0, 'part');
    await assertClose(da, [...Array(12).fill(0), ...padded(0), ...padded(1)], tolerance, 'da');
    await assertClose(db, [...padded(2), ...Array(6).fill(0)], tolerance, 'db');
    tf.dispose([a, b, weights, tape.value.loss]);
  });

  it('broadcasts, and sums the gradient over what was broadcast', async () => {
    const { tf } = engine();
    const input = numbers(6 * 5, 19);
    const [shifts, factors] = [numbers(5, 20), numbers(6, 21).map((v) => v + 2)];
    const shift = variable(engine(), shifts, [shifts.length]);
    const factor = variable(engine(), factors, [6, 1]);
    const x = tf.tensor2d(input, [6, 5]);
    const tape = recordTape(tf, () => tf.mean(tf.square(tf.div(tf.sub(x, shift), factor))));
    const [dShift, dFactor] = tape.gradients(tape.value, [shift, factor]);
    tape.dispose();
    const expectedShift = new Float64Array(5);
    const expectedFactor = new Float64Array(6);
    input.forEach((v, i) => {
      const [row, column] = [Math.floor(i / 5), i % 5];
      const z = (v - shifts[column]) / factors[row];
      expectedShift[column] -= (2 * z) / factors[row] / 30;
      expectedFactor[row] -= (2 * z * z) / factors[row] / 30;
    });
    await assertClose(dShift, expectedShift, tolerance, 'dShift');
    await assertClose(dFactor, expectedFactor, tolerance, 'dFactor');
    tf.dispose([shift, factor, x, tape.value]);
  });

  it('leaves no tensor behind', () => {
    assert.equal(engine().memory().tensors, 0);
  });
});
