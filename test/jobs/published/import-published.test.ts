import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { decodePatterns, prepareDecoder } from '../../../src/main/decoding/mapping.ts';
import { readVolume } from '../../../src/main/formats/nifti/read.ts';
import { writeNifti } from '../../../src/main/formats/nifti/write.ts';
import { findPublished } from '../../../src/main/jobs/published/layout.ts';
import { readMapping } from '../../../src/main/jobs/stages/fit-mapping.ts';
import {
  importPublishedStage,
  mapInput,
  regionInput,
} from '../../../src/main/jobs/stages/import-published.ts';
import { readLatents } from '../../../src/main/jobs/stages/latents.ts';
import { publishedFacesStage } from '../../../src/main/jobs/stages/published-faces.ts';
import { Random } from '../../../src/main/math/random.ts';
import { temporaryFolder } from '../../formats/temporary.ts';
import type { MatlabArray } from './matlab73.ts';
import {
  decodeReference,
  publishedVariables,
  regionNames,
  simulateSubject,
  volume,
  writePublished,
} from './subject.ts';

const latentDim = 6;
const random = new Random('codes');
const codes = Float32Array.from({ length: 20 * latentDim }, () => random.normal());
const imagined = Float32Array.from({ length: latentDim }, () => random.normal());
const subject = simulateSubject(codes, imagined);
const testFaces = Array.from({ length: 20 }, (_, at) => `test-${String(at + 1).padStart(2, '0')}.png`);

type Files = Record<string, Record<string, MatlabArray>>;

/** Imports the subject's files after a change to them. */
async function importing(
  t: TestContext,
  change: (files: Files) => void = () => undefined,
  more: Record<string, string> = {},
) {
  const folder = await temporaryFolder(t);
  const files = publishedVariables(subject);
  change(files);
  await writePublished(join(folder, 'in'), files);
  const outDir = join(folder, 'out');
  await mkdir(outDir);
  const path = (name: string) => join(folder, 'in', name);
  const known: [string, string][] = [
    ['roi', 'ROI_VAEGAN.mat'],
    ['patterns', 'test_patterns.mat'],
    ['imagery', 'img_pattern.mat'],
    [mapInput('FacevsFix.mat'), 'FacevsFix.mat'],
    ...regionNames.map((name): [string, string] => [regionInput(name), `ROI_VAEGAN_${name}.mat`]),
  ];
  const inputs = Object.fromEntries(
    known.filter(([, name]) => files[name] !== undefined).map(([input, name]) => [input, path(name)]),
  );
  const context = contextOf({ ...inputs, ...more }, outDir);
  const result = await importPublishedStage.perform({ subject: '01', latentDim, testFaces }, context);
  return { ...result, outDir, mapping: await readMapping(outDir) };
}

function contextOf(inputs: Record<string, string>, outDir: string) {
  return {
    inputs,
    outDir,
    scratchDir: outDir,
    conduct: {},
    report: () => undefined,
    signal: new AbortController().signal,
    engine: () => Promise.reject(new Error('no engine is needed')),
  };
}

function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  assert.equal(actual.length, expected.length);
  for (let at = 0; at < expected.length; at++) {
    assert.ok(Math.abs(actual[at] - expected[at]) <= tolerance, `${at}: ${actual[at]} for ${expected[at]}`);
  }
}

