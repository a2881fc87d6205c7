import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { identify } from '../../src/main/decoding/identification.ts';
import { pairedDifference, pairwiseScores } from '../../src/main/decoding/region-comparison.ts';
import { Random } from '../../src/main/math/random.ts';
import { assertClose } from '../glm/assert-close.ts';

describe('regions compared face by face', () => {
  const n = 10;
  const nLatents = 6;
  const targets = new Float32Array(n * nLatents);
  new Random('targets').fillNormal(targets);
  const noisy = (noise: number) => {
    const random = new Random(`noise ${noise}`);
    return targets.map((value) => value + noise * random.normal());
  };

  it('score as identification does', () => {
    const decoded = noisy(1);
    const scores = pairwiseScores(decoded, targets, nLatents);
    const expected = identify(decoded, targets, nLatents, { seed: 1, nPermutations: 10, nBootstrap: 10 });
    assertClose([scores.mean], [expected.pairwise], 1e-12, 'mean');
    assertClose(
      scores.ofFaces,
      expected.stimuli.map(({ pairwise }) => pairwise),
      1e-12,
      'faces',
    );
    assert.equal(pairwiseScores(targets, targets, nLatents).p.toFixed(12), (1 / n ** n).toFixed(12));
    assert.throws(() => pairwiseScores(targets.slice(0, 6), targets.slice(0, 6), nLatents), RangeError);
  });

  it('differ by what a region adds, with an exact paired test', () => {
    const better = pairwiseScores(noisy(0.3), targets, nLatents).ofFaces;
    const worse = better.map((score, face) => (face < 6 ? score - 0.5 - face / 100 : score));
    const loss = pairedDifference(better, worse, 1);
    assertClose([loss.difference], [(6 * 0.5 + 0.15) / 10], 1e-12, 'difference');
    assert.ok(loss.lower > 0.1 && loss.upper < 0.55);
    // Six differences of one sign, the others 0: 2 / 2^6.
    assertClose([loss.p], [2 / 64], 1e-12, 'p');
    const same = pairedDifference(better, better, 1);
    assert.deepEqual([same.difference, same.lower, same.upper, same.p], [0, 0, 0, 1]);
  });
});
