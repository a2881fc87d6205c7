import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { crossing } from '../../src/main/services/reproduction/calibrate-noise.ts';
import { readRecordedStudy } from '../../src/main/services/reproduction/recorded-study.ts';
import { reproductionTables } from '../../src/main/services/reproduction/results.ts';
import { FusiformError } from '../../src/shared/errors.ts';
import type { GroupCell } from '../../src/shared/group.ts';
import type { LearningPoint } from '../../src/shared/learning-curve.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fusiform-reproduction-'));
});
after(() => rm(folder, { recursive: true, force: true }));

const tried = (noiseLevel: number, mean: number) => ({ noiseLevel, pairwise: [mean], mean });

test('the noise is interpolated by the probit between the two levels on both sides of the target', () => {
  // z of 0.9772 is 2, of 0.8413 is 1: 1.5 lies half way on the logarithm of 1 to 4.
  const between = crossing([tried(1, 0.97725), tried(4, 0.841345)], 0.933193);
  assert.ok(Math.abs((between ?? 0) - 2) < 0.01, String(between));
  assert.equal(crossing([tried(4, 0.841345), tried(1, 0.97725)], 0.933193), between);
  assert.equal(crossing([tried(1, 0.9), tried(1.5, 0.88)], 0.875), null);
  assert.equal(crossing([tried(1, 0.9)], 0.875), null);
});

test('no level falls outside of the two where a score is perfect', () => {
  const level = crossing([tried(1, 1), tried(1.5, 0.6)], 0.875) ?? 0;
  assert.ok(level > 1 && level < 1.5);
});

test('a folder without the dataset is named', async () => {
  await assert.rejects(
    readRecordedStudy(folder),
    (error) =>
      error instanceof FusiformError && error.code === 'FILE_NOT_FOUND' && /ds001761/.test(error.message),
  );
});

test('tables stand beside the published figures, a learning curve at the numbers of faces that there were', () => {
  const cell = (model: 'vaegan' | 'pca', values: number[]): GroupCell => ({
    model,
    kind: model,
    decoder: 'pseudo-inverse',
    values,
    mean: values.reduce((a, b) => a + b, 0) / values.length,
    min: Math.min(...values),
    max: Math.max(...values),
    n: values.length,
    published: { mean: 0.955, range: [0.913, 0.987] },
  });
  const cells = [cell('vaegan', [0.9, 1]), cell('pca', [0.8, 0.9])];
  const point = (requested: number | null, trainingFaces: number, pairwise: number): LearningPoint => ({
    region: 'all',
    requested,
    trainingFaces,
    runs: 5,
    voxels: 100,
    pairwise,
    pairwiseInterval: [0.5, 0.9],
    pairwiseP: pairwise > 0.6 ? 0.001 : 0.2,
    nWay: 0.1,
    nWayP: 0.3,
  });
  const curve = (subject: string, model: string, faces: number) => ({
    definition: 'learning-curve/1' as const,
    decoder: 'pseudo-inverse' as const,
    selection: 'own-runs' as const,
    testFaces: 20,
    subject,
    model,
    points: [point(1000, faces, 0.55), point(null, 8000, 0.9)],
  });
  const text = reproductionTables({
    calibration: { noiseLevel: 2.5, target: 0.875, pilots: [101], tried: [] },
    group: {
      name: 'reproduction',
      subjects: ['01', '02'],
      columns: cells,
      rows: [{ measure: 'pairwise', region: 'all', label: 'pairwise', chance: 0.5, cells }],
      chance: [],
      friedman: [],
      leftOut: [],
      notes: [],
    },
    curves: [curve('01', 'vaegan', 1000), curve('02', 'vaegan', 1100), curve('01', 'pca', 1000)],
  });
  assert.match(
    text,
    /\| pairwise \| 95\.0 % \(90\.0 to 100\.0 %\) \| 95\.5 % \(91\.3 to 98\.7 %\) \| 85\.0 % \(80\.0 to 90\.0 %\) \|/,
  );
  assert.match(text, /\| 1000 \(1000 to 1100\) \| 55\.0 % .* \| 0 of 2 \| 55\.0 % .* \| 0 of 1 \|/);
  assert.match(text, /\| all \(8000 to 8000\) \| 90\.0 % .* \| 2 of 2 \|/);
});

const archive = join(
  import.meta.dirname,
  '..',
  '..',
  '..',
  'shared',
  'data',
  'ds001761',
  'ds001761-no-stimuli.tar.gz',
);

test('the real study is four subjects of 98 to 107 runs', {
  skip: !existsSync(archive) && 'no shared/data/ds001761',
}, async () => {
  const { execFileSync } = await import('node:child_process');
  execFileSync('tar', ['xzf', archive, '-C', folder]);
  const recorded = await readRecordedStudy(join(folder, 'ds001761'));
  assert.deepEqual(
    recorded.map(({ label, runs }) => [label, runs.length]),
    [
      ['01', 107],
      ['02', 100],
      ['03', 98],
      ['04', 99],
    ],
  );
  assert.equal(new Set(recorded.flatMap(({ runs }) => runs.map(({ name }) => name))).size, 404);
});
