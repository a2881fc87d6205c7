import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodePatterns, prepareDecoder } from '../../src/main/decoding/mapping.ts';
import { Random } from '../../src/main/math/random.ts';
import { FusiformError } from '../../src/shared/errors.ts';

const nVoxels = 40;
const nRegressors = 6;

function normals(seed: string, n: number): Float32Array {
  const values = new Float32Array(n);
  new Random(seed).fillNormal(values);
  return values;
}

function fails(code: string) {
  return (error: unknown) => error instanceof FusiformError && error.code === code;
}

const weights = normals('weights', nRegressors * nVoxels);

/** x W for codes with the bias at row 0. */
function encode(codes: readonly (readonly number[])[]): Float64Array {
  const patterns = new Float64Array(codes.length * nVoxels);
  for (const [n, code] of codes.entries()) {
    for (let v = 0; v < nVoxels; v += 1) {
      let sum = 0;
      for (const [i, value] of code.entries()) sum += value * weights[i * nVoxels + v];
      patterns[n * nVoxels + v] = sum;
    }
  }
  return patterns;
}

test('patterns made by the forward model decode to their codes, without the bias', () => {
  const codes = [
    [1, 0.5, -2, 3, 0, 1e-3],
    [0.7, -1, 1, -1, 1, 4],
  ];
  const decoder = prepareDecoder(weights, nRegressors, nVoxels, 0);
  const decoded = decodePatterns(decoder, encode(codes));
  assert.equal(decoder.nLatents, 5);
  for (const [n, code] of codes.entries()) {
    for (let i = 1; i < nRegressors; i += 1) assert.ok(Math.abs(decoded[n * 5 + i - 1] - code[i]) < 1e-5);
  }
});

test('noisy patterns decode to the least-squares solution: the residual is orthogonal to every weight row', () => {
  const patterns = normals('patterns', nVoxels);
  const decoder = prepareDecoder(weights, nRegressors, nVoxels, null);
  const code = decodePatterns(decoder, patterns);
  assert.equal(code.length, nRegressors);
  for (let i = 0; i < nRegressors; i += 1) {
    let product = 0;
    for (let v = 0; v < nVoxels; v += 1) {
      let fitted = 0;
      for (let k = 0; k < nRegressors; k += 1) fitted += code[k] * weights[k * nVoxels + v];
      product += weights[i * nVoxels + v] * (patterns[v] - fitted);
    }
    assert.ok(Math.abs(product) < 1e-4);
  }
});

test('the bias row may stand anywhere', () => {
  const patterns = normals('patterns', nVoxels);
  const all = decodePatterns(prepareDecoder(weights, nRegressors, nVoxels, null), patterns);
  const last = decodePatterns(prepareDecoder(weights, nRegressors, nVoxels, nRegressors - 1), patterns);
  const middle = decodePatterns(prepareDecoder(weights, nRegressors, nVoxels, 2), patterns);
  assert.deepEqual([...last], [...all.subarray(0, 5)]);
  assert.deepEqual(
    [...middle],
    [...all].filter((_, i) => i !== 2),
  );
});

test('one pattern decodes alone as in a batch, bit for bit', () => {
  const patterns = normals('batch', 7 * nVoxels);
  const decoder = prepareDecoder(weights, nRegressors, nVoxels, 0);
  const batch = decodePatterns(decoder, patterns);
  for (let n = 0; n < 7; n += 1) {
    const alone = decodePatterns(decoder, patterns.slice(n * nVoxels, (n + 1) * nVoxels));
    assert.deepEqual([...alone], [...batch.subarray(n * 5, (n + 1) * 5)]);
  }
});

test('a latent whose weights follow from others is refused by name', () => {
  const doubled = weights.slice();
  for (let v = 0; v < nVoxels; v += 1)
    doubled[3 * nVoxels + v] = 2 * doubled[nVoxels + v] - doubled[2 * nVoxels + v];
  assert.throws(
    () => prepareDecoder(doubled, nRegressors, nVoxels, 0),
    (error) => fails('MAPPING_SINGULAR')(error) && (error as FusiformError).details?.regressor === 3,
  );
  const zero = weights.slice().fill(0, nVoxels, 2 * nVoxels);
  assert.throws(() => prepareDecoder(zero, nRegressors, nVoxels, 0), fails('MAPPING_SINGULAR'));
  const few = normals('few', nRegressors * 5);
  assert.throws(() => prepareDecoder(few, nRegressors, 5, 0), fails('MAPPING_SINGULAR'));
  const nan = weights.slice();
  nan[9] = Number.NaN;
  assert.throws(() => prepareDecoder(nan, nRegressors, nVoxels, 0), fails('MAPPING_SINGULAR'));
});

test('latents of very different scale are not taken for singular', () => {
  const scaled = weights.map((value, i) => (i < nVoxels ? value * 1e-6 : value));
  const decoded = decodePatterns(
    prepareDecoder(scaled, nRegressors, nVoxels, null),
    scaled.slice(0, nVoxels),
  );
  assert.ok(Math.abs(decoded[0] - 1) < 1e-4);
});

test('patterns that are not finite, or of other voxels, are refused', () => {
  const decoder = prepareDecoder(weights, nRegressors, nVoxels, 0);
  assert.throws(
    () => decodePatterns(decoder, new Float32Array(nVoxels + 1)),
    fails('PATTERN_VOXELS_MISMATCH'),
  );
  assert.throws(() => decodePatterns(decoder, new Float32Array(0)), fails('PATTERN_VOXELS_MISMATCH'));
  const patterns = normals('nan', 2 * nVoxels);
  patterns[nVoxels + 3] = Number.NaN;
  assert.throws(
    () => decodePatterns(decoder, patterns),
    (error) => fails('PATTERN_NOT_FINITE')(error) && (error as FusiformError).details?.voxel === 3,
  );
});
