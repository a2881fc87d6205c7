import assert from 'node:assert/strict';
import { after, before, beforeEach, describe } from 'node:test';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Engine } from '../../src/main/engine/engine.ts';
import { openEngine, probeEngines } from '../../src/main/engine/registry.ts';
import { beginTest, recordComparison } from './record.ts';

/** One suite for each engine; those that are not on this machine are skipped by name, with the reason. */
export async function forEveryEngine(title: string, tests: (engine: () => Engine) => void): Promise<void> {
  for (const { kind, available, reason } of await probeEngines()) {
    describe(`${title} on ${kind}`, { skip: available ? false : `${kind}: ${reason}` }, () => {
      // Opened when its suite starts and closed when it ends: one engine computes in a thread at a time.
      let engine: Engine | undefined;
      before(async () => {
        ({ engine } = await openEngine(kind));
      });
      beforeEach((context) => beginTest(title, kind, context.name));
      after(() => engine?.dispose());
      tests(() => {
        assert.ok(engine !== undefined);
        return engine;
      });
    });
  }
}

/** Numbers in [-1, 1) from a linear congruential sequence, already rounded to float32. */
export function numbers(count: number, seed: number): Float32Array {
  const values = new Float32Array(count);
  let state = seed >>> 0;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    values[i] = state / 2 ** 31 - 1;
  }
  return values;
}

/** The largest difference, relative to the root mean square of what is expected, stays below the tolerance. */
export async function assertClose(
  actual: Tensor,
  expected: ArrayLike<number>,
  tolerance: number,
  what: string,
): Promise<void> {
  const values = await actual.data();
  actual.dispose();
  assertArraysClose(values, expected, tolerance, what);
}

export function assertArraysClose(
  values: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what: string,
): void {
  assert.equal(values.length, expected.length, `${what}: count`);
  let worst = 0;
  let squares = 0;
  for (let i = 0; i < expected.length; i++) {
    worst = Math.max(worst, Math.abs(values[i] - expected[i]));
    squares += expected[i] ** 2;
    if (Number.isNaN(values[i])) worst = Number.NaN;
  }
  const scale = Math.sqrt(squares / expected.length) || 1;
  assertWithin(worst / scale, tolerance, what, 'size');
}

/** An error as a share of a size stays below the tolerance. Fails for NaN. */
export function assertWithin(error: number, tolerance: number, what: string, size: string): void {
  recordComparison(what, error, tolerance);
  assert.ok(error <= tolerance, `${what}: off by ${error} of its ${size}, allowed ${tolerance}`);
}

/**
 * What float32 may lose in a sum of `terms` products of random sign, relative to the root mean square of such sums: the
 * rounding of every partial sum adds up like a random walk, to about half a unit in the last place (2^-24) times the
 * root of the number of terms. Four times that for the worst of many sums, and some units for the products.
 */
export function sumTolerance(terms: number): number {
  return 2 ** -24 * (16 + 4 * Math.sqrt(terms));
}

/** Positions in an array: its ends, and others that are always the same. */
export function samplePositions(size: number, count = 200): number[] {
  const positions = [
    0,
    1,
    size - 2,
    size - 1,
    ...Array.from(numbers(count, 99), (v) => Math.floor(((v + 1) / 2) * size)),
  ];
  return [...new Set(positions.filter((at) => at >= 0 && at < size))];
}

/** As `assertClose` at some positions alone, where the whole reference would take minutes. */
export async function assertCloseAt(
  actual: Tensor,
  positions: readonly number[],
  expected: (at: number) => number,
  tolerance: number,
  what: string,
): Promise<void> {
  const values = await actual.data();
  actual.dispose();
  assertArraysClose(
    Float64Array.from(positions, (at) => values[at]),
    Float64Array.from(positions, expected),
    tolerance,
    what,
  );
}
