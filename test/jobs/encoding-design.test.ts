import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CodeBook } from '../../src/main/jobs/stages/encoding-design.ts';

const latents = {
  files: ['a.png', 'b.png', 'c.png', 'test.png'],
  latentDim: 3,
  // The second latent has collapsed; the test face is far away in it, and must not count.
  codes: Float32Array.of(1, 0.5, -1, 2, 0.5, 0, 3, 0.5, 1, 0, 9, 0),
  model: null,
};

describe('code book', () => {
  const book = new CodeBook(latents, ['a.png', 'b.png', 'c.png']);

  it('models the latents that vary over the training faces, and knows where the others stay', () => {
    assert.deepEqual(book.space, { dim: 3, modelled: [0, 2], means: [2, 0.5, 0] });
    assert.deepEqual(book.codeOf('c.png', 'events.tsv', 2), [3, 1]);
  });

  it('finds test faces that are training faces under another name', () => {
    const copied = { ...latents, codes: latents.codes.with(9, 2).with(10, 0.5).with(11, 0) };
    const faces = ['a.png', 'b.png', 'c.png'];
    assert.deepEqual(new CodeBook(copied, faces).pairsAlike(['test.png'], faces), [['test.png', 'b.png']]);
    assert.deepEqual(book.pairsAlike(['test.png'], faces), []);
  });

  it('names the event whose stimulus has no code', () => {
    assert.throws(() => book.codeOf('z.png', 'events.tsv', 7), {
      code: 'STIMULUS_NOT_ENCODED',
      file: 'events.tsv',
      line: 7,
    });
  });
});
