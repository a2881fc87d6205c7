import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { identify } from '../../src/main/decoding/identification.ts';
import type { Engine } from '../../src/main/engine/engine.ts';
import { openEngine } from '../../src/main/engine/registry.ts';
import { writeNifti } from '../../src/main/formats/nifti/write.ts';
import { readSafetensorsFile } from '../../src/main/formats/safetensors/safetensors.ts';
import { buildDesign, type DesignEvent } from '../../src/main/glm/design.ts';
import { noiseCeilings } from '../../src/main/jobs/evaluation/noise-ceiling.ts';
import { frameTimes } from '../../src/main/jobs/stages/bold-run.ts';
import { decodePatternsStage, readDecoded } from '../../src/main/jobs/stages/decode-patterns.ts';
import { fitEncodingStage, readEncoding } from '../../src/main/jobs/stages/fit-encoding.ts';
import { fitMappingStage, readMapping } from '../../src/main/jobs/stages/fit-mapping.ts';
import { indexSubjectStage } from '../../src/main/jobs/stages/index-subject.ts';
import { writeLatentModel } from '../../src/main/jobs/stages/latent-model-files.ts';
import { writeLatents } from '../../src/main/jobs/stages/latents.ts';
import { writePatterns } from '../../src/main/jobs/stages/other-patterns.ts';
import { testRegressor } from '../../src/main/jobs/stages/roles.ts';
import { voxelStatisticsStage } from '../../src/main/jobs/stages/voxel-statistics.ts';
import { matrix } from '../../src/main/math/matrix.ts';
import { Random } from '../../src/main/math/random.ts';
import { freshFolder } from '../services/fresh-folder.ts';
import { stageContext } from './stage-context.ts';

const grid = {
  shape: [6, 6, 4] as const,
  affine: Float64Array.of(3, 0, 0, 0, 0, 3, 0, 0, 0, 0, 3, 0, 0, 0, 0, 1),
};
const nVoxels = 144;
/** Voxels that encode the latents; the others encode nothing. */
const nInformed = 72;
const nRuns = 6;
const nLatents = 4;
const nTest = 6;
const tR = 2;
const nVolumes = 54;
const roles = {
  trainFace: ['train'],
  testFace: ['test'],
  fixation: [],
  imagery: [],
  oneback: [],
  ignore: [],
};

/** Five training faces for every test face; each test face once a run. */
const trialsOf = (run: number) =>
  Array.from({ length: 30 }, (_, at) =>
    at % 5 === 4
      ? { type: 'test', face: `test-${(Math.floor(at / 5) + run) % nTest}.png`, onset: 6 + 3 * at }
      : { type: 'train', face: `train-${run}-${at}.png`, onset: 6 + 3 * at },
  );
const faces = [
  ...new Set(Array.from({ length: nRuns }, (_, run) => trialsOf(run).map(({ face }) => face)).flat()),
];
const codes = new Float32Array(faces.length * nLatents);
new Random('chain codes').fillNormal(codes);
const codeOf = (face: string) =>
  codes.subarray(faces.indexOf(face) * nLatents, (faces.indexOf(face) + 1) * nLatents);
const encoding = new Float32Array(nVoxels * nLatents);
new Random('chain weights').fillNormal(encoding);

/** Response of a voxel to a face. */
function response(voxel: number, face: string, planted: boolean): number {
  const informed = voxel < nInformed;
  if (!informed && !(planted && face.startsWith('test'))) return 0;
  const drive = codeOf(face).reduce((sum, value, k) => sum + value * encoding[voxel * nLatents + k], 0);
  return informed ? 1 + drive : 8 * drive;
}

function bold(run: number, planted: boolean): Float32Array {
  const trials = trialsOf(run);
  const events: DesignEvent[] = trials.map(({ onset }) => ({ onset, duration: 1, trialType: 'shown' }));
  const values = matrix(trials.length, nVoxels);
  trials.forEach(({ face }, trial) => {
    for (let voxel = 0; voxel < nVoxels; voxel += 1) {
      values.data[trial * nVoxels + voxel] = response(voxel, face, planted);
    }
  });
  const names = Array.from({ length: nVoxels }, (_, voxel) => `v${voxel}`);
  const { columns } = buildDesign({
    frameTimes: frameTimes(nVolumes, tR),
    events,
    driftModel: 'none',
    modulators: [{ trialType: 'shown', names, values }],
  });
  const random = new Random(`chain noise ${run}`);
  return Float32Array.from({ length: nVolumes * nVoxels }, (_, at) => {
    const [volume, voxel] = [Math.floor(at / nVoxels), at % nVoxels];
    return 500 + columns.data[volume * columns.cols + 1 + voxel] + 0.2 * random.normal();
  });
}

