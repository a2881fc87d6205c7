import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  binomialSf,
  fLogSf,
  fSf,
  fToZ,
  gammaPdf,
  logGamma,
  normalIsf,
  normalIsfFromLog,
  normalLogSf,
  normalSf,
  studentTLogSf,
  studentTSf,
  tToZ,
} from '../../src/main/math/distributions.ts';

interface Reference {
  normalLogSf: [number, number][];
  normalIsf: [number, number][];
  normalIsfFromLog: [number, number][];
  t: [number, number, number, number][];
  f: [number, number, number, number, number | null][];
  binomialSf: [number, number, number, number][];
  gammaPdf: [number, number, number, number][];
  logGamma: [number, number][];
}

// Made with mpmath at 60 digits and scipy; the file says how.
const reference: Reference = JSON.parse(
  readFileSync(join(import.meta.dirname, '../fixtures/math/distributions.json'), 'utf8'),
);

function assertClose(actual: number, expected: number, relative: number, what: string, absolute = 0): void {
  const error = Math.abs(actual - expected);
  assert.ok(error <= relative * Math.abs(expected) + absolute, `${what}: ${actual}, expected ${expected}`);
}

test('normal tails equal 60-digit values to 1e-14, far out too', () => {
  for (const [z, expected] of reference.normalLogSf) {
    assertClose(normalLogSf(z), expected, 1e-14, `log sf(${z})`, z < 0 ? 1e-16 : 0);
  }
  assert.equal(normalSf(0), 0.5);
  assert.equal(normalSf(Number.POSITIVE_INFINITY), 0);
  assert.equal(normalSf(Number.NEGATIVE_INFINITY), 1);
});

test('the inverse tail equals 60-digit values to 1e-14, also for probabilities below the smallest float', () => {
  for (const [p, expected] of reference.normalIsf) {
    assertClose(normalIsf(p), expected, 1e-14, `isf(${p})`, 1e-15);
    if (p > 1e-10) assertClose(normalIsf(1 - p), -expected, 1e-6, `isf(1 - ${p})`);
  }
  for (const [logP, expected] of reference.normalIsfFromLog) {
    assertClose(normalIsfFromLog(logP), expected, 1e-14, `isf(exp(${logP}))`);
  }
  assert.equal(normalIsf(0), Number.POSITIVE_INFINITY);
  assert.equal(normalIsf(1), Number.NEGATIVE_INFINITY);
  assert.ok(Number.isNaN(normalIsf(1.1)));
});

test("Student's t: tails and z equal 60-digit values", () => {
  for (const [t, dof, logSf, z] of reference.t) {
    assertClose(studentTLogSf(t, dof), logSf, 1e-11, `t ${t}, dof ${dof}: log sf`);
    assertClose(tToZ(t, dof), z, 1e-10, `t ${t}, dof ${dof}: z`, 2e-15);
    assert.equal(tToZ(-t, dof), -tToZ(t, dof));
    assertClose(studentTSf(t, dof) + studentTSf(-t, dof), 1, 1e-14, 'the two tails');
  }
  assert.equal(tToZ(0, 10), 0);
  assertClose(tToZ(1e30, 100), 115.54265134663287, 1e-12, 'a t without noise stays finite');
  assertClose(tToZ(3, Number.POSITIVE_INFINITY), 3, 1e-14, 'normal limit');
  assert.throws(() => studentTSf(1, 0), RangeError);
});

test('F: tails and z equal 60-digit values', () => {
  for (const [f, dof1, dof2, logSf, z] of reference.f) {
    assertClose(fLogSf(f, dof1, dof2), logSf, 1e-10, `F ${f} (${dof1}, ${dof2}): log sf`, 1e-16);
    if (z !== null && z > -8) assertClose(fToZ(f, dof1, dof2), z, 1e-8, `F ${f} (${dof1}, ${dof2}): z`);
  }
  assert.equal(fSf(0, 3, 10), 1);
  // A t squared is an F with one degree of freedom.
  assertClose(fSf(2.5 ** 2, 1, 17), 2 * studentTSf(2.5, 17), 1e-13, 't and F');
});

test('binomial tail, gamma density and log gamma equal scipy and mpmath', () => {
  for (const [k, n, p, expected] of reference.binomialSf) {
    assertClose(binomialSf(k, n, p), expected, 1e-12, `binomial ${k} of ${n}`);
  }
  for (const [x, shape, scale, expected] of reference.gammaPdf) {
    assertClose(gammaPdf(x, shape, scale), expected, 1e-13, `gamma pdf at ${x}`);
  }
  for (const [x, expected] of reference.logGamma) {
    assertClose(logGamma(x), expected, 1e-15, `log gamma of ${x}`, 2e-15);
  }
  assert.throws(() => binomialSf(1, 2.5, 0.5), RangeError);
  assert.throws(() => gammaPdf(1, 0), RangeError);
});
