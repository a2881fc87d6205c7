import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyDecoder } from '../../src/main/decoding/affine-decoder.ts';
import { BandedKernel } from '../../src/main/decoding/banded-kernel.ts';
import { DualRidge, dualDecoder } from '../../src/main/decoding/dual-ridge.ts';
import { forwardInverse } from '../../src/main/decoding/forward-inverse.ts';
import { decodePatterns, prepareDecoder } from '../../src/main/decoding/mapping.ts';
import { noiseCovariance, noisePatterns } from '../../src/main/decoding/noise-factors.ts';
import { patternKernel, pickMatrix, type VoxelBlocks } from '../../src/main/decoding/pattern-kernel.ts';
import { posteriorDecoder, priorOf } from '../../src/main/decoding/posterior.ts';
import { openKind } from '../../src/main/engine/open-kind.ts';
import { choleskyFactor, choleskyInverse, choleskySolve } from '../../src/main/math/cholesky.ts';
import {
  crossProduct,
  type Matrix,
  matrix,
  multiply,
  multiplyTransposed,
} from '../../src/main/math/matrix.ts';
import { Random } from '../../src/main/math/random.ts';

const nVoxels = 60;
const nLatents = 5;

function normals(seed: string, n: number): Float32Array {
  const values = new Float32Array(n);
  new Random(seed).fillNormal(values);
  return values;
}

const weights = normals('weights', (nLatents + 1) * nVoxels);
const patterns = normals('patterns', 7 * nVoxels);
const codes = normals('codes', 40 * nLatents);

function asMatrix(data: ArrayLike<number>, cols: number): Matrix {
  return matrix(data.length / cols, cols, Float64Array.from(data));
}

/** Patterns 16 voxels at a time. */
function blocksOf(x: Float32Array): VoxelBlocks {
  const nTrials = x.length / nVoxels;
  return {
    nTrials,
    nVoxels,
    *voxelBlocks() {
      for (let start = 0; start < nVoxels; start += 16) yield [start, Math.min(nVoxels, start + 16)] as const;
    },
    voxels(start, end) {
      const rows = Array.from({ length: nTrials }, (_, row) =>
        Array.from(x.subarray(row * nVoxels + start, row * nVoxels + end)),
      );
      return Float32Array.from(rows.flat());
    },
  };
}

function inverse(a: Matrix): Matrix {
  const factor = choleskyFactor(a);
  assert.ok(factor.ok);
  return choleskyInverse(factor.lower);
}

function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  assert.equal(actual.length, expected.length);
  for (let at = 0; at < actual.length; at += 1) {
    assert.ok(Math.abs(actual[at] - expected[at]) < tolerance, `${at}: ${actual[at]} and ${expected[at]}`);
  }
}

const decoders = {
  'pseudo-inverse': () => forwardInverse(weights, nVoxels),
  posterior: () =>
    posteriorDecoder(
      weights,
      nVoxels,
      priorOf(codes, nLatents),
      {
        diagonal: Float64Array.from({ length: nVoxels }, (_, at) => 0.5 + (at % 7)),
        factors: normals('factors', 3 * nVoxels),
      },
      1,
    ),
  'dual-ridge': async () => {
    const n = 20;
    const x = normals('dual', n * nVoxels);
    const ridge = await DualRidge.of(
      multiplyTransposed(asMatrix(x, nVoxels), asMatrix(x, nVoxels)),
      codes.slice(0, n * nLatents),
    );
    return dualDecoder(await ridge.coefficients(0.1), blocksOf(x), new Float64Array(nVoxels), ridge.meanCode);
  },
};

for (const [name, make] of Object.entries(decoders)) {
  test(`one pattern decodes alone as in a batch, bit for bit: ${name}`, async () => {
    const decoder = await make();
    const presentations = [1, 2, 3, 40, 1, 2, 3];
    const batch = await applyDecoder(decoder, patterns, presentations);
    for (let at = 0; at < 7; at += 1) {
      const alone = await applyDecoder(decoder, patterns.slice(at * nVoxels, (at + 1) * nVoxels), [
        presentations[at],
      ]);
      assert.deepEqual(alone, batch.slice(at * nLatents, (at + 1) * nLatents));
    }
  });
}

test('the forward model inverted as a matrix decodes as the published formula', async () => {
  const expected = decodePatterns(prepareDecoder(weights, nLatents + 1, nVoxels, nLatents), patterns);
  const actual = await applyDecoder(await forwardInverse(weights, nVoxels), patterns, []);
  assertClose(actual, expected, 1e-6);
});

