import { it } from 'node:test';
import type { Scalar, Tensor1D, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import type { Engine } from '../../src/main/engine/engine.ts';
import { recordTape } from '../../src/main/engine/tape.ts';
import {
  assertClose,
  assertCloseAt,
  forEveryEngine,
  numbers,
  samplePositions,
  sumTolerance,
} from './harness.ts';
import {
  type ConvolutionShape,
  convolutionFilterGradientAt,
  convolutionInputGradientAt,
  convolveAt,
  multiplyAt,
  normalise,
  outputSize,
  samePadding,
} from './reference.ts';

/*
 * The layers of the presets at their own sizes, small ones hide faults. References are float64 at some two hundred
 * positions of each result, corners among them; the tolerance of a sum grows with the root of its terms (`sumTolerance`).
 */

const n = 2;

/** Width of the larger image, channels of the larger image, channels of the smaller one, kernel. */
const layers: Record<string, readonly [number, number, number, number]> = {
  'paper, encoder 1': [128, 3, 192, 3],
  'paper, encoder 2': [64, 192, 256, 3],
  'paper, encoder 3': [32, 256, 384, 3],
  'paper, encoder 4': [16, 384, 512, 3],
  'paper, encoder 5': [8, 512, 768, 3],
  'paper, generator 1': [8, 512, 1024, 3],
  'paper, generator 2': [16, 384, 512, 3],
  'paper, generator 3': [32, 256, 384, 3],
  'paper, generator 4': [64, 192, 256, 3],
  'paper, generator 5': [128, 3, 192, 3],
  'small, encoder 1': [64, 3, 32, 3],
  'small, encoder 4': [8, 128, 256, 3],
  'small, generator 1': [8, 128, 256, 4],
  'small, generator 3': [32, 32, 64, 4],
  'small, generator 4': [64, 3, 32, 4],
};

/** `[batch, in, out]` of the dense layers. */
const dense: Record<string, readonly [number, number, number]> = {
  'paper, encoder': [4, 12288, 1024],
  'paper, mu': [4, 1024, 1024],
  'paper, generator': [4, 1024, 16384],
  'paper, discriminator': [12, 12288, 1],
  'small, mu': [32, 4096, 128],
  'small, generator': [32, 128, 4096],
};

function variable({ tf }: Engine, values: Float32Array, shape: number[]): Variable {
  return tf.tidy(() => tf.variable(tf.tensor(values, shape)));
}

await forEveryEngine('layers of the presets', (engine) => {
  for (const [name, [width, inC, outC, kernel]] of Object.entries(layers)) {
    it(`computes the convolution and its gradients: ${name}`, async () => {
      const { tf } = engine();
      const shape: ConvolutionShape = { n, h: width, w: width, inC, outC, kernel, stride: 2 };
      const small: [number, number, number, number] = [n, width / 2, width / 2, outC];
      const large: [number, number, number, number] = [n, width, width, inC];
      const [input, weights] = [numbers(n * width * width * inC, 1), numbers(kernel ** 2 * inC * outC, 2)];
      const slope = numbers(outputSize(shape), 3);
      const x = tf.tensor4d(input, large);
      const filter = tf.tensor4d(weights, [kernel, kernel, inC, outC]);
      const dy = tf.tensor4d(slope, small);
      const forwards = (at: number) => convolveAt(input, weights, shape, at);
      const backwards = (at: number) => convolutionInputGradientAt(slope, weights, shape, at);
      const ofFilter = (at: number) => convolutionFilterGradientAt(input, slope, shape, at);
      const isGenerator = name.includes('generator');
      const layer = (a: Tensor4D, b: Tensor4D) =>
        isGenerator ? tf.conv2dTranspose(a, b, large, 2, 'same') : tf.conv2d(a, b, 2, 'same');
      const [from, towards] = isGenerator ? [dy, x] : [x, dy];
      const y = layer(from, filter);
      const [dx, dFilter] = tf.grads(layer as Parameters<typeof tf.grads>[0])([from, filter], towards);
      const taps = kernel ** 2;
      const [toSmall, toLarge] = [sumTolerance(taps * inC), sumTolerance((taps * outC) / 4)];
      const [yTolerance, dxTolerance] = isGenerator ? [toLarge, toSmall] : [toSmall, toLarge];
      await assertCloseAt(y, samplePositions(y.size), isGenerator ? backwards : forwards, yTolerance, 'y');
      await assertCloseAt(
        dx,
        samplePositions(dx.size),
        isGenerator ? forwards : backwards,
        dxTolerance,
        'dx',
      );
      const perTap = n * samePadding(width, kernel, 2).out ** 2;
      await assertCloseAt(dFilter, samplePositions(dFilter.size), ofFilter, sumTolerance(perTap), 'dFilter');
      tf.dispose([x, filter, dy]);
    });
  }

  for (const [name, size] of Object.entries(dense)) {
    it(`multiplies a dense layer and returns its gradients: ${name}`, async () => {
      const { tf } = engine();
      const [m, k, out] = size;
      const [left, right, slope] = [numbers(m * k, 4), numbers(k * out, 5), numbers(m * out, 6)];
      const a = tf.tensor2d(left, [m, k]);
      const b = tf.tensor2d(right, [k, out]);
      const dy = tf.tensor2d(slope, [m, out]);
      const product = (c: Tensor2D, d: Tensor2D) => tf.matMul(c, d);
      const y = product(a, b);
      const [da, db] = tf.grads(product as Parameters<typeof tf.grads>[0])([a, b], dy);
      const check = assertCloseAt;
      await check(
        y,
        samplePositions(y.size),
        (at) => multiplyAt(left, right, size, false, false, at),
        sumTolerance(k),
        'y',
      );
      await check(
        da,
        samplePositions(da.size),
        (at) => multiplyAt(slope, right, [m, out, k], false, true, at),
        sumTolerance(out),
        'gradient of the input',
      );
      await check(
        db,
        samplePositions(db.size),
        (at) => multiplyAt(left, slope, [k, m, out], true, false, at),
        sumTolerance(m),
        'gradient of the weights',
      );
      tf.dispose([a, b, dy]);
    });
  }

  it('normalises a batch of 16 x 64 x 64 x 192 and returns its gradients', async () => {
    const { tf, batchNorm } = engine();
    const shape = [16, 64, 64, 192];
    const [rows, channels] = [16 * 64 * 64, 192];
    const input = numbers(rows * channels, 9).map((v, i) => v * (1 + (i % 7)) + (i % channels) / 20);
    const [scales, offsets, slope] = [
      numbers(channels, 10),
      numbers(channels, 11),
      numbers(rows * channels, 12),
    ];
    const expected = normalise(input, scales, offsets, slope, 1e-6);
    const scale = variable(engine(), scales, [channels]);
    const offset = variable(engine(), offsets, [channels]);
    const x = variable(engine(), input, shape);
    const dy = tf.tensor(slope, shape);
    const tape = recordTape(tf, () => {
      const { y, mean, variance } = batchNorm(x, scale as Tensor1D, offset as Tensor1D, 1e-6);
      return { y, mean, variance, loss: tf.sum(tf.mul(y, dy)) };
    });
    const [dx, dScale, dOffset] = tape.gradients(tape.value.loss, [x, scale, offset]);
    tape.dispose();
    // Each figure of a channel is a sum over 65,536 numbers.
    const tolerance = sumTolerance(rows);
    await assertClose(tape.value.y, expected.y, tolerance, 'y');
    await assertClose(tape.value.mean, expected.mean, tolerance, 'mean');
    await assertClose(tape.value.variance, expected.variance, tolerance, 'variance');
    await assertClose(dx, expected.dx, tolerance, 'dx');
    await assertClose(dScale, expected.dScale, tolerance, 'dScale');
    await assertClose(dOffset, expected.dOffset, tolerance, 'dOffset');
    tf.dispose([x, scale, offset, dy, tape.value.loss]);
  });

  it('adds up a million numbers', async () => {
    const { tf } = engine();
    const values = numbers(1_000_000, 21).map((v) => v + 0.5);
    const sum = values.reduce((total, v) => total + v, 0);
    const squares = values.reduce((total, v) => total + v * v, 0);
    const x = tf.tensor1d(values);
    // Of one sign. Added one after the other in float32 the squares would be off by 4e-4.
    await assertClose(tf.sum(x), [sum], 2e-6, 'sum');
    await assertClose(tf.mean(x), [sum / 1_000_000], 2e-6, 'mean');
    await assertClose(tf.sum(tf.square(x)), [squares], 2e-6, 'sum of squares');
    x.dispose();
  });

  it('computes the tails of softplus, exp and log with their gradients', async () => {
    const { tf } = engine();
    const tails = [-100, -80, -50, -30, -20, -16, -10, -1e-4, 0, 1e-4, 10, 15, 20, 30, 50, 80, 88];
    const ones = tf.ones([1]);
    for (const v of tails) {
      const x = tf.tensor1d([v]);
      // Relative to each value itself. The exponential may err by 3 + 2 |x| units in the last place (WGSL's bound).
      const ulp = 2 ** -23 * (3 + 2 * Math.abs(v));
      const softplus = v > 30 ? v : Math.log1p(Math.exp(v));
      const near = (expected: number, relative: number) => relative * Math.max(Math.abs(expected), 1e-30);
      const check = async (name: string, actual: ReturnType<typeof tf.exp>, expected: number) => {
        const [value] = await actual.data();
        actual.dispose();
        if (
          !(Math.abs(value - expected) <= near(expected, ulp + 1e-5) + 1.2e-7 * (name === 'softplus' ? 1 : 0))
        ) {
          throw new Error(`${name}(${v}) is ${value}, not ${expected}`);
        }
      };
      await check('softplus', tf.softplus(x), softplus);
      await check("softplus'", tf.grad((t) => tf.softplus(t))(x, ones), 1 / (1 + Math.exp(-v)));
      if (v > -80) await check('exp', tf.exp(x), Math.exp(v));
      x.dispose();
    }
    for (const v of [1e-30, 1e-10, 1e-3, 0.5, 2, 1e10, 1e30]) {
      const x = tf.tensor1d([v]);
      await assertClose(tf.log(x), [Math.log(Math.fround(v))], 1e-6, `log(${v})`);
      await assertClose(tf.grad((t) => tf.log(t))(x, ones), [1 / Math.fround(v)], 1e-6, `log'(${v})`);
      x.dispose();
    }
    ones.dispose();
  });

  it('joins, cuts and broadcasts at the size of the discriminator, with gradients', async () => {
    const { tf } = engine();
    const [batch, width, channels] = [4, 32, 256];
    const size = batch * width * width * channels;
    const [real, made, biases] = [numbers(size, 41), numbers(2 * size, 42), numbers(channels, 43)];
    const a = variable(engine(), real, [batch, width, width, channels]);
    const b = variable(engine(), made, [2 * batch, width, width, channels]);
    const bias = variable(engine(), biases, [channels]);
    const tape = recordTape(tf, () => {
      const all = tf.add(tf.concat([a as unknown as Tensor4D, b as unknown as Tensor4D]), bias) as Tensor4D;
      return tf.sum(tf.square(tf.sub(tf.slice(all, 0, batch), tf.slice(all, batch, batch)))) as Scalar;
    });
    const [da, db, dBias] = tape.gradients(tape.value, [a, b, bias]);
    tape.dispose();
    await assertCloseAt(da, samplePositions(size), (at) => 2 * (real[at] - made[at]), 1e-6, 'da');
    await assertCloseAt(
      db,
      samplePositions(2 * size),
      (at) => (at < size ? 2 * (made[at] - real[at]) : 0),
      1e-6,
      'db',
    );
    // The bias cancels: what is left is the rounding of sums over 3 x 4096 rows.
    const rms = Math.sqrt(batch * width * width) * 1.6;
    await assertClose(tf.div(dBias, rms), new Float64Array(channels), sumTolerance(3 * 4096), 'dBias');
    tf.dispose([a, b, bias, tape.value]);
  });

  it('steps with Adam over 12,582,912 weights', async () => {
    const { tf, adam } = engine();
    const count = 12288 * 1024;
    const [start, slope] = [numbers(count, 51), numbers(count, 52)];
    const weights = variable(engine(), start, [12288, 1024]);
    const optimiser = adam([weights], { learningRate: 0.01, beta2: 0.99, epsilon: 1e-8 });
    const gradient = tf.tensor2d(slope, [12288, 1024]);
    for (let step = 0; step < 3; step++) optimiser.apply([gradient]);
    // With one gradient throughout both corrected moments are the gradient and its square.
    await assertCloseAt(
      tf.clone(weights),
      samplePositions(count),
      (at) => start[at] - 0.03 * Math.sign(slope[at]),
      2e-6,
      'weights',
    );
    optimiser.dispose();
    tf.dispose([weights, gradient]);
  });
});