describe('the published mapping and patterns of a subject', () => {
  it('decode to what the formula gives in float64, all voxels and region by region', async (t) => {
    const { mapping, summary, problems = [] } = await importing(t);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      [summary.voxels, summary.volumeVoxels, summary.testFaces, summary.imagery, summary.zeroed],
      [90, 960, 20, true, 0],
    );
    assert.ok((summary.inverseResidual as number) < 1e-5, 'invcovW is the inverse');
    const { weights, testPatterns, imageryPattern, description, region } = mapping;
    assert.deepEqual(description.testFaces, testFaces);
    const decoder = prepareDecoder(weights, latentDim + 1, 90, latentDim);
    const decoded = decodePatterns(decoder, testPatterns);
    assertClose(decoded, decodeReference(subject, subject.vol), 2e-6);
    // The noise is a hundredth of the weights: the truth itself is close.
    assertClose(decoded, codes, 0.02);
    assertClose(
      decodePatterns(decoder, imageryPattern ?? new Float32Array(90)),
      decodeReference(subject, subject.imagery),
      2e-6,
    );
    assert.deepEqual(description.regions, [...regionNames]);
    assert.deepEqual(
      [...region],
      [...Array(90).keys()].map((at) => Math.floor(at / 30)),
    );
    const occipital = [...Array(30).keys()];
    const columns = (data: Float32Array) => data.filter((_, at) => at % 90 < 30);
    assertClose(
      decodePatterns(prepareDecoder(columns(weights), latentDim + 1, 30, latentDim), columns(testPatterns)),
      decodeReference(subject, subject.vol, occipital),
      5e-6,
    );
  });

  it('come out the same however the axes of the volumes lie', async (t) => {
    const expected = (await importing(t)).mapping;
    const [nx, ny, nz] = volume;
    const n = nx * ny * nz;
    const { vol } = subject;
    const layouts: MatlabArray[] = [
      { shape: [n, 20], columnMajor: vol },
      { shape: [nx, ny, nz, 20], columnMajor: vol },
      {
        shape: [20, nx, ny, nz],
        columnMajor: Float64Array.from(vol, (_, at) => vol[(at % 20) * n + Math.floor(at / 20)]),
      },
    ];
    for (const layout of layouts) {
      const { mapping } = await importing(t, (files) => {
        const { W } = files['ROI_VAEGAN.mat'];
        const turned = Float64Array.from(
          W.columnMajor,
          (_, at) => W.columnMajor[(at % 90) * 7 + Math.floor(at / 90)],
        );
        files['ROI_VAEGAN.mat'].W = { shape: [90, 7], columnMajor: turned };
        files['test_patterns.mat'] = { vol: layout };
        files['img_pattern.mat'] = { vol: { shape: volume, columnMajor: subject.imagery } };
      });
      assert.deepEqual(mapping.testPatterns, expected.testPatterns, layout.shape.join());
      assert.deepEqual(mapping.imageryPattern, expected.imageryPattern);
      assert.deepEqual(mapping.weights, expected.weights);
    }
  });

  it('NaN counts as zero, as in the published code, and is told', async (t) => {
    const vol = subject.vol.slice();
    const first = subject.validindices[0] - 1;
    vol[3 * 960 + first] = Number.NaN;
    // Not selected: of no consequence.
    vol[subject.validindices.indexOf(1) < 0 ? 0 : 1] = Number.NaN;
    const {
      mapping,
      problems = [],
      summary,
    } = await importing(t, (files) => {
      files['test_patterns.mat'].vol = { shape: [960, 20], columnMajor: vol };
    });
    assert.deepEqual([mapping.testPatterns[3 * 90], summary.zeroed], [0, 1]);
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['PUBLISHED_NOT_FINITE'],
    );
    assert.match(problems[0].message, /vol: 1 of 1800 values are NaN/);
    const decoder = prepareDecoder(mapping.weights, latentDim + 1, 90, latentDim);
    assertClose(decodePatterns(decoder, mapping.testPatterns), decodeReference(subject, vol), 2e-6);
  });

  it('voxels whose weights are NaN play no part', async (t) => {
    const { mapping, problems = [] } = await importing(t, (files) => {
      const W = files['ROI_VAEGAN.mat'].W.columnMajor.slice();
      W[2 * (latentDim + 1)] = Number.NaN;
      files['ROI_VAEGAN.mat'].W = { ...files['ROI_VAEGAN.mat'].W, columnMajor: W };
    });
    assert.ok(mapping.weights.every((value, at) => at % 90 !== 2 || value === 0));
    assert.match(problems[0].message, /W: 1 of 90 voxels have weights that are not finite/);
    const others = [...Array(90).keys()].filter((at) => at !== 2);
    const decoder = prepareDecoder(mapping.weights, latentDim + 1, 90, latentDim);
    assertClose(
      decodePatterns(decoder, mapping.testPatterns),
      decodeReference(subject, subject.vol, others),
      2e-6,
    );
  });

  it('masks of voxels and regions, and maps, get their place from a reference image', async (t) => {
    const folder = await temporaryFolder(t);
    const affine = Float64Array.of(3, 0, 0, -18, 0, 3, 0, -15, 0, 0, 3, -12, 0, 0, 0, 1);
    const reference = join(folder, 'mean.nii.gz');
    await writeNifti(reference, { grid: { shape: volume, affine }, data: new Float32Array(960) });
    const { outDir, summary } = await importing(t, undefined, { reference });
    assert.equal((summary.maps as string[]).length, 5);
    const selected = await readVolume(join(outDir, 'desc-selected_mask.nii.gz'));
    assert.deepEqual(Array.from(selected.grid.affine), Array.from(affine));
    // One-based, x fastest: voxel v of MATLAB is element v - 1 of the image.
    const chosen = new Set(Array.from(subject.validindices, (index) => index - 1));
    assert.ok(selected.data.every((value, at) => value === (chosen.has(at) ? 1 : 0)));
    const temporal = await readVolume(join(outDir, 'desc-temporal_mask.nii.gz'));
    assert.equal(temporal.data[subject.validindices[30] - 1], 1);
    assert.equal(
      temporal.data.reduce((sum, value) => sum + value, 0),
      30,
    );
    const map = await readVolume(join(outDir, 'desc-FacevsFix_statmap.nii.gz'));
    assertClose(map.data, subject.vol.subarray(0, 960), 1e-6);
    const other = join(folder, 'other.nii.gz');
    await writeNifti(other, { grid: { shape: [12, 10, 9], affine }, data: new Float32Array(1080) });
    await assert.rejects(importing(t, undefined, { reference: other }), {
      code: 'PUBLISHED_SHAPE',
      message: /12 x 10 x 9 = 1080 voxels, and the patterns 960/,
    });
  });
});

