import { it } from 'node:test';
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import { assertClose, forEveryEngine, numbers, sumTolerance } from './harness.ts';
import {
  type ConvolutionShape,
  convolutionFilterGradient,
  convolutionInputGradient,
  convolve,
  multiply,
  outputSize,
  samePadding,
} from './reference.ts';

/** Float32 sums of up to 6144 products, against float64. */
const tolerance = 1e-5;
/** A filter's gradient adds up a product for every pixel of the batch. */
const filterTolerance = ({ n, h, w, stride }: ConvolutionShape) =>
  Math.max(tolerance, sumTolerance((n * h * w) / stride ** 2));

const convolutions: Record<string, ConvolutionShape> = {
  'stride 2, an encoder layer': { n: 3, h: 16, w: 16, inC: 32, outC: 48, kernel: 3, stride: 2 },
  'stride 1': { n: 3, h: 9, w: 7, inC: 5, outC: 6, kernel: 3, stride: 1 },
  'stride 2, the image layer': { n: 4, h: 32, w: 32, inC: 3, outC: 32, kernel: 3, stride: 2 },
  'stride 2, a large batch': { n: 200, h: 32, w: 32, inC: 3, outC: 4, kernel: 3, stride: 2 },
  'stride 2, odd sizes': { n: 2, h: 9, w: 7, inC: 4, outC: 5, kernel: 3, stride: 2 },
  'stride 2, kernel 4': { n: 2, h: 8, w: 8, inC: 4, outC: 5, kernel: 4, stride: 2 },
  'stride 2, kernel 5': { n: 2, h: 12, w: 10, inC: 3, outC: 4, kernel: 5, stride: 2 },
  'stride 2, kernel 1': { n: 2, h: 7, w: 8, inC: 4, outC: 5, kernel: 1, stride: 2 },
};

/** `[m, k, n]`; the long inner dimensions are those of dense layers and of their gradients. */
const products: readonly (readonly [number, number, number])[] = [
  [16, 2048, 64],
  [12, 6144, 20],
  [2048, 16, 36],
  [7, 2500, 12],
  [5, 3, 1],
];

await forEveryEngine('linear operations', (engine) => {
  for (const [name, shape] of Object.entries(convolutions)) {
    const { n, h, w, inC, outC, kernel, stride } = shape;
    const input = numbers(n * h * w * inC, 1);
    const weights = numbers(kernel * kernel * inC * outC, 2);
    const slope = numbers(outputSize(shape), 3);
    const outShape: [number, number, number, number] = [
      n,
      samePadding(h, kernel, stride).out,
      samePadding(w, kernel, stride).out,
      outC,
    ];

    it(`convolves and returns both gradients: ${name}`, async () => {
      const { tf } = engine();
      const x = tf.tensor4d(input, [n, h, w, inC]);
      const filter = tf.tensor4d(weights, [kernel, kernel, inC, outC]);
      const dy = tf.tensor4d(slope, outShape);
      const convolution = (a: Tensor4D, b: Tensor4D) => tf.conv2d(a, b, stride, 'same');
      const gradients = tf.grads(convolution as Parameters<typeof tf.grads>[0]);
      const y = convolution(x, filter);
      const [dx, dFilter] = gradients([x, filter], dy);
      await assertClose(y, convolve(input, weights, shape), tolerance, 'y');
      await assertClose(dx, convolutionInputGradient(slope, weights, shape), tolerance, 'dx');
      await assertClose(
        dFilter,
        convolutionFilterGradient(input, slope, shape),
        filterTolerance(shape),
        'dFilter',
      );
      tf.dispose([x, filter, dy]);
    });

    it(`convolves transposed and returns both gradients: ${name}`, async () => {
      const { tf } = engine();
      // The adjoint of the convolution above: it takes what that returns and returns what that takes.
      const x = tf.tensor4d(slope, outShape);
      const filter = tf.tensor4d(weights, [kernel, kernel, inC, outC]);
      const dy = tf.tensor4d(input, [n, h, w, inC]);
      const transposed = (a: Tensor4D, b: Tensor4D) =>
        tf.conv2dTranspose(a, b, [n, h, w, inC], stride, 'same');
      const gradients = tf.grads(transposed as Parameters<typeof tf.grads>[0]);
      const y = transposed(x, filter);
      const [dx, dFilter] = gradients([x, filter], dy);
      await assertClose(y, convolutionInputGradient(slope, weights, shape), tolerance, 'y');
      await assertClose(dx, convolve(input, weights, shape), tolerance, 'dx');
      await assertClose(
        dFilter,
        convolutionFilterGradient(input, slope, shape),
        filterTolerance(shape),
        'dFilter',
      );
      tf.dispose([x, filter, dy]);
    });
  }

  for (const size of products) {
    const [m, k, n] = size;
    const left = numbers(m * k, 4);
    const right = numbers(k * n, 5);
    for (const [transposeA, transposeB] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ]) {
      const marks = `${transposeA ? "a'" : 'a'} ${transposeB ? "b'" : 'b'}`;
      it(`multiplies ${marks} at ${m} x ${k} x ${n} and returns both gradients`, async () => {
        const { tf } = engine();
        const a = tf.tensor2d(left, transposeA ? [k, m] : [m, k]);
        const b = tf.tensor2d(right, transposeB ? [n, k] : [k, n]);
        const slope = numbers(m * n, 6);
        const dy = tf.tensor2d(slope, [m, n]);
        const product = (c: Tensor2D, d: Tensor2D) => tf.matMul(c, d, transposeA, transposeB);
        const y = product(a, b);
        const [da, db] = tf.grads(product as Parameters<typeof tf.grads>[0])([a, b], dy);
        await assertClose(y, multiply(left, right, size, transposeA, transposeB), tolerance, 'product');
        await assertClose(
          da,
          transposeA
            ? multiply(right, slope, [k, n, m], transposeB, true)
            : multiply(slope, right, [m, n, k], false, !transposeB),
          tolerance,
          'gradient of a',
        );
        await assertClose(
          db,
          transposeB
            ? multiply(slope, left, [n, m, k], true, transposeA)
            : multiply(left, slope, [k, m, n], !transposeA, false),
          tolerance,
          'gradient of b',
        );
        tf.dispose([a, b, dy]);
      });
    }
  }
});
