import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { identify } from '../../src/main/decoding/identification.ts';
import { decodePatterns, prepareDecoder } from '../../src/main/decoding/mapping.ts';
import { exactRankTest } from '../../src/main/decoding/rank-tests.ts';
import type { Engine } from '../../src/main/engine/engine.ts';
import { openEngine } from '../../src/main/engine/registry.ts';
import { readSafetensorsHeader } from '../../src/main/formats/safetensors/safetensors.ts';
import { selectSomeVoxels, testVoxels } from '../../src/main/glm/voxel-selection.ts';
import { voxelStatistics } from '../../src/main/glm/voxel-statistics.ts';
import { fitEncodingStage, readEncoding } from '../../src/main/jobs/stages/fit-encoding.ts';
import { readLatents } from '../../src/main/jobs/stages/latents.ts';
import { learningCurveStage, readLearningCurve } from '../../src/main/jobs/stages/learning-curve.ts';
import { chooseFolds } from '../../src/main/jobs/stages/learning-points.ts';
import { FusiformError } from '../../src/shared/errors.ts';
import type { LearningCurve, PointSelection } from '../../src/shared/learning-curve.ts';
import { type EncodingSubject, writeEncodingSubject } from '../encoding-subject.ts';
import { stageContext } from './stage-context.ts';

const shape = [8, 8, 6] as const;
const nLatents = 3;
const nRuns = 6;
const nFolds = 3;
const facesPerRun = 20;
const rules = { faceRule: { kind: 'all' }, gainRule: { kind: 'fraction', keep: 0.5 } } as const;
let folder: string;
let engine: Engine;
let subject: EncodingSubject;
let encoding: string;
let curve: LearningCurve;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fusiform-learning-'));
  const events = Array.from({ length: nRuns }, (_, run) => eventsOf(run));
  subject = await writeEncodingSubject(join(folder, 'subject'), { shape, nLatents, events });
  ({ engine } = await openEngine('wasm'));
  encoding = await fit('whole', subject.runs, nFolds);
  curve = await learn('curve', encoding, [facesPerRun * 3]);
});
after(async () => {
  await engine.dispose();
  await rm(folder, { recursive: true, force: true });
});

/** Four test faces, the last of them in no run of the first fold, and training faces of the run's own. */
function eventsOf(run: number): string {
  const rare = run % nFolds !== 0;
  const trials = Array.from({ length: 24 }, (_, at) => {
    const test = at % 6 === 5;
    const which = Math.floor(at / 6);
    const face = test ? `test-${which === 3 && !rare ? 0 : which}.png` : `train-${run}-${at}.png`;
    return `${6 + 3 * at}\t1\t${test ? 'test_face' : 'train_face'}\t${face}\t0`;
  });
  return ['onset\tduration\ttrial_type\tstim_file\toneback', ...trials, ''].join('\n');
}

async function fit(name: string, runs: EncodingSubject['runs'], folds: number): Promise<string> {
  const context = await stageContext(join(folder, name), { inputs: subject.inputs, engine });
  const parameters = { runs, settings: {}, noise: 'ar1', maskThreshold: 0.5, folds, engine: 'wasm' };
  await fitEncodingStage.perform(parameters, context);
  return context.outDir;
}

async function learn(
  name: string,
  from: string,
  points: number[] | null,
  selection: PointSelection = 'own-runs',
): Promise<LearningCurve> {
  const inputs = { ...subject.inputs, encoding: from };
  const context = await stageContext(join(folder, name), { inputs, engine });
  const { runs } = subject;
  const regions = { kind: 'posterior' };
  await learningCurveStage.perform(
    { modelName: 'codes', runs, points, ...rules, selection, regions, seed: 1, engine: 'wasm' },
    context,
  );
  return readLearningCurve(context.outDir);
}

/** The same point by a model that was fitted to these runs alone, from their volumes. */
async function direct(runs: EncodingSubject['runs'], name: string) {
  const { equations, description } = await readEncoding(await fit(name, runs, 0));
  const statistics = await voxelStatistics(equations, { latentNames: description.latentNames });
  const { positions } = selectSomeVoxels(testVoxels(statistics), rules);
  const all = await readEncoding(encoding);
  const tested = (await all.equations.solve()).beta;
  const weights = (await equations.solve()).beta;
  const names = all.description.others.filter((regressor) => regressor.startsWith('test:'));
  const pick = (beta: Float32Array, rows: number[]) =>
    Float32Array.from(
      rows.flatMap((row) => Array.from(positions, (at) => beta[row * equations.nVoxels + at])),
    );
  const decoder = prepareDecoder(
    pick(
      weights,
      [...description.latentNames, 'face'].map((wanted) => equations.names.indexOf(wanted)),
    ),
    nLatents + 1,
    positions.length,
    nLatents,
  );
  const patterns = pick(
    tested,
    names.map((wanted) => all.equations.names.indexOf(wanted)),
  );
  const latents = await readLatents(subject.inputs.latents);
  const targets = names.flatMap((wanted) => {
    const row = latents.files.indexOf(wanted.slice('test:'.length));
    return [...latents.codes.subarray(row * nLatents, (row + 1) * nLatents)];
  });
  const score = identify(decodePatterns(decoder, patterns), Float32Array.from(targets), nLatents, {
    seed: 1,
  });
  return { voxels: positions.length, score };
}

