import assert from 'node:assert/strict';
import { copyFile, mkdtemp, readdir, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Engine } from '../../src/main/engine/engine.ts';
import { openEngine } from '../../src/main/engine/registry.ts';
import { openSeries } from '../../src/main/formats/nifti/series.ts';
import { writeNifti } from '../../src/main/formats/nifti/write.ts';
import type { NormalSolution } from '../../src/main/glm/streaming.ts';
import type { StageResult } from '../../src/main/jobs/stage.ts';
import { encodingFiles, fitEncodingStage, readEncoding } from '../../src/main/jobs/stages/fit-encoding.ts';
import { type EncodingSubject, writeEncodingSubject } from '../encoding-subject.ts';
import { assertClose } from '../glm/assert-close.ts';
import { stageContext } from './stage-context.ts';

const shape = [8, 8, 6] as const;
const nRuns = 4;
let folder: string;
let subject: EncodingSubject;
let engine: Engine;
let whole: NormalSolution;
let tensors: number;
/** The numbers of runs that the last fit reported. */
const reports: number[] = [];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fusiform-encoding-'));
  const events = Array.from({ length: nRuns }, (_, run) => eventsOf(run));
  subject = await writeEncodingSubject(join(folder, 'subject'), { shape, nLatents: 3, events });
  ({ engine } = await openEngine('wasm'));
  tensors = engine.memory().tensors;
  whole = await solution((await fit('whole')).outDir);
});
after(async () => {
  await engine.dispose();
  await rm(folder, { recursive: true, force: true });
});

/** Two test faces, and training faces of the run's own. */
function eventsOf(run: number): string {
  const trials = Array.from({ length: 24 }, (_, at) => {
    const test = at % 6 === 5;
    const face = test ? `test-${(at + run) % 2}.png` : `train-${run}-${at}.png`;
    return `${6 + 3 * at}\t1\t${test ? 'test_face' : 'train_face'}\t${face}\t0`;
  });
  return ['onset\tduration\ttrial_type\tstim_file\toneback', ...trials, ''].join('\n');
}

async function fit(
  name: string,
  options: {
    inputs?: Record<string, string>;
    noise?: 'ols' | 'ar1';
    stopAfter?: number;
    folds?: number;
  } = {},
): Promise<{ result: StageResult; outDir: string }> {
  const abort = new AbortController();
  reports.length = 0;
  const context = await stageContext(join(folder, name), {
    inputs: { ...subject.inputs, ...options.inputs },
    engine,
    signal: abort.signal,
    conduct: { checkpointEveryMs: 0 },
    report: ({ done }) => {
      reports.push(done);
      if (done === options.stopAfter) abort.abort();
    },
  });
  const { runs } = subject;
  const parameters = {
    runs,
    settings: {},
    noise: options.noise ?? 'ar1',
    maskThreshold: 0.5,
    folds: options.folds ?? 0,
    engine: 'wasm',
  };
  const result = await fitEncodingStage.perform(parameters, context);
  return { result, outDir: context.outDir };
}

async function solution(outDir: string): Promise<NormalSolution> {
  return (await readEncoding(outDir)).equations.solve();
}

/** A copy of the last run's images that something was done to. */
async function damaged(
  name: string,
  damage: (path: string) => Promise<void>,
): Promise<Record<string, string>> {
  const key = `${subject.runs[nRuns - 1].name}:bold`;
  const path = join(folder, `${name}.nii.gz`);
  await copyFile(subject.inputs[key], path);
  await damage(path);
  return { [key]: path };
}

async function withoutLastRun(): Promise<NormalSolution> {
  const inputs = await damaged('empty', (path) => truncate(path, 0));
  return solution((await fit('without', { inputs })).outDir);
}

test('sums of all runs, in float32, are kept in pieces', async () => {
  assert.equal(whole.names.length, 3 + 3);
  assert.ok(whole.beta.every(Number.isFinite));
  const { equations } = await readEncoding(join(folder, 'whole', 'out'));
  assert.equal(equations.nRuns, nRuns);
  const arrays = await equations.toNamedArrays();
  assert.ok(arrays['crossProduct/00000000'].data instanceof Float32Array);
});

test('a run that ends too early is left out whole, with a note', async () => {
  const bytes = (await readFile(subject.inputs[`${subject.runs[nRuns - 1].name}:bold`])).length;
  const inputs = await damaged('cut', (path) => truncate(path, Math.floor(bytes * 0.7)));
  const { result, outDir } = await fit('cut short', { inputs });
  const note = result.problems?.find(({ code }) => code === 'GZIP_CORRUPT' || code === 'NIFTI_TRUNCATED');
  assert.match(note?.message ?? '', /^Run sub-01_task-faces_run-004 is left out/);
  assert.equal(result.summary.runs, nRuns - 1);
  const expected = await withoutLastRun();
  assert.deepEqual((await solution(outDir)).beta, expected.beta);
  assert.notDeepEqual(expected.beta, whole.beta);
});

test('a run on another grid and one with NaN are left out with a note', async () => {
  const { grid, nVolumes } = await openSeries(subject.inputs[`${subject.runs[0].name}:bold`]);
  const flat = { shape: [8, 8, 5] as const, affine: grid.affine };
  const cases = [
    { name: 'flat', grid: flat, value: 1, code: 'RUN_GRID_MISMATCH' },
    { name: 'without numbers', grid, value: Number.NaN, code: 'DATA_NOT_FINITE' },
  ];
  for (const { name, grid: of, value, code } of cases) {
    const data = new Float32Array(of.shape[0] * of.shape[1] * of.shape[2] * nVolumes).fill(value);
    const inputs = await damaged(name, (path) => writeNifti(path, { grid: of, data, nVolumes, tR: 2 }));
    const { result } = await fit(name, { inputs });
    assert.equal(result.summary.runs, nRuns - 1);
    assert.ok(result.problems?.some((problem) => problem.code === code));
  }
});

test('cancelled after some runs it goes on with the next, and ends in the same sums', async () => {
  await assert.rejects(
    () => fit('cancelled', { stopAfter: 2 }),
    (error) => error instanceof Error && error.name === 'AbortError',
  );
  assert.deepEqual(await readdir(join(folder, 'cancelled', 'out')), []);
  assert.equal(engine.memory().tensors, tensors, 'nothing is left on the engine');
  const { outDir } = await fit('cancelled');
  assert.deepEqual(reports, [3, 4]);
  assertClose((await solution(outDir)).beta, whole.beta, 1e-6, 'coefficients');
  assert.ok((await readdir(outDir)).includes(encodingFiles.equations));
  assert.equal(engine.memory().tensors, tensors, 'nothing is left on the engine');
});

test('sums kept fold by fold add up to the same', async () => {
  const { outDir } = await fit('folds', { folds: 2 });
  assertClose((await solution(outDir)).beta, whole.beta, 1e-6, 'coefficients');
  assert.equal(engine.memory().tensors, tensors, 'nothing is left on the engine');
});

test('white noise and AR(1) noise differ', async () => {
  const { outDir } = await fit('white', { noise: 'ols' });
  const white = await solution(outDir);
  assert.equal(white.dof, whole.dof);
  assert.notDeepEqual(white.residualVariance, whole.residualVariance);
});
