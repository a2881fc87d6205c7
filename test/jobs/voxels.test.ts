/** The stages that judge voxels, on sums and runs that are made here with a known truth. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Engine } from '../../src/main/engine/engine.ts';
import { openEngine } from '../../src/main/engine/registry.ts';
import { readNifti } from '../../src/main/formats/nifti/read.ts';
import { writeNifti } from '../../src/main/formats/nifti/write.ts';
import { readSafetensorsFile, writeSafetensorsFile } from '../../src/main/formats/safetensors/safetensors.ts';
import { buildDesign } from '../../src/main/glm/design.ts';
import { NormalEquations } from '../../src/main/glm/streaming.ts';
import type { Grid } from '../../src/main/imaging/grid.ts';
import type { StageContext } from '../../src/main/jobs/stage.ts';
import { fitMappingStage, readMapping } from '../../src/main/jobs/stages/fit-mapping.ts';
import { glmSettingsSchema } from '../../src/main/jobs/stages/glm-settings.ts';
import { previewVoxelsStage } from '../../src/main/jobs/stages/preview-voxels.ts';
import { voxelReliabilityStage } from '../../src/main/jobs/stages/voxel-reliability.ts';
import { voxelStatisticsStage } from '../../src/main/jobs/stages/voxel-statistics.ts';
import { matrix } from '../../src/main/math/matrix.ts';
import { Random } from '../../src/main/math/random.ts';

const grid: Grid = {
  shape: [6, 6, 2],
  affine: Float64Array.of(3, 0, 0, -9, 0, 3, 0, -9, 0, 0, 3, -3, 0, 0, 0, 1),
};
const nVoxels = 72;
let folder: string;
let engine: Engine;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fusiform-voxels-'));
  ({ engine } = await openEngine('wasm'));
});
after(async () => {
  engine.dispose();
  await rm(folder, { recursive: true, force: true });
});

async function contextOf(name: string, inputs: Record<string, string>): Promise<StageContext> {
  const [outDir, scratchDir] = [join(folder, name), join(folder, `${name}-scratch`)];
  await mkdir(outDir, { recursive: true });
  await mkdir(scratchDir, { recursive: true });
  return {
    inputs,
    outDir,
    scratchDir,
    conduct: {},
    engine: async () => engine,
    signal: new AbortController().signal,
    report: () => undefined,
  };
}

const latentNames = ['latent-0001', 'latent-0002'];
const others = ['face', 'test:a.jpg', 'test:b.jpg'];
const names = [...others, ...latentNames];

/**
 * An encoding model's folder. Voxels of the lower slice (0 to 35) respond to faces and latents, of the upper one to faces
 * alone; voxel 5 is constant.
 */
async function writeEncoding(name: string, nFolds: number): Promise<string> {
  const dir = join(folder, name);
  await mkdir(dir, { recursive: true });
  const random = new Random(4);
  const total = NormalEquations.create(names, nVoxels);
  const weights = Array.from({ length: names.length * nVoxels }, () => random.normal());
  for (let fold = 0; fold < nFolds; fold += 1) {
    const nTime = 80;
    const x = matrix(nTime, names.length);
    for (let at = 0; at < x.data.length; at += 1)
      x.data[at] = random.normal() + (at % names.length === 0 ? 1 : 0);
    const y = new Float32Array(nTime * nVoxels);
    for (let t = 0; t < nTime; t += 1) {
      for (let v = 0; v < nVoxels; v += 1) {
        let value = 500 + random.normal() + x.data[t * names.length];
        for (let at = 1; at < names.length; at += 1) {
          const part = at < others.length || v < 36 ? weights[at * nVoxels + v] : 0;
          value += part * x.data[t * names.length + at];
        }
        y[t * nVoxels + v] = v === 5 ? 333 : value;
      }
    }
    const constant = matrix(nTime, 1, new Float64Array(nTime).fill(1));
    const part = NormalEquations.create(names, nVoxels);
    await part.addRun(null, x, constant, y.slice());
    await total.merge(part);
    await writeSafetensorsFile(join(dir, `fold-${fold + 1}.safetensors`), await part.toNamedArrays(), {
      runs: '[]',
    });
  }
  await writeSafetensorsFile(join(dir, 'equations.safetensors'), await total.toNamedArrays());
  await writeNifti(join(dir, 'mask.nii.gz'), { grid, data: new Uint8Array(nVoxels).fill(1) });
  const latentSpace = { dim: 2, modelled: [0, 1], means: [0, 0] };
  const description = { subject: '01', latentNames, latentSpace, others, runs: nFolds };
  await writeFile(join(dir, 'encoding.json'), JSON.stringify(description));
  return dir;
}