test('a point of the curve is a model fitted to those runs alone', async () => {
  const folds = await Promise.all(
    [1, 2].map(async (fold) => {
      const { metadata } = await readSafetensorsHeader(join(encoding, `fold-${fold}.safetensors`));
      return JSON.parse(metadata.runs) as string[];
    }),
  );
  assert.deepEqual(
    curve.points.filter(({ region }) => region === 'all').map((point) => [point.trainingFaces, point.runs]),
    [
      [facesPerRun * 2, 2],
      [facesPerRun * nRuns, nRuns],
    ],
  );
  const inFirst = subject.runs.filter(({ name }) => folds[0].includes(name));
  for (const [point, runs, name] of [
    [curve.points[0], inFirst, 'first fold'],
    [curve.points.findLast(({ region }) => region === 'all'), subject.runs, 'all runs'],
  ] as const) {
    const expected = await direct(runs, name);
    assert.equal(point?.voxels, expected.voxels, name);
    assert.equal(point?.pairwise, expected.score.pairwise, name);
    assert.deepEqual(point?.pairwiseInterval, expected.score.pairwiseInterval, name);
    assert.equal(point?.nWay, expected.score.nWay, name);
    const beaten = expected.score.stimuli.map(({ pairwise }) => pairwise * 3);
    assert.ok(Math.abs((point?.pairwiseP ?? 0) - exactRankTest(beaten.map(Math.round), 4)) < 1e-12, name);
  }
});

test('voxels selected on all runs are the same at every point, and the last point is that of either selection', async () => {
  const frozen = await learn('frozen', encoding, [facesPerRun * 2], 'all-runs');
  const voxels = (of: LearningCurve) =>
    of.points.filter(({ region }) => region === 'all').map((p) => p.voxels);
  assert.equal(new Set(voxels(frozen)).size, 1);
  const last = (of: LearningCurve) => of.points.findLast(({ region }) => region === 'all');
  assert.deepEqual(last(frozen), last(curve));
  assert.notDeepEqual(frozen.points[0], curve.points[0]);
});

test('test patterns are those of all runs, also of a face that the first runs never show', async () => {
  const { points, testFaces } = curve;
  assert.equal(testFaces, 4);
  assert.ok(points.every(({ pairwise }) => Number.isFinite(pairwise)));
});

test('the curve is left as a table, as Parquet and as a picture', async () => {
  const out = join(folder, 'curve', 'out');
  const [header, ...rows] = (await readFile(join(out, 'learning-curve.tsv'), 'utf8')).trim().split('\n');
  assert.match(header, /^region\trequested_faces\ttraining_faces\truns\tvoxels\tpairwise\t/);
  assert.equal(rows.length, curve.points.length);
  assert.match(await readFile(join(out, 'learning-curve.svg'), 'utf8'), /^<svg/);
  assert.ok((await readFile(join(out, 'learning-curve.parquet'))).length > 100);
});

test('whole folds stand for the numbers of faces asked for: the nearest, each once, and all', () => {
  const names = ['a', 'b', 'c', 'd'];
  const faces = new Map(
    names.map((name, at) => [name, new Set(Array.from({ length: 600 }, (_, i) => `${at}/${i}`))]),
  );
  const folds = names.map((name) => [name]);
  const chosen = (points: number[] | null) => chooseFolds(folds, faces, points).map((point) => point.faces);
  assert.deepEqual(chosen(null), [1200, 1800, 2400]);
  assert.deepEqual(chosen([100, 500, 700, 9000]), [600, 2400]);
  faces.set('b', new Set(faces.get('a')));
  assert.deepEqual(chosen([1200]), [1200, 1800]);
});

test('a point whose runs select too few voxels is left out with a note, and the others stand', async () => {
  const inputs = { ...subject.inputs, encoding };
  const context = await stageContext(join(folder, 'strict'), { inputs, engine });
  const { problems } = await learningCurveStage.perform(
    {
      modelName: 'codes',
      runs: subject.runs,
      points: [facesPerRun * 2],
      faceRule: { kind: 'p', p: 1e-12 },
      gainRule: { kind: 'all' },
      selection: 'own-runs',
      regions: { kind: 'posterior' },
      seed: 1,
      engine: 'wasm',
    },
    context,
  );
  assert.deepEqual((await readLearningCurve(context.outDir)).points, []);
  const left = problems?.filter(({ code }) => code === 'REGION_TOO_SMALL') ?? [];
  assert.match(left[0].message, /^At 40 training faces: The region "all" has 0 selected voxels/);
  assert.match(await readFile(join(context.outDir, 'learning-curve.svg'), 'utf8'), /^<svg/);
});

test('an encoding model without folds is refused', async () => {
  const single = await fit('single', subject.runs, 0);
  await assert.rejects(
    learn('refused', single, null),
    (error) => error instanceof FusiformError && error.code === 'VOXELS_NOT_CROSS_VALIDATED',
  );
});

test('a damaged fold ends the curve with its name', async () => {
  const broken = await fit('broken', subject.runs, nFolds);
  await copyFile(join(broken, 'encoding.json'), join(broken, 'fold-2.safetensors'));
  await assert.rejects(learn('broken curve', broken, null), /fold-2\.safetensors|safetensors/i);
});
