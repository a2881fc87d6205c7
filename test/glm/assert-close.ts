import assert from 'node:assert/strict';

/** Every value within `tolerance` of its reference, relative to the largest reference value. */
export function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what: string,
): void {
  assert.equal(actual.length, expected.length, `${what}: number of values`);
  let largest = 0;
  for (let i = 0; i < expected.length; i++) largest = Math.max(largest, Math.abs(expected[i]));
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs(actual[i] - expected[i]);
    assert.ok(
      error <= tolerance * largest,
      `${what}: value ${i} is ${actual[i]}, expected ${expected[i]} (error ${error / largest} of the largest)`,
    );
  }
}