describe('what is wrong with published files', () => {
  const change = (file: string, variable: string, array: MatlabArray | null) => (files: Files) => {
    if (array === null) delete files[file][variable];
    else files[file][variable] = array;
  };
  const column = (values: readonly number[]): MatlabArray => ({
    shape: [values.length, 1],
    columnMajor: Float64Array.from(values),
  });
  const indices = Array.from(subject.validindices);
  const roi = 'ROI_VAEGAN.mat';
  const cases: readonly (readonly [string, (files: Files) => void, { code: string; message: RegExp }])[] = [
    [
      'counted from zero',
      change(roi, 'validindices', column([0, ...indices.slice(1)])),
      { code: 'PUBLISHED_SHAPE', message: /"validindices".*element 1 is 0, though MATLAB counts from 1/ },
    ],
    [
      'a voxel twice',
      change(roi, 'validindices', column([indices[1], ...indices.slice(1)])),
      { code: 'PUBLISHED_SHAPE', message: /"validindices".*stands twice/ },
    ],
    [
      'no whole number',
      change(roi, 'validindices', column([1.5, ...indices.slice(1)])),
      { code: 'PUBLISHED_SHAPE', message: /element 1 is 1.5/ },
    ],
    [
      'beyond the volume',
      change(roi, 'validindices', column([961, ...indices.slice(1)])),
      { code: 'PUBLISHED_SHAPE', message: /"vol" \(20 x 960\): validindices reaches voxel 961/ },
    ],
    [
      'fewer voxels than W',
      change(roi, 'validindices', column(indices.slice(1))),
      { code: 'PUBLISHED_SHAPE', message: /"W" \(7 x 90\): validindices names 89 voxels/ },
    ],
    [
      'no row of the bias',
      change(roi, 'W', { shape: [6, 90], columnMajor: new Float64Array(540) }),
      { code: 'PUBLISHED_SHAPE', message: /the row of the bias is missing/ },
    ],
    [
      'other latents',
      change(roi, 'W', { shape: [11, 90], columnMajor: new Float64Array(990) }),
      { code: 'PUBLISHED_SHAPE', message: /a model of 6 latents needs 7 rows.*not 11/ },
    ],
    [
      'another inverse',
      change(roi, 'invcovW', { shape: [6, 6], columnMajor: new Float64Array(36) }),
      { code: 'PUBLISHED_SHAPE', message: /"invcovW".*7 x 7 is needed/ },
    ],
    [
      'no W',
      change(roi, 'W', null),
      { code: 'MAT_VARIABLE_MISSING', message: /no variable "W" \(it has: .*validindices/ },
    ],
    [
      'no validindices',
      change(roi, 'validindices', null),
      { code: 'MAT_VARIABLE_MISSING', message: /"validindices"/ },
    ],
    [
      'fewer patterns',
      change('test_patterns.mat', 'vol', { shape: [19, 960], columnMajor: new Float64Array(19 * 960) }),
      { code: 'PUBLISHED_SHAPE', message: /20 patterns are expected, not 19/ },
    ],
    [
      'another volume of imagery',
      change('img_pattern.mat', 'vol', { shape: [1, 1000], columnMajor: new Float64Array(1000) }),
      { code: 'PUBLISHED_SHAPE', message: /imagery has 1000 voxels, and those of the test faces 960/ },
    ],
    [
      'infinite',
      change('test_patterns.mat', 'vol', {
        shape: [960, 20],
        columnMajor: new Float64Array(19200).fill(Number.POSITIVE_INFINITY),
      }),
      { code: 'PUBLISHED_SHAPE', message: /of pattern 1 is Infinity/ },
    ],
  ];
  for (const [what, apply, expected] of cases) {
    it(what, async (t) => {
      await assert.rejects(importing(t, apply), (error: { code: string; message: string; file?: string }) => {
        assert.equal(error.code, expected.code);
        assert.match(error.message, expected.message);
        assert.match(error.file ?? '', /\.mat$/);
        return true;
      });
    });
  }

  it('files that disagree are told, and all voxels decide', async (t) => {
    const { problems = [], mapping } = await importing(t, (files) => {
      const inverse = files[roi].invcovW;
      files[roi].invcovW = {
        ...inverse,
        columnMajor: inverse.columnMajor.map((value) => 2 * value) as Float64Array,
      };
      const occipital = files['ROI_VAEGAN_occipital.mat'];
      occipital.W = {
        ...occipital.W,
        columnMajor: occipital.W.columnMajor.map((value) => -value) as Float64Array,
      };
      const strange = [...Array(960).keys()].map((at) => at + 1).find((at) => !indices.includes(at)) ?? 0;
      const temporal = files['ROI_VAEGAN_temporal.mat'];
      temporal.validindices = column([strange, ...indices.slice(31, 60)]);
      delete files['ROI_VAEGAN_frontoparietal.mat'];
    });
    assert.deepEqual(new Set(problems.map(({ code }) => code)), new Set(['PUBLISHED_DISAGREES']));
    const text = problems.map(({ message }) => message).join('\n');
    assert.match(text, /invcovW is not the inverse/);
    assert.match(text, /its W differs from that of all voxels/);
    assert.match(text, /1 of 30 voxels are not among all selected voxels/);
    assert.deepEqual(mapping.description.regions, ['occipital', 'temporal']);
    assert.deepEqual(
      [mapping.region[29], mapping.region[30], mapping.region[31], mapping.region[60]],
      [0, -1, 1, -1],
    );
  });

  it('a folder without them', async (t) => {
    const folder = await temporaryFolder(t);
    assert.throws(() => findPublished(folder, '01', 'VAEGAN'), { code: 'PUBLISHED_NONE_FOUND' });
    const inner = join(folder, 'derivatives', 'sub-01');
    await mkdir(inner, { recursive: true });
    await writeFile(join(inner, 'test_patterns.mat'), '');
    const { dir, found, missing } = findPublished(folder, 'sub-01', 'VAEGAN');
    assert.deepEqual([dir, found.map(({ name }) => name)], [inner, ['test_patterns.mat']]);
    assert.ok(missing.some(({ name }) => name === 'ROI_VAEGAN.mat'));
  });
});

describe('faces of the published study', () => {
  it('codes by their names, another number of latents, pictures in either order of axes', async (t) => {
    const folder = await temporaryFolder(t);
    const files = publishedVariables(subject);
    const perform = async (dim: number) => {
      const outDir = join(folder, `out-${Math.random()}`);
      await mkdir(outDir);
      await writePublished(folder, files);
      const inputs = {
        testImages: join(folder, 'test_images.mat'),
        imaginedImage: join(folder, 'img_image.mat'),
      };
      const { summary } = await publishedFacesStage.perform(
        { space: 'VAEGAN', latentDim: dim },
        contextOf(inputs, outDir),
      );
      return { summary, latents: await readLatents(outDir) };
    };
    const { summary, latents } = await perform(latentDim);
    assert.deepEqual([summary.testFaces, summary.imagined, summary.pictures], [20, true, 0]);
    assert.deepEqual(latents.files, [...testFaces, 'imagined.png']);
    assert.deepEqual(latents.codes, Float32Array.of(...codes, ...imagined));
    await assert.rejects(perform(7), {
      code: 'PUBLISHED_SHAPE',
      message: /"testimage_vaeganlatentvars" \(20 x 6\): the model has 7 latents/,
    });
    const bytes = Uint8Array.from({ length: 20 * 10 * 12 * 3 }, (_, at) => at % 251);
    for (const shape of [
      [20, 10, 12, 3],
      [10, 12, 3, 20],
    ]) {
      files['test_images.mat'].pictures = { shape, columnMajor: bytes };
      assert.equal((await perform(latentDim)).summary.pictures, 20);
    }
  });
});