describe('the choice of voxels', () => {
  const all = { kind: 'all' } as const;
  const rules = {
    faceRule: { kind: 'fdr', q: 0.05 },
    gainRule: { kind: 'fdr', q: 0.05 },
    gainMeasure: 'f',
  } as const;
  let encoding: string;
  let statistics: string;

  it('tests every voxel, in all runs and in those that were left out', async () => {
    encoding = await writeEncoding('encoding', 3);
    const context = await contextOf('statistics', { encoding });
    const { summary } = await voxelStatisticsStage.perform({ engine: 'wasm' }, context);
    statistics = context.outDir;
    assert.equal(summary.folds, 3);
    assert.equal(summary.constantVoxels, 1);
    const { header, data } = await readNifti(join(statistics, 'desc-latents_stat-f_statmap.nii.gz'));
    assert.deepEqual([header.intent.code, header.intent.parameters.slice(0, 2)], [4, [2, 3 * 79 - 5]]);
    assert.equal(data[5], 0);
    const sidecar = JSON.parse(await readFile(join(statistics, 'desc-latents_stat-f_statmap.json'), 'utf8'));
    assert.deepEqual(sidecar.DegreesOfFreedom, [2, 232]);
    const { arrays } = await readSafetensorsFile(join(statistics, 'statistics.safetensors'));
    const mean = (name: string, from: number, to: number) =>
      Array.from(arrays[name].data)
        .slice(from, to)
        .reduce((sum, value) => sum + value, 0) /
      (to - from);
    assert.ok(mean('crossValidatedGain', 0, 36) > 0.4 && mean('crossValidatedGain', 36, 72) < 0.01);
    assert.ok(mean('crossValidatedZ', 0, 36) > 4 && Math.abs(mean('crossValidatedZ', 36, 72)) < 1);
    assert.equal(arrays.crossValidatedZ.data[5], 0);
  });

  it('is previewed, and then made as previewed', async () => {
    const context = await contextOf('preview', { statistics });
    const parameters = { ...rules, regions: { kind: 'posterior' } };
    const preview = await previewVoxelsStage.perform(parameters, context);
    const mapping = await contextOf('mapping', { encoding, statistics });
    const { summary } = await fitMappingStage.perform({ ...parameters, engine: 'wasm' }, mapping);
    assert.equal(summary.selected, preview.summary.selected);
    assert.ok(Number(summary.selected) >= 30 && Number(summary.selected) <= 39, `${summary.selected}`);
    const table = (await readFile(join(context.outDir, 'preview.tsv'), 'utf8')).trim().split('\n');
    assert.equal(table[0], 'face\tgain\tvoxels\toccipital\ttemporal\tfrontoparietal');
    // A constant voxel is in no row.
    assert.ok(table.some((line) => line.startsWith('all\tall\t71\t')));
    assert.match(await readFile(join(context.outDir, 'preview.svg'), 'utf8'), /^<svg/);
    const { nVoxels: selected, testPatterns } = await readMapping(mapping.outDir);
    assert.equal(testPatterns.length, 2 * selected);

    const shrunk = await contextOf('mapping-ridge', mapping.inputs);
    await fitMappingStage.perform({ ...parameters, ridge: 1e6, engine: 'wasm' }, shrunk);
    const [least, ridged] = [await readMapping(mapping.outDir), await readMapping(shrunk.outDir)];
    assert.deepEqual(ridged.voxels, least.voxels, 'voxels are chosen without it');
    const size = (data: Float32Array) => Math.hypot(...data);
    const latents = (least.weights.length / selected - 1) * selected;
    assert.ok(size(ridged.weights.subarray(0, latents)) < 1e-3 * size(least.weights.subarray(0, latents)));
    // Of the face itself nothing is shrunk.
    assert.ok(size(ridged.weights.subarray(latents)) > 0.5 * size(least.weights.subarray(latents)));
  });

  it('may be drawn on runs that were left out', async () => {
    const context = await contextOf('preview-left-out', { statistics });
    const parameters = {
      faceRule: all,
      gainRule: { kind: 'p', p: 0.01 },
      gainMeasure: 'cross-validated',
      regions: { kind: 'posterior' },
    };
    const { summary } = await previewVoxelsStage.perform(parameters, context);
    assert.ok(Number(summary.selected) >= 33 && Number(summary.selected) <= 38, `${summary.selected}`);
    const without = await contextOf('statistics-without', { encoding: await encodingWithoutFolds() });
    await voxelStatisticsStage.perform({ engine: 'wasm' }, without);
    const refused = await contextOf('preview-refused', { statistics: without.outDir });
    await assert.rejects(previewVoxelsStage.perform(parameters, refused), {
      code: 'VOXELS_NOT_CROSS_VALIDATED',
    });
  });

  async function encodingWithoutFolds(): Promise<string> {
    const dir = await writeEncoding('encoding-without', 2);
    for (const fold of [1, 2]) await rm(join(dir, `fold-${fold}.safetensors`));
    return dir;
  }

  it('draws regions by an atlas on another grid, by labels and by masks', async () => {
    const atlas = join(folder, 'atlas.nii.gz');
    const fine: Grid = {
      shape: [12, 12, 4],
      affine: Float64Array.of(1.5, 0, 0, -9.75, 0, 1.5, 0, -9.75, 0, 0, 1.5, -3.75, 0, 0, 0, 1),
    };
    const slices = Int16Array.from({ length: 576 }, (_, at) => (at < 288 ? 1007 : 1011));
    await writeNifti(atlas, { grid: fine, data: slices });
    const atlasLabels = join(folder, 'atlas.tsv');
    await writeFile(atlasLabels, 'index\tname\n1007\tctx-lh-fusiform\n1011\tctx-lh-lateraloccipital\n');
    const context = await contextOf('atlas', { statistics, atlas, atlasLabels });
    const perform = (regions: unknown, inputs = {}) =>
      previewVoxelsStage.perform(
        { faceRule: all, gainRule: all, gainMeasure: 'f', regions },
        { ...context, inputs: { ...context.inputs, ...inputs } },
      );
    const byName = await perform({ kind: 'lobes' });
    assert.deepEqual(byName.summary.regions, { occipital: 36, temporal: 35, frontoparietal: 0 });
    assert.deepEqual(
      byName.problems?.map(({ code }) => code),
      ['MASK_RESAMPLED', 'REGION_EMPTY'],
    );
    const byLabel = await perform({
      kind: 'labels',
      definitions: [
        { name: 'ffa', labels: ['Fusiform'] },
        { name: 'loc', labels: [1011] },
      ],
    });
    assert.deepEqual(byLabel.summary.regions, { ffa: 35, loc: 36 });
    await assert.rejects(perform({ kind: 'labels', definitions: [{ name: 'x', labels: ['V9'] }] }), {
      code: 'ATLAS_LABEL_UNKNOWN',
    });
    const mask = join(folder, 'roi.nii.gz');
    await writeNifti(mask, {
      grid,
      data: Uint8Array.from({ length: nVoxels }, (_, at) => (at < 10 ? 1 : 0)),
    });
    const byMask = await perform({ kind: 'masks', names: ['roi'] }, { 'region:roi': mask });
    assert.deepEqual(byMask.summary.regions, { roi: 9 });
    assert.deepEqual(byMask.problems, []);
  });

  it('of constant voxels is refused, with the reason', async () => {
    const dir = join(folder, 'statistics-constant');
    await mkdir(dir);
    const zeros = { shape: [nVoxels], data: new Float64Array(nVoxels) };
    await writeSafetensorsFile(join(dir, 'statistics.safetensors'), {
      faceT: zeros,
      gainF: zeros,
      gainedVariance: zeros,
      varies: { shape: [nVoxels], data: new Uint8Array(nVoxels) },
    });
    await writeFile(
      join(dir, 'statistics.json'),
      JSON.stringify({ subject: '01', faceDof: 9, gainDof: [2, 9], folds: 0 }),
    );
    await writeNifti(join(dir, 'mask.nii.gz'), { grid, data: new Uint8Array(nVoxels).fill(1) });
    const context = await contextOf('mapping-constant', { encoding, statistics: dir });
    await assert.rejects(
      fitMappingStage.perform(
        { faceRule: all, gainRule: all, gainMeasure: 'f', regions: { kind: 'posterior' }, engine: 'wasm' },
        context,
      ),
      { code: 'VOXEL_SELECTION_EMPTY', message: /constant/ },
    );
  });
});

