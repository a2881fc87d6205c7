import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { Random } from '../../src/main/math/random.ts';
import { mean, standardDeviation } from '../../src/main/math/statistics.ts';
import { drawFace } from '../../src/main/simulation/face-drawing.ts';
import {
  type FaceParameters,
  faceParameterNames,
  faceTraits,
  faceVector,
  sampleFace,
} from '../../src/main/simulation/faces.ts';

function people(n: number): FaceParameters[] {
  const random = new Random('people');
  return Array.from({ length: n }, () => sampleFace(random));
}

async function pixels(face: FaceParameters, size: number): Promise<Buffer> {
  return sharp(Buffer.from(drawFace(face, size)))
    .removeAlpha()
    .raw()
    .toBuffer();
}

test('the same seed gives the same person, another seed another one', () => {
  assert.deepEqual(sampleFace(new Random(1)), sampleFace(new Random(1)));
  assert.notDeepEqual(sampleFace(new Random(1)), sampleFace(new Random(2)));
  assert.equal(sampleFace(new Random(1), true).male, true);
  assert.equal(sampleFace(new Random(1), false).male, false);
});

test('traits keep within their poles; the vector is standardised over the population', () => {
  const vectors = people(4000).map((face) => {
    for (const name of faceParameterNames) assert.ok(face[name] > -1 && face[name] < 1);
    return faceVector(face);
  });
  assert.equal(vectors[0].length, faceParameterNames.length);
  for (const [i, name] of faceParameterNames.entries()) {
    const column = vectors.map((vector) => vector[i]);
    assert.ok(Math.abs(mean(column)) < 0.07, name);
    assert.ok(Math.abs(standardDeviation(column) - 1) < 0.05, name);
  }
});

test('no single trait tells the gender; together they do for most people', () => {
  const faces = people(2000);
  const agreement = (score: (face: FaceParameters) => number) =>
    faces.filter((face) => score(face) > 0 === face.male).length / faces.length;
  for (const name of faceParameterNames) {
    const sign = Math.sign(faceTraits[name].difference) || 1;
    assert.ok(agreement((face) => sign * face[name]) < 0.87, name);
  }
  const together = agreement((face) =>
    faceParameterNames.reduce((sum, name) => sum + faceTraits[name].difference * Math.atanh(face[name]), 0),
  );
  assert.ok(together > 0.88 && together < 0.99, `${together}`);
});

test('the portrait is a finite SVG of the size asked for, and librsvg draws it', async () => {
  for (const face of people(200)) assert.doesNotMatch(drawFace(face, 32), /NaN|Infinity|undefined/);
  const [face] = people(1);
  const { width, height, channels } = await sharp(Buffer.from(drawFace(face, 48))).metadata();
  assert.deepEqual([width, height], [48, 48]);
  assert.ok(channels !== undefined && channels >= 3);
});

test('every trait changes the picture', async () => {
  const base = { ...people(1)[0], male: true } as Record<string, number | boolean>;
  for (const name of faceParameterNames) base[name] = 0.2;
  for (const name of faceParameterNames) {
    const low = await pixels({ ...base, [name]: -0.7 } as unknown as FaceParameters, 64);
    const high = await pixels({ ...base, [name]: 0.7 } as unknown as FaceParameters, 64);
    let difference = 0;
    for (let i = 0; i < low.length; i += 1) difference += Math.abs(low[i] - high[i]) / low.length;
    assert.ok(difference > 0.1, `${name}: ${difference}`);
  }
});

test('the picture changes without jumps', async () => {
  const [a, b] = people(2);
  const steps = 24;
  let last: Buffer | null = null;
  let total = 0;
  let largest = 0;
  for (let step = 0; step <= steps; step += 1) {
    const face = { ...a } as Record<string, number | boolean>;
    for (const name of faceParameterNames) face[name] = a[name] + ((b[name] - a[name]) * step) / steps;
    const now = await pixels(face as unknown as FaceParameters, 32);
    if (last !== null) {
      let difference = 0;
      for (let i = 0; i < now.length; i += 1) difference += Math.abs(now[i] - last[i]) / now.length;
      total += difference;
      largest = Math.max(largest, difference);
    }
    last = now;
  }
  assert.ok(largest < (4 * total) / steps, `${largest} of ${total}`);
});

test('head and hair lie within the central part that the importer keeps', async () => {
  // Around the head the outermost columns and the top rows show background alone: smooth along the border.
  for (const face of people(60)) {
    const size = 100;
    const image = await pixels(face, size);
    const at = (x: number, y: number, c: number) => image[(y * size + x) * 3 + c];
    for (let x = 1; x < size; x += 1) {
      for (let c = 0; c < 3; c += 1) assert.ok(Math.abs(at(x, 10, c) - at(x - 1, 10, c)) <= 6);
    }
    for (let y = 11; y < 60; y += 1) {
      for (let c = 0; c < 3; c += 1) {
        assert.ok(Math.abs(at(10, y, c) - at(10, y - 1, c)) <= 6);
        assert.ok(Math.abs(at(89, y, c) - at(89, y - 1, c)) <= 6);
      }
    }
  }
});