test('the posterior mean is that of the closed form, the noise inverted as a full matrix', async () => {
  const prior = priorOf(codes, nLatents);
  const diagonal = Float64Array.from({ length: nVoxels }, (_, at) => 0.5 + (at % 7));
  const factors = normals('factors', 3 * nVoxels);
  const decoder = await posteriorDecoder(weights, nVoxels, prior, { diagonal, factors }, 0.7);
  const full = crossProduct(asMatrix(factors, nVoxels), asMatrix(factors, nVoxels));
  for (let at = 0; at < nVoxels; at += 1) full.data[at * nVoxels + at] += diagonal[at];
  const w = asMatrix(weights.slice(0, nLatents * nVoxels), nVoxels);
  for (const presentations of [1, 4, 40]) {
    const scale = 0.7 / presentations;
    const scaled = matrix(
      nVoxels,
      nVoxels,
      full.data.map((value) => value * scale),
    );
    const gain = multiply(w, inverse(scaled));
    const precision = multiplyTransposed(gain, w);
    const priorPrecision = inverse(prior.covariance);
    for (let at = 0; at < precision.data.length; at += 1) precision.data[at] += priorPrecision.data[at];
    const y = matrix(nVoxels, 1);
    for (let voxel = 0; voxel < nVoxels; voxel += 1) {
      let value = patterns[voxel] - weights[nLatents * nVoxels + voxel];
      for (let at = 0; at < nLatents; at += 1) value -= prior.mean[at] * weights[at * nVoxels + voxel];
      y.data[voxel] = value;
    }
    const factor = choleskyFactor(precision);
    assert.ok(factor.ok);
    const expected = choleskySolve(factor.lower, multiply(gain, y)).data.map(
      (value, at) => value + prior.mean[at],
    );
    assertClose(await applyDecoder(decoder, patterns.slice(0, nVoxels), [presentations]), expected, 1e-5);
  }
});

test('without noise the posterior is the inverted forward model, with much of it the prior', async () => {
  const prior = {
    mean: new Float64Array(nLatents).fill(0.3),
    covariance: priorOf(codes, nLatents).covariance,
  };
  const noise = { diagonal: new Float64Array(nVoxels).fill(1), factors: new Float32Array(0) };
  const decoder = await posteriorDecoder(weights, nVoxels, prior, noise, 1);
  const clean = new Float32Array(nVoxels);
  const truth = [1, -2, 0.5, 0, 3];
  for (let voxel = 0; voxel < nVoxels; voxel += 1) {
    clean[voxel] = weights[nLatents * nVoxels + voxel];
    truth.forEach((value, at) => {
      clean[voxel] += value * weights[at * nVoxels + voxel];
    });
  }
  assertClose(await applyDecoder(decoder, clean, [1e9]), truth, 1e-4);
  assertClose(await applyDecoder(decoder, clean, [1e-9]), prior.mean, 1e-4);
});

test('the dual ridge has the weights of the primal one', async () => {
  const n = 40;
  const x = normals('dual', n * nVoxels);
  const meanPattern = new Float64Array(nVoxels);
  x.forEach((value, at) => {
    meanPattern[at % nVoxels] += value / n;
  });
  const centred = asMatrix(x, nVoxels);
  for (let at = 0; at < centred.data.length; at += 1) centred.data[at] -= meanPattern[at % nVoxels];
  const all = Array.from({ length: n }, (_, at) => at);
  const { kernel, mean } = await patternKernel(blocksOf(x), all, null);
  assertClose(mean, meanPattern, 1e-9);
  assertClose(pickMatrix(kernel, all, all).data, multiplyTransposed(centred, centred).data, 1e-4);
  const ridge = await DualRidge.of(kernel, codes);
  const decoder = await dualDecoder(await ridge.coefficients(0.2), blocksOf(x), meanPattern, ridge.meanCode);
  const system = crossProduct(centred, centred);
  for (let at = 0; at < nVoxels; at += 1) system.data[at * nVoxels + at] += ridge.alpha(0.2);
  const factor = choleskyFactor(system);
  assert.ok(factor.ok);
  const y = asMatrix(codes, nLatents);
  for (let at = 0; at < y.data.length; at += 1) y.data[at] -= ridge.meanCode[at % nLatents];
  const primal = choleskySolve(factor.lower, crossProduct(centred, y));
  for (let latent = 0; latent < nLatents; latent += 1) {
    const row = decoder.matrix.subarray(latent * nVoxels, (latent + 1) * nVoxels);
    assertClose(
      row,
      Array.from(row, (_, voxel) => primal.data[voxel * nLatents + latent]),
      1e-5,
    );
  }
  const between = multiplyTransposed(
    asMatrix(
      patterns.map((value, at) => value - meanPattern[at % nVoxels]),
      nVoxels,
    ),
    centred,
  );
  assertClose(
    await applyDecoder(decoder, patterns, []),
    (await ridge.predict(between, [0.2]).next()).value,
    1e-4,
  );
});

