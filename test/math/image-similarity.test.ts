import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pixCorr, ssim } from '../../src/main/math/image-similarity.ts';
import { structuralSimilarity } from '../../src/main/math/structural-similarity.ts';
import { Random } from '../../src/main/math/random.ts';

interface Case {
  readonly height: number;
  readonly width: number;
  readonly k: number;
  readonly ssim: number;
  readonly pixCorr: number;
}

const fixture = join(import.meta.dirname, '../fixtures/math/image-similarity.json');
const { cases } = JSON.parse(readFileSync(fixture, 'utf8')) as { cases: Case[] };

function pictures({ height, width, k }: Case): [Float64Array, Float64Array] {
  const a = new Float64Array(height * width * 3);
  const b = new Float64Array(a.length);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      for (let c = 0; c < 3; c += 1) {
        const i = (y * width + x) * 3 + c;
        a[i] = 0.5 + 0.3 * Math.sin(x / 3 + c) + 0.2 * Math.cos((y / 4) * k);
        b[i] = Math.min(1, Math.max(0, a[i] * 0.8 + 0.1 + 0.15 * Math.sin((x * y + c) / 5)));
      }
    }
  }
  return [a, b];
}

test('SSIM and PixCorr equal the values of scipy and numpy', () => {
  assert.equal(cases.length, 3);
  for (const example of cases) {
    const [a, b] = pictures(example);
    assert.ok(Math.abs(ssim(a, b, example.width, example.height, 3) - example.ssim) < 1e-9);
    assert.ok(Math.abs(pixCorr(a, b) - example.pixCorr) < 1e-12);
  }
});

/** The definition, window by window, with the two-dimensional kernel. */
function bruteForceSsim(x: Float64Array, y: Float64Array, width: number, height: number): number {
  const kernel = Array.from({ length: 121 }, (_, i) =>
    Math.exp(-((Math.floor(i / 11) - 5) ** 2 + ((i % 11) - 5) ** 2) / (2 * 1.5 * 1.5)),
  );
  const total = kernel.reduce((sum, weight) => sum + weight, 0);
  const scores: number[] = [];
  for (let row = 5; row < height - 5; row += 1) {
    for (let column = 5; column < width - 5; column += 1) {
      const over = (value: (i: number) => number) => {
        let sum = 0;
        for (let k = 0; k < 121; k += 1) {
          const at = (row + Math.floor(k / 11) - 5) * width + column + (k % 11) - 5;
          sum += (kernel[k] / total) * value(at);
        }
        return sum;
      };
      const mx = over((i) => x[i]);
      const my = over((i) => y[i]);
      const vx = over((i) => (x[i] - mx) ** 2);
      const vy = over((i) => (y[i] - my) ** 2);
      const cov = over((i) => (x[i] - mx) * (y[i] - my));
      scores.push(
        ((2 * mx * my + 1e-4) * (2 * cov + 9e-4)) / ((mx * mx + my * my + 1e-4) * (vx + vy + 9e-4)),
      );
    }
  }
  return scores.reduce((sum, value) => sum + value, 0) / scores.length;
}

test('SSIM of grey images equals the definition summed window by window', () => {
  const random = new Random('ssim');
  const x = Float64Array.from({ length: 17 * 14 }, () => random.uniform());
  const y = x.map((value) => 0.6 * value + 0.4 * random.uniform());
  assert.ok(Math.abs(ssim(x, y, 17, 14, 1) - bruteForceSsim(x, y, 17, 14)) < 1e-12);
});

test('over the whole image its outermost pixels are continued, as MATLAB does', () => {
  const random = new Random('whole');
  const [width, height] = [15, 12];
  const x = Float64Array.from({ length: width * height }, () => random.uniform());
  const y = x.map((value) => 0.7 * value + 0.3 * random.uniform());
  const continued = (image: Float64Array) =>
    Float64Array.from({ length: (width + 10) * (height + 10) }, (_, i) => {
      const row = Math.min(height - 1, Math.max(0, Math.floor(i / (width + 10)) - 5));
      const column = Math.min(width - 1, Math.max(0, (i % (width + 10)) - 5));
      return image[row * width + column];
    });
  const { inside, whole } = structuralSimilarity(width, height, 1)(x, y);
  assert.ok(Math.abs(inside - bruteForceSsim(x, y, width, height)) < 1e-12);
  const expected = bruteForceSsim(continued(x), continued(y), width + 10, height + 10);
  assert.ok(Math.abs(whole - expected) < 1e-12);
});

test('an image is like itself, symmetric in its arguments, and unlike its negative', () => {
  const [a, b] = pictures(cases[2]);
  assert.equal(ssim(a, a, 32, 32, 3), 1);
  assert.equal(ssim(a, b, 32, 32, 3), ssim(b, a, 32, 32, 3));
  const negative = a.map((value) => 1 - value);
  assert.ok(Math.abs(pixCorr(a, negative) + 1) < 1e-12);
  assert.ok(ssim(a, negative, 32, 32, 3) < 0);
});

test('a constant image correlates with nothing', () => {
  const [a] = pictures(cases[0]);
  assert.equal(pixCorr(a, new Float64Array(a.length).fill(0.3)), 0);
  assert.equal(pixCorr(new Float32Array(12).fill(0.1), new Float32Array(12).fill(0.1)), 0);
});

test('images that do not fit are refused', () => {
  assert.throws(() => pixCorr([1, 2], [1]), RangeError);
  assert.throws(() => ssim(new Float32Array(300), new Float32Array(300), 10, 10, 3), RangeError);
  assert.throws(() => ssim(new Float32Array(363), new Float32Array(300), 11, 11, 3), RangeError);
  assert.throws(() => ssim(new Float32Array(242), new Float32Array(242), 11, 11, 2), RangeError);
});
