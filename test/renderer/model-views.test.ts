import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LossRow } from '../../src/main/generative/vaegan/loss-history.ts';
import { thinLosses } from '../../src/main/services/training-history.ts';
import { latentRows, moved, noMoves, positionsOf, traversal } from '../../src/renderer/model/code-moves.ts';
import { figuresOf, overlay } from '../../src/renderer/model/curves.ts';

const spread = { n: 10, mean: [0, 0], deviation: [2, 0.5], order: [0, 1], active: 2 };
const axes = [{ name: 'Smiling', kind: 'class' as const, accuracy: 0.9, direction: [1, -1] }];

describe('a face that sliders move', () => {
  it('goes by standard deviations along latents, and by distances of class means along attributes', () => {
    assert.deepEqual(moved([1, 1], noMoves, spread, axes), [1, 1]);
    assert.deepEqual(moved([1, 1], { latents: { 1: 2 }, attributes: { Smiling: -1 } }, spread, axes), [0, 3]);
  });

  it('is moved along rows from side to side', () => {
    const positions = positionsOf(3, 2);
    assert.deepEqual(positions, [-2, 0, 2]);
    assert.deepEqual(traversal([1, 1], latentRows(spread, 1), positions), [
      [-3, 1],
      [1, 1],
      [5, 1],
    ]);
  });
});

describe('the curves of a training', () => {
  const row = (step: number, similarity: number | null): LossRow => ({
    step,
    phase: similarity === null ? 'warmup' : 'adversarial',
    learningRate: 1e-3,
    kl: step,
    pixel: 2 * step,
    similarity,
    onReal: null,
    onReconstruction: null,
    onSample: null,
    accuracy: null,
    generatorUpdated: step % 2 === 0,
    discriminatorUpdated: false,
    microBatch: 8,
  });
  const rows = Array.from({ length: 10 }, (_, at) => row(at + 1, at < 7 ? null : at));

  it('are means over stretches, each loss over the steps that computed it', () => {
    const points = thinLosses(rows, 3);
    assert.deepEqual(
      points.map(({ step, kl, similarity, generatorUpdated }) => [step, kl, similarity, generatorUpdated]),
      [
        [4, 2.5, null, 0.5],
        [8, 6.5, 7, 0.5],
        [10, 9.5, 8.5, 0.5],
      ],
    );
    assert.deepEqual(thinLosses([], 3), []);
  });

  it('are shown where there is something to show, and laid over each other by the names of their models', () => {
    const history = {
      name: 'a',
      state: 'done',
      adversarialFrom: 8,
      losses: thinLosses(rows, 10),
      evaluations: [
        { step: 5, faces: 4, ssim: 0.5, pixCorr: 0.6, pcaSsim: 0.7, pcaPixCorr: null, activeLatents: 2 },
      ],
      grids: [],
    };
    const ids = figuresOf(history).map(({ id }) => id);
    assert.deepEqual(ids, ['ssim', 'correlation', 'active', 'pixel', 'kl', 'similarity', 'balance']);
    const [ssim] = overlay([
      { name: 'a', history },
      { name: 'b', history },
    ]);
    assert.deepEqual(
      ssim.points.map(({ curve, value }) => [curve, value]),
      [
        ['a', 0.5],
        ['b', 0.5],
      ],
    );
  });
});
