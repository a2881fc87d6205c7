import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { decodePatterns, prepareDecoder } from '../../src/main/decoding/mapping.ts';
import {
  encodingWeights,
  extractionFilter,
  haufePatterns,
  similarityDirection,
} from '../../src/main/decoding/weight-maps.ts';
import { Random } from '../../src/main/math/random.ts';
import { pearson } from '../../src/main/math/statistics.ts';
import { assertClose } from '../glm/assert-close.ts';

interface Reference {
  readonly weights: readonly number[][];
  readonly patterns: readonly number[][];
  readonly direction: readonly number[];
  readonly extraction: readonly number[];
  readonly encoding: readonly number[];
  readonly joint: readonly number[][];
  readonly single: readonly number[];
}
/** By test/fixtures/decoding/haufe.py, with numpy. */
const reference = JSON.parse(
  readFileSync(join(import.meta.dirname, '../fixtures/decoding/haufe.json'), 'utf8'),
) as Reference;
const nVoxels = reference.extraction.length;
const weights = Float64Array.from(reference.weights.flat());
const patterns = Float64Array.from(reference.patterns.flat());
const direction = Float64Array.from(reference.direction);
const decoder = prepareDecoder(weights, 4, nVoxels, 3);

describe('weights of an inverted model', () => {
  it('are those of numpy, raw and as activation patterns, one number or several', () => {
    const filter = extractionFilter(decoder, direction);
    assertClose(filter, reference.extraction, 1e-10, 'filter');
    assertClose(encodingWeights(decoder, direction), reference.encoding, 1e-14, 'encoding');
    assertClose(haufePatterns(patterns, nVoxels, [filter])[0], reference.single, 1e-10, 'one');
    const filters = [0, 1, 2].map((latent) =>
      extractionFilter(
        decoder,
        Float64Array.from({ length: 3 }, (_, k) => Number(k === latent)),
      ),
    );
    const joint = haufePatterns(patterns, nVoxels, filters);
    for (const [at, expected] of reference.joint.entries()) {
      assertClose(joint[at], expected, 1e-9, `latent ${at}`);
    }
  });

  it('read from every pattern what the decoder says', () => {
    const filter = extractionFilter(decoder, direction);
    const codes = decodePatterns(decoder, patterns);
    for (let row = 0; row < reference.patterns.length; row += 1) {
      const read = filter.reduce((sum, weight, voxel) => sum + weight * patterns[row * nVoxels + voxel], 0);
      const said = direction.reduce((sum, weight, k) => sum + weight * codes[row * 3 + k], 0);
      assert.ok(Math.abs(read - said) < 1e-5 * Math.abs(said), `${read} ${said}`);
    }
  });

  it('show noise that is taken off, which activation patterns do not', () => {
    // Voxel 0 holds the signal and noise, voxel 1 the noise alone (the example of Haufe et al.).
    const random = new Random('haufe');
    const n = 4000;
    const y = new Float64Array(2 * n);
    for (let row = 0; row < n; row += 1) {
      const noise = random.normal();
      y[2 * row] = random.normal() + noise;
      y[2 * row + 1] = noise;
    }
    const filter = Float64Array.of(1, -1);
    const [[signal, distractor]] = haufePatterns(y, 2, [filter]);
    assert.ok(Math.abs(signal - 1) < 0.05, `${signal}`);
    assert.ok(Math.abs(distractor) < 0.05, `${distractor}`);
  });

  it('refuse more readings than patterns can tell apart', () => {
    const one = new Float64Array(nVoxels).fill(1);
    assert.throws(() => haufePatterns(patterns, nVoxels, [one, one]), RangeError);
    assert.throws(() => haufePatterns(patterns, nVoxels - 1, [one]), RangeError);
    assert.throws(() => extractionFilter(decoder, Float64Array.of(1, 2)), RangeError);
  });
});

describe('the likeness of a decoded code with its target', () => {
  it('is a sum over latents', () => {
    const code = Float64Array.of(0.2, -1, 3, 0.5);
    const target = Float64Array.of(1, -2, 2, 0);
    const likeness = similarityDirection(code, target);
    const sum = likeness?.direction.reduce((total, value, k) => total + value * code[k], 0) ?? Number.NaN;
    assertClose([sum, likeness?.r ?? 0], [pearson(code, target), pearson(code, target)], 1e-12, 'r');
    assert.equal(similarityDirection(code, new Float64Array(4)), null);
  });
});
