import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { probabilityText, scoreSentence } from '../../src/shared/score-sentence.ts';

describe('the sentence of a score', () => {
  it('names interval, number of faces, p with its test, and chance', () => {
    const score = {
      definition: 'pairwise-pearson/1',
      value: 0.934,
      lower: 0.881,
      upper: 0.9712,
      p: 0.0001,
      test: 'stimulus-permutation/1',
      chance: 0.5,
      n: 20,
    };
    assert.equal(
      scoreSentence(score),
      'Pairwise identification 0.93 (95 % CI 0.88 to 0.97), 20 test faces, p < 0.001 by permutation of stimuli; chance 0.50',
    );
  });

  it('gives the reason where there is no value, and leaves out what is not known', () => {
    assert.equal(
      scoreSentence({ definition: 'ssim-grey-gaussian/1', value: null, n: 4, reason: 'No pictures.' }),
      'Structural similarity: none. No pictures.',
    );
    assert.equal(scoreSentence({ definition: 'own/9', value: 0.5, n: 1 }), 'own/9 0.50, 1 test face');
  });

  it('rounds p to two digits', () => {
    assert.equal(probabilityText(0.0123), 'p = 0.012');
    assert.equal(probabilityText(1), 'p = 1');
  });
});