describe('the reliability of voxels', () => {
  const nVolumes = 90;
  const tR = 2;
  const faces = ['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg', 'e.jpg'];
  const settings = glmSettingsSchema.parse({});

  /** Each face twice a run; voxels of the lower slice tell faces apart, those of the upper one do not. */
  async function writeRuns(nRuns: number): Promise<Record<string, string>> {
    const random = new Random(9);
    const tuning = Array.from({ length: faces.length * nVoxels }, () => 6 * random.normal());
    const inputs: Record<string, string> = {};
    for (let run = 0; run < nRuns; run += 1) {
      const events = Array.from({ length: 10 }, (_, trial) => ({
        onset: 10 + 15 * trial,
        duration: 1,
        trialType: faces[(trial * 3 + run) % faces.length],
      }));
      const frameTimes = Float64Array.from({ length: nVolumes }, (_, volume) => volume * tR);
      const { columns, names: columnNames } = buildDesign({ frameTimes, events, driftModel: 'none' });
      const data = new Float32Array(nVolumes * nVoxels);
      for (let t = 0; t < nVolumes; t += 1) {
        for (let v = 0; v < nVoxels; v += 1) {
          let value = 300 + random.normal();
          faces.forEach((face, at) => {
            const response = v < 36 ? 5 + tuning[at * nVoxels + v] : 5;
            value += response * columns.data[t * columns.cols + columnNames.indexOf(face)];
          });
          data[t * nVoxels + v] = value;
        }
      }
      const bold = join(folder, `run-${run}_bold.nii.gz`);
      await writeNifti(bold, { grid, data, nVolumes, tR });
      const table = join(folder, `run-${run}_events.tsv`);
      const rows = events.map(
        ({ onset, duration, trialType }) => `${onset}\t${duration}\ttest\t${trialType}`,
      );
      await writeFile(table, `onset\tduration\ttrial_type\tstim_file\n${rows.join('\n')}\n`);
      inputs[`run-${run}:bold`] = bold;
      inputs[`run-${run}:events`] = table;
    }
    return inputs;
  }

  it('is high where voxels tell faces apart, and about 0 elsewhere', async () => {
    const inputs = await writeRuns(4);
    const runs = [0, 1, 2, 3].map((run) => ({ name: `run-${run}`, repetitionTime: tR }));
    const subject = join(folder, 'subject');
    await mkdir(subject);
    const roles = { trainFace: [], testFace: ['test'], fixation: [], imagery: [], oneback: [], ignore: [] };
    await writeFile(
      join(subject, 'subject.json'),
      JSON.stringify({
        subject: '01',
        task: 'faces',
        roles,
        eventColumns: null,
        runs: runs.map(({ name }) => ({ name, nVolumes, tR, trialTypes: { test: 10 } })),
        trainFaces: [],
        testFaces: faces.map((name) => ({ name, stimFile: name, presentations: 8 })),
      }),
    );
    const mask = join(folder, 'reliability-mask.nii.gz');
    await writeNifti(mask, { grid, data: new Uint8Array(nVoxels).fill(1) });
    const context = await contextOf('reliability', { ...inputs, subject, mask });
    const parameters = {
      runs,
      settings,
      noise: 'ols',
      maskThreshold: 0.5,
      sets: 8,
      regions: { kind: 'posterior' },
    };
    const { summary, problems } = await voxelReliabilityStage.perform(parameters, context);
    assert.deepEqual(problems, []);
    assert.deepEqual([summary.sets, summary.testFaces, summary.runs], [4, 5, 4]);
    const { header, data } = await readNifti(
      join(context.outDir, 'desc-noiseCeiling_stat-percent_statmap.nii.gz'),
    );
    assert.deepEqual(header.shape, grid.shape);
    const median = (values: ArrayLike<number>) => Array.from(values).sort((a, b) => a - b)[18];
    assert.ok(median(data.subarray(0, 36)) > 80, `${median(data.subarray(0, 36))}`);
    assert.ok(median(data.subarray(36)) < 40, `${median(data.subarray(36))}`);
    const r = (await readNifti(join(context.outDir, 'desc-splitHalf_stat-r_statmap.nii.gz'))).data;
    assert.ok(median(r.subarray(0, 36)) > 0.7 && Math.abs(median(r.subarray(36))) < 0.4);
  });

  it('needs two runs and three faces that both halves show', async () => {
    const subject = join(folder, 'subject');
    const context = await contextOf('reliability-one', {
      subject,
      'run-0:bold': join(folder, 'run-0_bold.nii.gz'),
      'run-0:events': join(folder, 'run-0_events.tsv'),
      mask: join(folder, 'reliability-mask.nii.gz'),
    });
    const parameters = {
      runs: [{ name: 'run-0', repetitionTime: tR }],
      settings,
      noise: 'ols',
      maskThreshold: 0.5,
      sets: 2,
      regions: { kind: 'posterior' },
    };
    await assert.rejects(voxelReliabilityStage.perform(parameters, context), { code: 'RELIABILITY_TOO_FEW' });
    const fir = { ...parameters, settings: { ...settings, hrfModel: 'fir', firDelays: [0, 1, 2] } };
    await assert.rejects(voxelReliabilityStage.perform(fir, context), {
      code: 'DESIGN_INVALID',
      message: /one response a test face.*--hrf/,
    });
  });
});
