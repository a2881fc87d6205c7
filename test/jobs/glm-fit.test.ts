import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { readNiftiHeader, readVolume } from '../../src/main/formats/nifti/read.ts';
import { writeNifti } from '../../src/main/formats/nifti/write.ts';
import { readNpyFile } from '../../src/main/formats/npy/npy.ts';
import { readTable } from '../../src/main/formats/tsv/table.ts';
import type { NoiseModel } from '../../src/main/glm/fit-run.ts';
import { contrastNames, glmFitStage } from '../../src/main/jobs/stages/glm-fit.ts';
import { averageTrials, glmPatternsStage } from '../../src/main/jobs/stages/glm-patterns.ts';
import { defaultGlmSettings } from '../../src/main/jobs/stages/glm-settings.ts';
import { collectRuns } from '../../src/main/services/bids-inputs.ts';
import { assertClose } from '../glm/assert-close.ts';

const bids = join(import.meta.dirname, '../../../shared/data/haxby2001/bids-25mm');
const skip = existsSync(bids) ? false : 'the Haxby data are absent';
const folder = mkdtempSync(join(tmpdir(), 'fusiform-glm-'));
after(() => rmSync(folder, { recursive: true, force: true }));

// Made by haxby_noise_reference.py beside it: nilearn's and SPM's published formulas in float64 numpy.
const reference: Record<NoiseModel, { effect: number[]; variance: number[]; z: number[] }> & {
  voxels: number[];
  dof: number;
} = JSON.parse(readFileSync(join(import.meta.dirname, '../fixtures/glm/haxby-noise.json'), 'utf8'));

async function contextFor(name: string) {
  const { specs, inputs } = await collectRuns(bids, { subject: '01' }, async () => '', { confounds: false });
  const outDir = mkdtempSync(join(folder, `${name}-`));
  return {
    specs: [...specs],
    outDir,
    context: {
      inputs: {
        ...Object.fromEntries(Object.entries(inputs).map(([key, { path }]) => [key, path])),
        mask: join(bids, 'derivatives/masks/sub-01/brain.nii.gz'),
      },
      outDir,
      scratchDir: outDir,
      conduct: {},
      signal: new AbortController().signal,
      report: () => undefined,
      engine: () => Promise.reject(new Error('no engine is needed')),
    },
  };
}

for (const noise of ['ols', 'ar1', 'ar1-global'] as const) {
  test(`the maps of twelve real runs equal the reference: ${noise}`, { skip }, async () => {
    const { specs, context, outDir } = await contextFor(noise);
    const { summary, problems } = await glmFitStage.perform(
      {
        runs: specs,
        settings: defaultGlmSettings,
        noise,
        contrasts: [
          { label: null, kind: 't', expression: 'face - house' },
          { label: 'any', kind: 'F', expression: 'face - house; cat - house' },
        ],
        fixedEffects: 'mean',
        modulators: [],
        modulatorScaling: 'centred',
        modelMaps: true,
        prefix: 'sub-01_task-objectviewing',
      },
      context,
    );
    assert.equal(summary.dof, reference.dof);
    assert.deepEqual(problems, []);
    const map = async (name: string) => {
      const { data } = await readVolume(join(outDir, `sub-01_task-objectviewing_${name}_statmap.nii.gz`));
      return reference.voxels.map((voxel) => data[voxel]);
    };
    // Maps are float32.
    for (const stat of ['effect', 'variance', 'z'] as const) {
      assertClose(await map(`contrast-faceHouse_stat-${stat}`), reference[noise][stat], 2e-7, stat);
    }
    const rSquared = await map('stat-rSquared');
    assert.ok(rSquared.every((value) => value > 0 && value < 1));

    const f = await readNiftiHeader(
      join(outDir, 'sub-01_task-objectviewing_contrast-any_stat-F_statmap.nii.gz'),
    );
    assert.deepEqual([f.intent.code, f.intent.parameters[0], f.intent.parameters[1]], [4, 2, reference.dof]);
    const files = readdirSync(outDir);
    for (const name of files.filter((file) => file.endsWith('_statmap.nii.gz'))) {
      assert.ok(files.includes(name.replace('.nii.gz', '.json')), `${name} has a sidecar`);
    }
    const sidecar = JSON.parse(
      readFileSync(join(outDir, 'sub-01_task-objectviewing_contrast-faceHouse_stat-z_statmap.json'), 'utf8'),
    );
    assert.deepEqual(sidecar.Contrast.Weights, [{ face: 1, house: -1 }]);
    assert.equal(sidecar.NoiseModel, noise);
    assert.equal(sidecar.Sources[0], 'bids:raw:sub-01/func/sub-01_task-objectviewing_run-01_bold.nii.gz');
    const description = JSON.parse(readFileSync(join(outDir, 'dataset_description.json'), 'utf8'));
    assert.equal(description.DatasetType, 'derivative');
    assert.equal(description.GeneratedBy[0].Name, 'Fusiform');
    const design = await readTable(join(outDir, 'sub-01_task-objectviewing_run-01_design.tsv'));
    assert.deepEqual([design.rows.length, design.columns[0]], [121, 'bottle']);
    assert.ok(files.includes('README') && files.includes('sub-01_task-objectviewing_run-01_design.json'));
  });
}