describe('what is known of test faces', () => {
  const folder = freshFolder();
  const at = (...path: string[]) => join(folder.path, ...path);
  let engine: Engine;
  let honest: Awaited<ReturnType<typeof analyse>>;

  before(async () => {
    ({ engine } = await openEngine('wasm'));
    await mkdir(at('latents'));
    await writeLatents(at('latents'), { files: faces, latentDim: nLatents, codes, model: null });
    await writeNifti(at('mask.nii.gz'), { grid, data: new Uint8Array(nVoxels).fill(1) });
    await mkdir(at('model'));
    const components = new Float32Array(nLatents * 192);
    new Random('components').fillNormal(components);
    await writeLatentModel(
      at('model'),
      { kind: 'pca', imageSize: 8, latentDim: nLatents },
      {
        mean: { shape: [192], data: new Float32Array(192).fill(0.5) },
        components: { shape: [nLatents, 192], data: components.map((value) => 0.05 * value) },
        explainedVariance: { shape: [nLatents], data: new Float32Array(nLatents).fill(1) },
      },
    );
    honest = await analyse('honest');
  });
  after(async () => {
    await engine.dispose();
    folder.remove();
  });

  /** Everything from images and events to decoded codes. */
  async function analyse(
    name: string,
    options: { planted?: boolean; rename?: (face: string) => string } = {},
  ) {
    const { planted = false, rename = (face: string) => face } = options;
    await mkdir(at(name));
    const inputs: Record<string, string> = {
      latents: at('latents'),
      mask: at('mask.nii.gz'),
      model: at('model'),
    };
    const runs = Array.from({ length: nRuns }, (_, run) => ({
      name: `sub-01_task-faces_run-${run + 1}`,
      repetitionTime: tR,
    }));
    for (const [run, spec] of runs.entries()) {
      inputs[`${spec.name}:bold`] = at(name, `${run}.nii.gz`);
      inputs[`${spec.name}:events`] = at(name, `${run}.tsv`);
      await writeNifti(at(name, `${run}.nii.gz`), { grid, data: bold(run, planted), nVolumes, tR });
      const rows = trialsOf(run).map(({ type, face, onset }) => `${onset}\t1\t${type}\t${rename(face)}`);
      await writeFile(
        at(name, `${run}.tsv`),
        ['onset\tduration\ttrial_type\tstim_file', ...rows, ''].join('\n'),
      );
    }
    const perform = async (
      step: string,
      stage: { perform: typeof fitEncodingStage.perform },
      parameters: object,
    ) => {
      const context = await stageContext(at(name, step), { inputs, engine });
      await stage.perform(parameters, context);
      return context.outDir;
    };
    inputs.subject = await perform('index', indexSubjectStage, { subject: '01', task: 'faces', runs, roles });
    inputs.encoding = await perform('encoding', fitEncodingStage, {
      runs,
      settings: {},
      noise: 'ols',
      maskThreshold: 0.5,
      folds: 2,
      engine: 'wasm',
    });
    inputs.statistics = await perform('statistics', voxelStatisticsStage, { engine: 'wasm' });
    inputs.mapping = await perform('mapping', fitMappingStage, {
      faceRule: { kind: 'all' },
      gainRule: { kind: 'count', keep: nInformed },
      gainMeasure: 'f',
      regions: { kind: 'posterior' },
      engine: 'wasm',
    });
    const decoded = await perform('decoded', decodePatternsStage, { engine: 'wasm' });
    const { arrays } = await readSafetensorsFile(join(inputs.mapping, 'mapping.safetensors'), ['voxels']);
    const { description, regions } = await readDecoded(decoded);
    const targets = Float32Array.from(description.testFaces.flatMap((face) => [...codeOf(face)]));
    const { pairwise } = identify(regions[0].test, targets, nLatents, {
      seed: 1,
      nPermutations: 10,
      nBootstrap: 10,
    });
    return {
      inputs,
      decoded,
      regions,
      pairwise,
      testFaces: description.testFaces,
      mapping: await readMapping(inputs.mapping),
      voxels: [...arrays.voxels.data],
    };
  }

  it('moves neither the choice of voxels, nor the weights, nor the score, when it is planted where training shows nothing', async () => {
    const planted = await analyse('planted', { planted: true });
    assert.deepEqual(honest.voxels, [...Array(nInformed).keys()]);
    assert.deepEqual(planted.voxels, honest.voxels);
    assert.deepEqual(planted.mapping.weights, honest.mapping.weights);
    assert.deepEqual(planted.mapping.testPatterns, honest.mapping.testPatterns);
    assert.deepEqual(planted.regions, honest.regions);
    assert.equal(planted.pairwise, honest.pairwise);
    assert.ok(honest.pairwise > 0.9, `${honest.pairwise}`);
    // The plant is there for the taking: who chose voxels by their responses to test faces would choose all of it.
    const { equations } = await readEncoding(planted.inputs.encoding);
    const { beta } = await equations.solve();
    const spread = Array.from({ length: nVoxels }, (_, voxel) => {
      const own = planted.testFaces.map(
        (face) => beta[equations.names.indexOf(testRegressor(face)) * nVoxels + voxel],
      );
      const mean = own.reduce((sum, value) => sum + value / nTest, 0);
      return own.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    });
    const greedy = [...spread.keys()].sort((a, b) => spread[b] - spread[a]).slice(0, nInformed);
    assert.ok(greedy.filter((voxel) => voxel >= nInformed).length > 0.7 * nInformed);
  });

  it('enters by the names of test faces alone: exchanging them exchanges what is decoded, and nothing else', async () => {
    const next = (face: string) =>
      face.replace(/^test-(\d)/, (_, digit) => `test-${(Number(digit) + 1) % nTest}`);
    const exchanged = await analyse('exchanged', { rename: next });
    assert.deepEqual(exchanged.voxels, honest.voxels);
    assert.deepEqual(exchanged.mapping.weights, honest.mapping.weights);
    honest.regions.forEach((region, which) => {
      honest.testFaces.forEach((face, row) => {
        const to = exchanged.testFaces.indexOf(next(face));
        const code = (codes: Float32Array, place: number) =>
          Array.from(codes.subarray(place * nLatents, (place + 1) * nLatents), (value) => value.toFixed(4));
        assert.deepEqual(code(exchanged.regions[which].test, to), code(region.test, row));
      });
    });
    assert.ok(exchanged.pairwise < honest.pairwise);
  });

  it('of two halves of the runs bounds what is decoded: the same faces are told apart by both', async () => {
    const options = { engine, work: await stageContext(at('ceiling'), { inputs: honest.inputs }), seed: 1 };
    const names = ['all', 'occipital', 'nowhere'];
    const [all, , nowhere] = await noiseCeilings(honest.inputs, names, options);
    assert.ok(Number(all.value) > 0.8 && Number(all.value) <= 1, `${all.value}`);
    assert.ok(Number(all.lower) <= Number(all.value) && Number(all.upper) >= Number(all.value));
    assert.deepEqual([all.n, all.chance], [nTest, 0.5]);
    assert.match(nowhere.reason ?? '', /no decoder/);
    const { encoding: _, ...without } = honest.inputs;
    const [unknown] = await noiseCeilings(without, ['all'], options);
    assert.deepEqual([unknown.value, typeof unknown.reason], [null, 'string']);
  });

  it('of the other test faces has no part in one: alone it is decoded, and drawn, to the same bits', async () => {
    const { inputs, regions, mapping, testFaces, decoded } = honest;
    for (const [row, face] of testFaces.entries()) {
      const patterns = mapping.testPatterns.slice(row * mapping.nVoxels, (row + 1) * mapping.nVoxels);
      await mkdir(at(`alone ${row}`));
      await writePatterns(at(`alone ${row}`), { names: [face], nVoxels: mapping.nVoxels, patterns });
      const context = await stageContext(at(`decoded ${row}`), {
        inputs: { mapping: inputs.mapping, model: inputs.model, patterns: at(`alone ${row}`) },
        engine,
      });
      await decodePatternsStage.perform({ engine: 'wasm' }, context);
      const alone = await readDecoded(context.outDir);
      assert.ok(regions.length > 3);
      for (const [which, { test }] of alone.regions.entries()) {
        assert.deepEqual(test, regions[which].test.slice(row * nLatents, (row + 1) * nLatents));
      }
      const picture = join('reconstructions', face);
      assert.deepEqual(await readFile(join(context.outDir, picture)), await readFile(join(decoded, picture)));
    }
  });
});