test('an engine sums the kernel of patterns up as float64 loops do, and exactly symmetric', async () => {
  const engine = await openKind('wasm');
  try {
    // More than a strip of rows, on a baseline that is not zero.
    const n = 1030;
    const x = normals('many trials', n * nVoxels).map((value) => value + 3);
    const training = Array.from({ length: n - 30 }, (_, at) => at);
    const exact = await patternKernel(blocksOf(x), training, null);
    const { kernel, mean } = await patternKernel(blocksOf(x), training, engine);
    assert.deepEqual(mean, exact.mean);
    const { data } = kernel;
    let largest = 0;
    let asymmetric = 0;
    for (let at = 0; at < data.length; at += 1) {
      largest = Math.max(largest, Math.abs(data[at] - exact.kernel.data[at]));
      if (data[at] !== data[(at % n) * n + Math.floor(at / n)]) asymmetric += 1;
    }
    assert.equal(asymmetric, 0);
    assert.ok(largest < 1e-6 * nVoxels, `${largest}`);
  } finally {
    await engine.dispose();
  }
});

test('noise patterns find planted components, and none in independent noise', async () => {
  const n = 200;
  const width = 300;
  const pattern = normals('component', width);
  const scores = normals('scores', n);
  const own = normals('own', n * width);
  const planted = own.map((value, at) => value + 2 * scores[Math.floor(at / width)] * pattern[at % width]);
  const blocks = (data: Float32Array) =>
    async function* () {
      for (let row = 0; row < n; row += 64) yield data.slice(row * width, Math.min(n, row + 64) * width);
    };
  const found = await noisePatterns(blocks(planted), width, n, 3, 1);
  const variance = Float64Array.from(pattern, (value) => 1 + 4 * value ** 2);
  const relative = found.variance.map((value, at) => value / variance[at]);
  assert.ok(relative.every((value) => value > 0.6 && value < 1.5));
  const direction = pattern.map((value, at) => value / Math.sqrt(variance[at]));
  const length = Math.hypot(...direction);
  const cosine = direction.reduce((sum, value, at) => sum + value * found.patterns[at], 0) / length;
  assert.ok(Math.abs(cosine) > 0.97, `cosine ${cosine}`);
  assert.ok(found.strength[1] < 0.05 * found.strength[0]);
  const { diagonal, factors } = noiseCovariance(found, 1);
  diagonal.forEach((value, at) => {
    assert.ok(Math.abs(value + factors[at] ** 2 - found.variance[at]) < 1e-4 * found.variance[at]);
  });
  const none = await noisePatterns(blocks(own), width, n, 3, 1);
  assert.ok(none.strength[0] < 0.1 * found.strength[0]);
});

test('on an engine a kernel reduced to a band has the solutions of the whole system', async () => {
  const engine = await openKind('wasm');
  try {
    const n = 300;
    for (const rank of [900, 200]) {
      const x = asMatrix(normals(`kernel-${rank}`, n * rank), rank);
      const kernel = multiplyTransposed(x, x);
      const targets = asMatrix(normals('targets', n * 3), 3);
      const between = multiplyTransposed(asMatrix(normals('between', 11 * rank), rank), x);
      const banded = await BandedKernel.of(engine, kernel, targets);
      const predictor = await banded.predictor(between);
      for (const alpha of [0.01 * rank, rank, 10 * rank]) {
        const system = matrix(n, n, kernel.data.slice());
        for (let at = 0; at < n; at += 1) system.data[at * n + at] += alpha;
        const factor = choleskyFactor(system);
        assert.ok(factor.ok);
        const expected = choleskySolve(factor.lower, targets);
        const size = (values: ArrayLike<number>) => Math.max(...Array.from(values, Math.abs));
        // Float32 errors of the kernel's size, over the least eigenvalue and alpha.
        assertClose((await banded.solve(alpha)).data, expected.data, 1e-3 * size(expected.data));
        const predicted = multiply(between, expected).data;
        assertClose(await predictor.at(alpha), predicted, 1e-3 * size(predicted));
      }
      predictor.dispose();
      banded.dispose();
    }
    assert.equal(engine.memory().tensors, 0);
  } finally {
    await engine.dispose();
  }
});
