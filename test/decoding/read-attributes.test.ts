import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type Attribute, readAttributes } from '../../src/main/decoding/read-attributes.ts';
import { centreSums, fitRidge, sumRows } from '../../src/main/decoding/ridge.ts';
import { Random } from '../../src/main/math/random.ts';

interface Expected {
  n: number;
  penalty: number;
  weights: number[];
  majority?: number;
  axis: Record<string, number>;
  classifier: Record<string, number>;
}

interface Fixture {
  nLatents: number;
  folds: number;
  codes: number[];
  foldOf: number[];
  common: number[];
  rare: number[];
  number: number[];
  known: boolean[];
  expected: Record<string, Expected>;
  lda: { alpha: number; coef: number[] };
}

// Made by read-attributes.py with scikit-learn.
const fixture = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', 'fixtures', 'decoding', 'read-attributes.json'), 'utf8'),
) as Fixture;
const codes = Float32Array.from(fixture.codes);
const { nLatents, folds, foldOf } = fixture;

const close = (actual: number, expected: number, what: string, tolerance = 1e-9) =>
  assert.ok(
    Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected)),
    `${what}: ${actual}, not ${expected}`,
  );

describe('reading attributes from codes', () => {
  const attributes: Attribute[] = [
    { name: 'common', kind: 'class', values: fixture.common },
    { name: 'rare', kind: 'class', values: fixture.rare },
    { name: 'number', kind: 'number', values: fixture.number },
    {
      name: 'partly',
      kind: 'class',
      values: fixture.common.map((value, row) => (fixture.known[row] ? value : null)),
    },
  ];
  const readings = readAttributes(codes, nLatents, attributes, { foldOf, folds });

  for (const reading of readings) {
    it(`gives scikit-learn's numbers for ${reading.name}`, () => {
      const expected = fixture.expected[reading.name];
      assert.notEqual(reading.kind, 'not judged');
      if (reading.kind === 'not judged') return;
      assert.equal(reading.n, expected.n);
      assert.equal(reading.penalty, expected.penalty);
      expected.weights.forEach((weight, k) => {
        close(reading.classifier.weights[k], weight, `weight ${k}`);
      });
      const measured: Record<string, Record<string, number>> = {
        axis: { ...reading.byAxis },
        classifier: { ...reading.byClassifier },
      };
      for (const rule of ['axis', 'classifier'] as const) {
        for (const [name, value] of Object.entries(expected[rule])) {
          close(measured[rule][name], value, `${rule} ${name}`);
        }
      }
      if (reading.kind === 'class') close(reading.majority, expected.majority ?? Number.NaN, 'majority');
    });
  }

  it('turns in the direction of linear discriminant analysis with a shrunk covariance', () => {
    const rows = Array.from(fixture.common.keys());
    const sums = centreSums(sumRows(codes, nLatents, new Float64Array(nLatents), [fixture.common], rows));
    let trace = 0;
    for (let k = 0; k < nLatents; k++) trace += sums.xx.data[k * nLatents + k];
    const { weights } = fitRidge(sums, (fixture.lda.alpha * nLatents) / trace);
    const ratio = fixture.lda.coef.map((value, k) => value / weights.data[k]);
    for (const value of ratio) close(value, ratio[0], 'ratio of the weights', 1e-8);
  });

  it('adjusts the p-values of all attributes together', () => {
    const p = readings.map((reading) => (reading.kind === 'not judged' ? Number.NaN : reading.byAxis.p));
    const largest = p.indexOf(Math.max(...p));
    const reading = readings[largest];
    assert.ok(reading.kind !== 'not judged');
    assert.equal(reading.byAxis.q, p[largest]);
  });
});

describe('what is read where there is nothing to read', () => {
  it('is at chance: p below 0.05 in about one of twenty at most', () => {
    const random = new Random('null');
    const [n, d] = [200, 8];
    const noise = Float32Array.from({ length: n * d }, () => random.normal());
    const attributes = Array.from({ length: 60 }, (_, at) => ({
      name: `${at}`,
      kind: 'class' as const,
      values: Array.from({ length: n }, () => (random.uniform() < 0.4 ? 1 : 0)),
    }));
    const foldOfRow = Array.from({ length: n }, (_, row) => row % 5);
    const readings = readAttributes(noise, d, attributes, { foldOf: foldOfRow, folds: 5 });
    const classes = readings.filter((reading) => reading.kind === 'class');
    assert.equal(classes.length, 60);
    const low = classes.filter(({ byClassifier }) => byClassifier.p < 0.05).length;
    assert.ok(low <= 7, `${low} of 60 below 0.05`);
    const aucs = classes.map(({ byClassifier }) => byClassifier.auc);
    const meanAuc = aucs.reduce((sum, value) => sum + value, 0) / aucs.length;
    assert.ok(Math.abs(meanAuc - 0.5) < 0.03, `mean area ${meanAuc}`);
    assert.ok(classes.every(({ byClassifier }) => byClassifier.q > 0.05));
  });

  it('with people in one fold is not read through who they are', () => {
    // Every person has a code and a label of their own, with nothing in common between people.
    const random = new Random('people');
    const [people, pictures, d] = [60, 4, 20];
    const values: number[] = [];
    const groups: string[] = [];
    const rows: number[] = [];
    for (let person = 0; person < people; person++) {
      const code = Array.from({ length: d }, () => random.normal());
      const label = random.uniform() < 0.5 ? 1 : 0;
      for (let picture = 0; picture < pictures; picture++) {
        rows.push(...code.map((value) => value + 0.05 * random.normal()));
        values.push(label);
        groups.push(`person ${person}`);
      }
    }
    const faces = Float32Array.from(rows);
    const attribute = { name: 'label', kind: 'class' as const, values };
    const apart = readAttributes(faces, d, [attribute], {
      foldOf: groups.map((_, row) => Math.floor(row / pictures) % 5),
      folds: 5,
      groups,
    })[0];
    const mixed = readAttributes(faces, d, [attribute], {
      foldOf: groups.map((_, row) => row % 5),
      folds: 5,
    })[0];
    assert.ok(apart.kind === 'class' && mixed.kind === 'class');
    assert.ok(
      mixed.byClassifier.accuracy > apart.byClassifier.accuracy + 0.05,
      'leakage shows without groups',
    );
    assert.ok(apart.byClassifier.p > 0.01, 'and not with them');
    const width = (scores: { lower: number; upper: number }) => scores.upper - scores.lower;
    assert.ok(width(apart.byClassifier) > 1.5 * width(mixed.byClassifier), 'the interval counts people');
  });
});

describe('attributes that cannot be judged', () => {
  it('are listed with the reason', () => {
    const values = (inClass: number) => Array.from({ length: 90 }, (_, row) => (row < inClass ? 1 : 0));
    const readings = readAttributes(
      codes,
      nLatents,
      [
        { name: 'few', kind: 'class', values: values(4) },
        { name: 'none', kind: 'class', values: values(0) },
        { name: 'unknown', kind: 'class', values: values(50).map((value, row) => (row < 80 ? null : value)) },
        { name: 'constant', kind: 'number', values: values(90) },
        { name: 'good', kind: 'class', values: fixture.common },
      ],
      { foldOf, folds },
    );
    assert.deepEqual(
      readings.map(({ name, kind }) => [name, kind]),
      [
        ['few', 'not judged'],
        ['none', 'not judged'],
        ['unknown', 'not judged'],
        ['constant', 'not judged'],
        ['good', 'class'],
      ],
    );
    const [few] = readings;
    assert.ok(few.kind === 'not judged' && /4 faces in the class/.test(few.reason));
  });
});
