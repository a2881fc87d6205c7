import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { applyDecoder } from '../../src/main/decoding/affine-decoder.ts';
import { DualRidge, dualDecoder } from '../../src/main/decoding/dual-ridge.ts';
import { forwardInverse } from '../../src/main/decoding/forward-inverse.ts';
import { patternKernel } from '../../src/main/decoding/pattern-kernel.ts';
import { posteriorDecoder, priorOf } from '../../src/main/decoding/posterior.ts';
import { latentWeights } from '../../src/main/glm/latent-weights.ts';
import { NormalEquations } from '../../src/main/glm/streaming.ts';
import { matrix } from '../../src/main/math/matrix.ts';

interface Reference {
  readonly forward: readonly { alpha: number; weights: number[][]; decoded: number[][] }[];
  readonly dual: readonly { alpha: number; decoded: number[][] }[];
  readonly posterior: readonly { scale: number; decoded: number[][] }[];
  readonly prior: { mean: number[]; covariance: number[][] };
}

const file = join(import.meta.dirname, '../fixtures/decoding/decoder-reference.json');
const reference = JSON.parse(readFileSync(file, 'utf8')) as Reference;
const [nTrials, nVoxels, nLatents, nHeld] = [40, 30, 4, 5];

/* The same arrays as in decoder-reference.py. */
function wave(rows: number, cols: number, step: number): Float64Array {
  return Float64Array.from(
    { length: rows * cols },
    (_, at) => Math.sin(step * at) + 0.5 * Math.cos((step * 0.37 * at * at) % 1000),
  );
}

/** Patterns of codes: their responses, noise, and a constant. */
function respond(codes: Float64Array, noise: Float64Array): Float32Array {
  return Float32Array.from(noise, (value, at) => {
    const [row, voxel] = [Math.floor(at / nVoxels), at % nVoxels];
    let sum = 0.8 * value + 1.5;
    for (let k = 0; k < nLatents; k += 1) sum += codes[row * nLatents + k] * weights[k * nVoxels + voxel];
    return sum;
  });
}

const codes = wave(nTrials, nLatents, 1.3);
const weights = wave(nLatents, nVoxels, 2.1);
const patterns = respond(codes, wave(nTrials, nVoxels, 3.7));
const held = respond(wave(nHeld, nLatents, 0.9), wave(nHeld, nVoxels, 4.3));

function assertClose(actual: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  assert.equal(actual.length, expected.length);
  expected.forEach((value, at) => {
    assert.ok(Math.abs(actual[at] - value) < tolerance, `${at}: ${actual[at]} and ${value}`);
  });
}

test('ridge in the forward model has the weights of scikit-learn’s Ridge, and its inverse the codes', async () => {
  const latentNames = ['z1', 'z2', 'z3', 'z4'];
  const equations = NormalEquations.create([...latentNames, 'face'], nVoxels);
  const design = matrix(nTrials, nLatents + 1);
  for (let row = 0; row < nTrials; row += 1) {
    design.data.set([...codes.subarray(row * nLatents, (row + 1) * nLatents), 1], row * (nLatents + 1));
  }
  await equations.addRun(null, design, matrix(nTrials, 0), patterns);
  const mean = reference.prior.mean;
  const squares = codes.reduce((sum, value, at) => sum + (value - mean[at % nLatents]) ** 2, 0);
  const positions = Uint32Array.from({ length: nVoxels }, (_, at) => at);
  for (const { alpha, weights: expected, decoded } of reference.forward) {
    const penalty = alpha / (squares / nLatents);
    const found = await latentWeights(equations, { latentNames, biasName: 'face', penalty, positions });
    assertClose(found, expected.flat(), 2e-6);
    assertClose(await applyDecoder(await forwardInverse(found, nVoxels), held, []), decoded.flat(), 2e-5);
  }
});

test('ridge from patterns to codes decodes as scikit-learn’s KernelRidge', async () => {
  const blocks = {
    nTrials,
    nVoxels,
    *voxelBlocks() {
      yield [0, nVoxels] as const;
    },
    voxels: () => patterns.slice(),
  };
  const all = Array.from({ length: nTrials }, (_, at) => at);
  const { kernel, mean } = await patternKernel(blocks, all, null);
  const ridge = await DualRidge.of(kernel, Float32Array.from(codes));
  for (const { alpha, decoded } of reference.dual) {
    const coefficients = await ridge.coefficients(alpha / ridge.alpha(1));
    const decoder = await dualDecoder(coefficients, blocks, mean, ridge.meanCode);
    assertClose(await applyDecoder(decoder, held, []), decoded.flat(), 1e-5);
  }
});

test('the posterior mean is that of full matrices in NumPy', async () => {
  const { mean, covariance } = priorOf(Float32Array.from(codes), nLatents);
  assertClose(mean, reference.prior.mean, 1e-6);
  assertClose(covariance.data, reference.prior.covariance.flat(), 1e-5);
  const bias = wave(1, nVoxels, 6.1).map((value) => 1.5 + 0.1 * value);
  const noise = {
    diagonal: Float64Array.from({ length: nVoxels }, (_, at) => 0.5 + (at % 5) * 0.2),
    factors: Float32Array.from(wave(2, nVoxels, 5.9), (value) => 0.4 * value),
  };
  const prior = {
    mean: Float64Array.from(reference.prior.mean),
    covariance: matrix(nLatents, nLatents, reference.prior.covariance.flat()),
  };
  const forward = Float32Array.from([...weights, ...bias]);
  for (const { scale, decoded } of reference.posterior) {
    const decoder = await posteriorDecoder(forward, nVoxels, prior, noise, scale);
    assertClose(await applyDecoder(decoder, held, []), decoded.flat(), 1e-5);
    // Half the noise is what twice the presentations have.
    const doubled = await posteriorDecoder(forward, nVoxels, prior, noise, 2 * scale);
    assertClose(await applyDecoder(doubled, held, new Array(nHeld).fill(2)), decoded.flat(), 1e-5);
  }
});
