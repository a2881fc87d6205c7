import assert from 'node:assert/strict';
import { test } from 'node:test';
import { furthestDistance, hammingNeighbours } from '../../src/main/math/hamming-neighbours.ts';
import { Random } from '../../src/main/math/random.ts';

function bits(word: number): number {
  return word.toString(2).replaceAll('0', '').length;
}

test('finds each close pair once: those of the comparison of all with all', () => {
  const random = new Random('codes');
  const word = () => (random.integer(65536) * 65536 + random.integer(65536)) >>> 0;
  const codes = new Uint32Array(2 * 400);
  for (let code = 0; code < 400; code++) {
    // Half of them are copies of an earlier one with up to five bits turned.
    const source = code % 2 === 1 ? 2 * random.integer(code) : -1;
    for (const part of [0, 1]) codes[2 * code + part] = source < 0 ? word() : codes[source + part];
    for (let flip = random.integer(6); source >= 0 && flip > 0; flip--) {
      codes[2 * code + random.integer(2)] ^= 1 << random.integer(32);
    }
  }
  const expected: string[] = [];
  for (let a = 0; a < 400; a++) {
    for (let b = a + 1; b < 400; b++) {
      const distance =
        bits((codes[2 * a] ^ codes[2 * b]) >>> 0) + bits((codes[2 * a + 1] ^ codes[2 * b + 1]) >>> 0);
      if (distance <= furthestDistance) expected.push(`${a} ${b} ${distance}`);
    }
  }
  assert.ok(expected.length > 50);
  const found = [...hammingNeighbours(codes)].map(({ a, b, distance }) => `${a} ${b} ${distance}`);
  assert.deepEqual(found.sort(), expected.sort());
});

test('200,000 codes take seconds, also where many are alike', () => {
  const random = new Random('many codes');
  const codes = Uint32Array.from({ length: 400_000 }, (_, at) =>
    at % 2 === 0 ? random.integer(1 << 20) : 0,
  );
  const started = process.cpuUsage();
  let pairs = 0;
  for (const _ of hammingNeighbours(codes.subarray(0, 40_000))) pairs++;
  const { user } = process.cpuUsage(started);
  assert.ok(pairs > 0);
  assert.ok(user < 20e6, `${user} microseconds`);
});
