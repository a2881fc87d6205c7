import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attributeAxis, scoreAttribute } from '../../src/main/decoding/attributes.ts';

const codes = Float32Array.of(1, 10, 3, 10, 5, 12, 7, 12);
const labels = [false, false, true, true];

test('the axis is the difference of the class means', () => {
  const axis = attributeAxis(codes, 2, labels);
  assert.deepEqual([...axis.direction], [4, 2]);
  assert.deepEqual([...axis.midpoint], [4, 11]);
});

test('classes part at the midpoint by default', () => {
  const axis = attributeAxis(codes, 2, labels);
  const score = scoreAttribute(axis, codes, labels);
  assert.equal(score.accuracy, 1);
  assert.equal(score.nCorrect, 4);
  assert.ok(Math.abs(score.p - 1 / 16) < 1e-12);
  assert.ok(Math.abs(score.projections[0] + 14 / 20) < 1e-7);
});

test('the published rule takes the sign as it is: codes off the origin all fall on one side', () => {
  const axis = attributeAxis(codes, 2, labels);
  const score = scoreAttribute(axis, codes, labels, { threshold: 'origin' });
  assert.equal(score.accuracy, 0.5);
  assert.ok(Math.abs(score.p - 11 / 16) < 1e-12);
  const centred = codes.map((value, i) => value - axis.midpoint[i % 2]);
  assert.deepEqual(
    scoreAttribute(axis, centred, labels, { threshold: 'origin' }).projections,
    scoreAttribute(axis, codes, labels).projections,
  );
});

test('an empty class or a wrong shape is refused', () => {
  assert.throws(() => attributeAxis(codes, 2, [1, 1, 1, 1]), RangeError);
  assert.throws(() => attributeAxis(codes, 2, [1, 0]), RangeError);
  assert.throws(() => scoreAttribute(attributeAxis(codes, 2, labels), codes, [true]), RangeError);
});
