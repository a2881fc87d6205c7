import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { interpolateLinearly, interpolateSpherically } from '../../src/main/generative/interpolation.ts';

const close = (actual: ArrayLike<number>, expected: readonly number[]) => {
  assert.equal(actual.length, expected.length);
  expected.forEach((value, at) => {
    assert.ok(Math.abs(actual[at] - value) < 1e-12, `${[...Array.from(actual)]}`);
  });
};

describe('interpolation of codes', () => {
  it('is a straight line, beyond its ends too', () => {
    close(interpolateLinearly([1, 2], [3, -2], 0.25), [1.5, 1]);
    close(interpolateLinearly([1, 2], [3, -2], 2), [5, -6]);
  });

  it('turns at constant speed: a right angle in thirds is 30 degrees each', () => {
    close(interpolateSpherically([2, 0], [0, 2], 1 / 3), [
      2 * Math.cos(Math.PI / 6),
      2 * Math.sin(Math.PI / 6),
    ]);
    close(interpolateSpherically([2, 0], [0, 2], 0), [2, 0]);
    close(interpolateSpherically([2, 0], [0, 2], 1), [0, 2]);
  });

  it('changes the distance from the centre linearly', () => {
    const half = interpolateSpherically([1, 0], [0, 3], 0.5);
    close([Math.hypot(...half), half[0] - half[1]], [2, 0]);
  });

  it('turns about any centre', () => {
    close(interpolateSpherically([12, 5], [10, 7], 0.5, [10, 5]), [10 + Math.SQRT2, 5 + Math.SQRT2]);
  });

  it('is the straight line where no great circle is singled out', () => {
    close(interpolateSpherically([1, 0], [3, 0], 0.5), [2, 0]);
    close(interpolateSpherically([1, 0], [-1, 0], 0.25), [0.5, 0]);
    close(interpolateSpherically([0, 0], [0, 2], 0.5), [0, 1]);
  });
});