test('patterns a trial of real runs: one a block by both ways, the same where a condition has one block', {
  skip,
}, async () => {
  const results: Float32Array[] = [];
  for (const singleTrial of ['lsa', 'lss', null] as const) {
    const { specs, context, outDir } = await contextFor(`${singleTrial}`);
    await glmPatternsStage.perform(
      {
        runs: specs.slice(0, 2),
        settings: defaultGlmSettings,
        noise: 'ols',
        conditions: [],
        singleTrial,
        estimate: 't',
      },
      context,
    );
    const { shape, data } = await readNpyFile(join(outDir, 'patterns.npy'));
    const nVoxels = reference.voxels.length;
    assert.deepEqual(shape, singleTrial === null ? [2, 8, nVoxels] : [16, nVoxels]);
    const values = Float32Array.from(data);
    if (singleTrial === null) {
      results.push(values);
      continue;
    }
    const trials = await readTable(join(outDir, 'trials.tsv'));
    assert.equal(trials.rows.length, 16);
    const about = JSON.parse(readFileSync(join(outDir, 'patterns.json'), 'utf8'));
    results.push(averageTrials(values, { ...about, nVoxels }));
  }
  assertClose(results[0], results[2], 1e-6, 'lsa');
  assertClose(results[1], results[2], 1e-6, 'lss');
});

test('a collinear run is named with its columns and left out; voxels that never change are counted', {
  skip,
}, async () => {
  const { specs, context, outDir } = await contextFor('faulty');
  const { grid } = await readVolume(context.inputs.mask);
  const everywhere = join(folder, 'everywhere.nii.gz');
  await writeNifti(everywhere, { grid, data: new Float32Array(600).fill(1) });
  const inputs: Record<string, string> = context.inputs;
  const [first, second] = specs.map(({ name }) => name);
  // Plain int16 after a header of 352 bytes: the first voxel stays at 5.
  const scans = gunzipSync(readFileSync(inputs[`${first}:bold`]));
  for (let at = 352; at < scans.length; at += 2 * 600) scans.writeInt16LE(5, at);
  const still = join(folder, `${first}_bold.nii.gz`);
  writeFileSync(still, gzipSync(scans));
  const twice = join(folder, 'events.tsv');
  const events = readFileSync(inputs[`${second}:events`], 'utf8');
  writeFileSync(
    twice,
    events +
      events
        .replaceAll(/\tface$/gm, '\tvisage')
        .split('\n')
        .slice(1)
        .join('\n'),
  );
  const { summary, problems = [] } = await glmFitStage.perform(
    {
      runs: specs.slice(0, 2),
      settings: defaultGlmSettings,
      noise: 'ar1',
      contrasts: [{ label: null, kind: 't', expression: 'face' }],
      fixedEffects: 'precision',
      modulators: [],
      modulatorScaling: 'centred',
      modelMaps: false,
      prefix: 'sub-01',
    },
    {
      ...context,
      inputs: { ...inputs, mask: everywhere, [`${first}:bold`]: still, [`${second}:events`]: twice },
    },
  );
  assert.deepEqual(summary.runs, [first]);
  const collinear = problems.find(({ code }) => code === 'DESIGN_COLLINEAR');
  assert.match(collinear?.message ?? '', /run-02 is left out.*'visage' is a combination of 'face'/);
  const constant = problems.find(({ code }) => code === 'VOXELS_CONSTANT');
  assert.match(constant?.message ?? '', /^1 of 600 voxels never change in sub-01_task-objectviewing_run-01/);
  assert.ok(constant?.file?.endsWith('_bold.nii.gz'));
  const { data } = await readVolume(join(outDir, 'sub-01_contrast-face_stat-t_statmap.nii.gz'));
  assert.ok(data.every(Number.isFinite));
  assert.equal(data[0], 0);
});

test('contrasts are named by their words, or as they are told', () => {
  const named = (expression: string, label: string | null = null) => ({ expression, label });
  assert.deepEqual(
    contrastNames([
      named('face - house'),
      named('house - face', 'inverse'),
      named('face + house'),
      named('[1 -1]'),
      named('0.5*face_delay_2 - house'),
    ]),
    ['faceHouse', 'inverse', 'faceHouse2', 'contrast', 'faceDelay2House'],
  );
});
