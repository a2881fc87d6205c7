import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Engine } from '../../src/main/engine/engine.ts';
import { openEngine } from '../../src/main/engine/registry.ts';
import { openSeries } from '../../src/main/formats/nifti/series.ts';
import { openRun } from '../../src/main/jobs/stages/bold-run.ts';
import { CodeBook, runDesign } from '../../src/main/jobs/stages/encoding-design.ts';
import {
  encodingParameters,
  fitEncodingStage,
  readEncoding,
} from '../../src/main/jobs/stages/fit-encoding.ts';
import { readSubjectIndex, type SubjectIndex } from '../../src/main/jobs/stages/index-subject.ts';
import { readLatents } from '../../src/main/jobs/stages/latents.ts';
import { crossProduct, matrix, multiply } from '../../src/main/math/matrix.ts';
import { orthonormalBasis } from '../../src/main/math/qr.ts';
import { voxelIndices } from '../../src/main/imaging/grid.ts';
import { seriesOfRun } from '../../src/main/services/links/series.ts';
import { type EncodingSubject, writeEncodingSubject } from '../encoding-subject.ts';
import { stageContext } from '../jobs/stage-context.ts';
import { freshFolder } from './fresh-folder.ts';

const shape = [6, 6, 5] as const;
const folder = freshFolder();
const { signal } = new AbortController();
let engine: Engine;
let subject: EncodingSubject;
let index: SubjectIndex;

before(async () => {
  const events = [0, 1, 2].map((run) => eventsOf(run));
  subject = await writeEncodingSubject(join(folder.path, 'subject'), { shape, nLatents: 2, events });
  index = await readSubjectIndex(subject.inputs.subject);
  ({ engine } = await openEngine('wasm'));
});
after(async () => {
  await engine.dispose();
  folder.remove();
});

function eventsOf(run: number): string {
  const trials = Array.from({ length: 24 }, (_, at) => {
    const isTest = at % 6 === 5;
    const face = isTest ? `test-${(at + run) % 2}.png` : `train-${run}-${at}.png`;
    return `${6 + 3 * at}\t1\t${isTest ? 'test_face' : 'train_face'}\t${face}\t0`;
  });
  return ['onset\tduration\ttrial_type\tstim_file\toneback', ...trials, ''].join('\n');
}

async function fit(noise: 'ols' | 'ar1') {
  const context = await stageContext(join(folder.path, noise), { inputs: subject.inputs, engine });
  const parameters = {
    runs: subject.runs,
    settings: {},
    noise,
    maskThreshold: 0.5,
    folds: 0,
    engine: 'wasm',
  };
  await fitEncodingStage.perform(parameters, context);
  return { folder: context.outDir, parameters: encodingParameters.parse(parameters) };
}

describe("a voxel's signal and fit", () => {
  it('are the values of the image, and the fitted values of least squares over all runs', async () => {
    const encoding = await fit('ols');
    const { mask, description } = await readEncoding(encoding.folder);
    const flat = mask.indices[17];
    const voxel = voxelIndices(mask.grid, flat);
    const { settings } = encoding.parameters;
    const codes = new CodeBook(await readLatents(subject.inputs.latents), index.trainFaces);
    const names = [...description.others, ...description.latentNames];
    const runs = await Promise.all(
      subject.runs.map(async (spec) => {
        const run = await openRun(spec, settings, subject);
        const design = runDesign(run, index.roles, settings, codes, names, description.latentNames);
        const series = await openSeries(subject.inputs[`${spec.name}:bold`]);
        return { spec, ...design, y: await series.readMasked(Uint32Array.of(flat)) };
      }),
    );
    // One large model in which every run has its own nuisance.
    const nTime = runs.reduce((sum, { y }) => sum + y.length, 0);
    const nuisanceColumns = runs.reduce((sum, { nuisance }) => sum + nuisance.cols, 0);
    const whole = matrix(nTime, names.length + nuisanceColumns);
    const all = matrix(nTime, 1);
    let row = 0;
    let column = names.length;
    for (const { x, nuisance, y } of runs) {
      for (let t = 0; t < y.length; t += 1, row += 1) {
        all.data[row] = y[t];
        whole.data.set(x.data.subarray(t * x.cols, (t + 1) * x.cols), row * whole.cols);
        whole.data.set(
          nuisance.data.subarray(t * nuisance.cols, (t + 1) * nuisance.cols),
          row * whole.cols + column,
        );
      }
      column += nuisance.cols;
    }
    const { q } = orthonormalBasis(whole);
    const expected = multiply(q, crossProduct(q, all)).data;
    let from = 0;
    for (const { spec, y } of runs) {
      const series = await seriesOfRun(
        { encoding, index, latentsFolder: subject.inputs.latents, spec, inputs: subject.inputs },
        voxel,
        signal,
      );
      assert.deepEqual(series.bold, [...y]);
      assert.equal(series.times[1], 2);
      series.fit.forEach((value, t) => {
        const reference = expected[from + t];
        assert.ok(Math.abs(value / reference - 1) < 1e-5, `${value} against ${reference}`);
      });
      assert.equal(series.events.filter(({ regressor }) => regressor === 'face').length, 20);
      from += y.length;
    }
  });

  it('have correlated noise taken out where the model was fitted so', async () => {
    const encoding = await fit('ar1');
    const { mask } = await readEncoding(encoding.folder);
    const fitted = {
      encoding,
      index,
      latentsFolder: subject.inputs.latents,
      spec: subject.runs[0],
      inputs: subject.inputs,
    };
    const series = await seriesOfRun(fitted, voxelIndices(mask.grid, mask.indices[3]), signal);
    // The scanner of the test correlates its noise by 0.3.
    assert.ok(series.rho > 0.1 && series.rho < 0.5, String(series.rho));
    assert.ok(series.explained !== null && series.explained > -1 && series.explained < 1);
    await assert.rejects(seriesOfRun(fitted, [0, 0, 0], signal), { code: 'VOXEL_OUTSIDE' });
    await assert.rejects(seriesOfRun(fitted, [99, 0, 0], signal), { code: 'VOXEL_OUTSIDE' });
  });
});
