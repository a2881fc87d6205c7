import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { applyDecoder, applyProduct, isLarge } from '../../src/main/decoding/affine-decoder.ts';
import {
  blocksOf,
  blockVoxels,
  fixedPointProducts,
  splitPattern,
  toFixedPoint,
} from '../../src/main/decoding/fixed-point.ts';
import { readKept, writeKept } from '../../src/main/jobs/decoders/kept-decoder.ts';
import { openProducts } from '../../src/main/jobs/decoders/open-products.ts';
import { Random } from '../../src/main/math/random.ts';

const nLatents = 3;
/** Neither a multiple of a block nor of two threads' shares. */
const nVoxels = 2 * blockVoxels + 77;

function normals(seed: string, n: number, scale = 1): Float32Array {
  const values = new Float32Array(n);
  new Random(seed).fillNormal(values);
  return values.map((value) => value * scale);
}

const weights = normals('weights', nLatents * nVoxels, 1e-3);
const pattern = normals('pattern', nVoxels, 40);

const folder = await mkdtemp(join(tmpdir(), 'fusiform-fixed-point-'));
after(() => rm(folder, { recursive: true }));

test('weights and patterns in integers are what they were to half a scale', () => {
  const { values, scales } = toFixedPoint(weights, nVoxels);
  const { parts, scales: patternScales } = splitPattern(pattern);
  for (let voxel = 0; voxel < nVoxels; voxel += 1) {
    const block = Math.floor(voxel / blockVoxels);
    const at = voxel % blockVoxels;
    for (let row = 0; row < nLatents; row += 1) {
      const place = block * nLatents + row;
      const kept = values[place * blockVoxels + at] * scales[place];
      assert.ok(Math.abs(kept - weights[row * nVoxels + voxel]) <= 0.5001 * scales[place]);
    }
    const [high, low] = [0, 1].map((part) => parts[(2 * block + part) * blockVoxels + at]);
    assert.ok(Math.abs(high) <= 1024 && Math.abs(low) <= 1024);
    const kept = (high * 2048 + low) * patternScales[block];
    assert.ok(Math.abs(kept - pattern[voxel]) <= 0.5001 * patternScales[block]);
  }
});

test('the sums are those of the integers, exactly, also where all are as large as they can be', () => {
  const extreme = new Float32Array(nLatents * nVoxels).fill(-1);
  const product = fixedPointProducts(toFixedPoint(extreme, nVoxels));
  // A power of two divides nothing off: every number is the largest of its range.
  const sum = product(new Float32Array(nVoxels).fill(1));
  for (const value of sum) assert.ok(Math.abs(value + nVoxels) < 1e-9 * nVoxels);
  const { values, scales } = toFixedPoint(weights, nVoxels);
  const { parts, scales: patternScales } = splitPattern(pattern);
  const expected = new Float64Array(nLatents);
  for (let block = 0; block < blocksOf(nVoxels); block += 1) {
    for (let row = 0; row < nLatents; row += 1) {
      const place = block * nLatents + row;
      let integers = 0;
      for (let at = 0; at < blockVoxels; at += 1) {
        const [high, low] = [0, 1].map((part) => parts[(2 * block + part) * blockVoxels + at]);
        integers += values[place * blockVoxels + at] * (high * 2048 + low);
      }
      expected[row] += integers * (scales[place] * patternScales[block]);
    }
  }
  assert.deepEqual(fixedPointProducts({ nRows: nLatents, nVoxels, values, scales })(pattern), expected);
});

test('a product is off by a ten-thousandth of what chance adds up to', () => {
  const product = fixedPointProducts(toFixedPoint(weights, nVoxels))(pattern);
  for (let row = 0; row < nLatents; row += 1) {
    let [exact, squares] = [0, 0];
    for (let voxel = 0; voxel < nVoxels; voxel += 1) {
      const term = weights[row * nVoxels + voxel] * pattern[voxel];
      exact += term;
      squares += term * term;
    }
    assert.ok(Math.abs(product[row] - exact) < 1e-4 * Math.sqrt(squares));
  }
});

test('a voxel far out of range costs its own block digits, and zeros are zero', () => {
  const far = pattern.slice();
  far[5] = 1e9;
  const row = weights.slice(0, nVoxels);
  row[5] = 0;
  const product = fixedPointProducts(toFixedPoint(row, nVoxels))(far);
  const exact = row.reduce((sum, weight, voxel) => sum + weight * (voxel === 5 ? 0 : pattern[voxel]), 0);
  // 4096 voxels, off by up to 1e9 / 2^22 each.
  assert.ok(Math.abs(product[0] - exact) < 1e-3 * Math.sqrt(blockVoxels) * (1e9 / 2 ** 22));
  assert.deepEqual([...fixedPointProducts(toFixedPoint(row, nVoxels))(new Float32Array(nVoxels))], [0]);
});

for (const threads of [1, 2, 3]) {
  test(`a file of weights gives the same bits, mapped, by ${threads} threads, one pattern after another`, async () => {
    const decoder = {
      nLatents,
      nVoxels,
      matrix: weights,
      offset: Float64Array.from([1, 2, 3]),
      posterior: {
        mean: Float64Array.from([0.1, 0.2, 0.3]),
        spread: Float64Array.from([3, 2, 1]),
        back: Float64Array.from({ length: 9 }, (_, at) => at),
        noise: 0.3,
      },
    };
    const own = await mkdtemp(join(folder, 'kept-'));
    const description = {
      subject: '01',
      set: 'all',
      latentSpace: { dim: 3, modelled: [0, 1, 2], means: [0, 0, 0] },
      nVoxels,
      fixedPoint: true,
    };
    await writeKept(own, description, decoder);
    const kept = await readKept(own, description);
    const { product, whyNotMapped, close } = await openProducts(
      kept.weightsFile,
      kept.scales,
      nLatents,
      threads,
    );
    try {
      if (process.platform === 'linux') assert.equal(whyNotMapped, null);
      const patterns = Float32Array.from([...pattern, ...pattern.map((value) => value / 3)]);
      const inMemory = fixedPointProducts(toFixedPoint(weights, nVoxels));
      const batch = await applyProduct(decoder, inMemory, patterns, [7, 1]);
      const alone = await Promise.all(
        [0, 1].map((at) =>
          applyProduct(kept.decoder, product, patterns.slice(at * nVoxels, (at + 1) * nVoxels), [[7, 1][at]]),
        ),
      );
      assert.deepEqual(
        alone.flatMap((code) => [...code]),
        [...batch],
      );
    } finally {
      await close();
    }
  });
}

test('a large decoder is applied in fixed point, one pattern as a batch', async () => {
  const [latents, voxels] = [500, 40_100];
  assert.ok(isLarge({ nLatents: latents, nVoxels: voxels }));
  const matrix = normals('large', latents * voxels);
  const decoder = {
    nLatents: latents,
    nVoxels: voxels,
    matrix,
    offset: new Float64Array(latents),
    posterior: null,
  };
  const patterns = normals('patterns', 2 * voxels);
  const batch = await applyDecoder(decoder, patterns, []);
  assert.deepEqual(await applyDecoder(decoder, patterns.slice(voxels), []), batch.slice(latents));
  for (const row of [0, 250, 499]) {
    let exact = 0;
    for (let voxel = 0; voxel < voxels; voxel += 1) exact += matrix[row * voxels + voxel] * patterns[voxel];
    assert.ok(Math.abs(batch[row] - exact) < 1e-4 * Math.sqrt(voxels));
  }
});
