import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { imagesAtSize } from '../../src/main/generative/image-set.ts';
import { readDecoded } from '../../src/main/jobs/stages/decode-patterns.ts';
import { readEvaluation } from '../../src/main/jobs/stages/evaluate.ts';
import { readFaceSet } from '../../src/main/jobs/stages/face-set.ts';
import { readMapping } from '../../src/main/jobs/stages/fit-mapping.ts';
import { pickCodes, readLatents } from '../../src/main/jobs/stages/latents.ts';
import { decodeSubject } from '../../src/main/services/decode.ts';
import { evaluateSubject } from '../../src/main/services/evaluate.ts';
import { encodeFaces } from '../../src/main/services/latents.ts';
import { openDecoder } from '../../src/main/services/open-decoder.ts';
import { importPublished, listPublished } from '../../src/main/services/published.ts';
import { Workspace } from '../../src/main/services/workspace.ts';
import { FusiformError } from '../../src/shared/errors.ts';
import { errorOf, runCli } from '../hosts/cli/run-cli.ts';
import type { MatlabArray } from '../jobs/published/matlab73.ts';
import {
  decodeReference,
  publishedVariables,
  type SimulatedSubject,
  simulateSubject,
  writePublished,
} from '../jobs/published/subject.ts';
import { engine, openSmallFaceProject } from './small-face-project.ts';

const folder = mkdtempSync(join(tmpdir(), 'fusiform-published-'));
const study = join(folder, 'ds001761');
const model = 'pca';
const size = 32;
let workspace: Workspace;
let subject: SimulatedSubject;
let pictures: MatlabArray;

before(async () => {
  workspace = await openSmallFaceProject(folder);
  const faces = await readFaceSet(workspace.entry('faces', 'faces').path);
  const encoded = await readLatents((await encodeFaces(workspace, { model, faces: 'faces', engine })).path);
  const rowsOf = (male: string) =>
    [...faces.files.keys()].filter((at) => faces.table.rows[at].values.Male === male);
  const shown = [...rowsOf('1').slice(0, 10), ...rowsOf('-1').slice(0, 10)];
  const imagined = rowsOf('1')[10];
  subject = simulateSubject(pickCodes(encoded, shown), pickCodes(encoded, [imagined]), { noise: 0.05 });
  const images = imagesAtSize(faces.images, size);
  const columnMajor = new Uint8Array(20 * size * size * 3);
  shown.forEach((at, face) => {
    images.image(at).forEach((value, pixel) => {
      const [row, column, channel] = [Math.floor(pixel / 3 / size), Math.floor(pixel / 3) % size, pixel % 3];
      columnMajor[((channel * size + column) * size + row) * 20 + face] = value;
    });
  });
  pictures = { shape: [20, size, size, 3], columnMajor };
  faces.close();
});
after(async () => {
  await workspace.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the public study decoded by its own mapping', { timeout: 300_000 }, () => {
  it('goes from its files to codes, pictures and scores', async () => {
    const files = publishedVariables(subject);
    files['test_images.mat'].testimages = pictures;
    await writePublished(join(study, 'derivatives', 'sub-01'), files);
    const {
      mapping,
      folder: found,
      entries,
      agreement,
      problems,
    } = await importPublished(workspace, {
      dir: study,
      subject: '01',
      space: 'VAEGAN',
      model,
      engine,
    });
    assert.deepEqual(problems, []);
    assert.deepEqual(entries, {
      mapping: '01/pca',
      latents: 'pca/stimuli-01-32px',
      faces: 'stimuli-01-32px',
    });
    assert.ok((agreement ?? 0) > 0.9999, 'the model makes the published codes of the published pictures');
    assert.deepEqual(mapping.summary.regions, { occipital: 30, temporal: 30, frontoparietal: 30 });
    assert.ok(found.missing.some(({ name }) => name === 'W_VAEGAN.mat'));

    const decoded = await decodeSubject(workspace, { subject: '01', model, engine });
    const { regions } = await readDecoded(decoded.path);
    assert.deepEqual(
      regions.map(({ name }) => name),
      [
        'all',
        'occipital',
        'temporal',
        'frontoparietal',
        'without-occipital',
        'without-temporal',
        'without-frontoparietal',
      ],
    );
    const scale = Math.max(...subject.codes.map(Math.abs));
    const assertNear = (actual: Float32Array | null, expected: Float64Array) =>
      expected.forEach((value, at) => {
        assert.ok(Math.abs((actual?.[at] ?? Number.NaN) - value) < 1e-5 * scale, `${at}`);
      });
    assertNear(regions[0].test, decodeReference(subject, subject.vol));
    assertNear(regions[0].imagery, decodeReference(subject, subject.imagery));
    const temporal = Array.from({ length: 30 }, (_, at) => 30 + at);
    assertNear(regions[2].test, decodeReference(subject, subject.vol, temporal));
    assert.equal(readdirSync(join(decoded.path, 'reconstructions')).length, 21);

    for (const region of [regions[0], regions[2]]) {
      const open = await openDecoder(workspace, { subject: '01', model, engine, region: region.name });
      const { testPatterns, region: places } = await readMapping(mapping.path);
      const voxels = [...places.keys()].filter((voxel) => region.name === 'all' || places[voxel] === 1);
      assert.deepEqual([open.nVoxels, open.latentDim], [voxels.length, regions[0].test.length / 20]);
      for (const face of [0, 19]) {
        const pattern = Float32Array.from(voxels, (voxel) => testPatterns[face * 90 + voxel]);
        const code = await open.decode(pattern);
        assert.deepEqual(code, region.test.slice(face * open.latentDim, (face + 1) * open.latentDim));
      }
      await open.close();
    }
    await assert.rejects(
      openDecoder(workspace, { subject: '01', model, engine, region: 'cerebellum' }),
      (error) => error instanceof FusiformError && error.code === 'NAME_UNKNOWN',
    );

    const outcome = await evaluateSubject(workspace, {
      subject: '01',
      model,
      engine,
      seed: 1,
      nPermutations: 200,
      gender: { faces: 'faces', column: 'Male', positive: '1' },
      imagery: {
        imagined: 'imagined.png',
        candidates: ['imagined.png', 'test-01.png', 'test-05.png', 'test-15.png'],
      },
    });
    const evaluation = await readEvaluation(outcome.path);
    const [all] = evaluation.regions;
    assert.deepEqual([all.pairwise.value, all.nWay.value, all.imagery?.value], [1, 1, 1]);
    assert.equal(all.gender?.value, evaluation.trueGender?.value, 'nearly true codes are read as true codes');
    assert.ok(Math.abs((evaluation.decoded?.ssim.value ?? 0) - (evaluation.own?.ssim.value ?? 1)) < 0.01);
  });

  it('goes without pictures, and says when another network made the codes', async () => {
    const dir = join(study, 'derivatives', 'sub-02');
    await writePublished(dir, publishedVariables(subject));
    const request = { dir, subject: '02', space: 'VAEGAN', model, engine } as const;
    const { entries, agreement } = await importPublished(workspace, request);
    assert.deepEqual([entries.faces, agreement], [null, null]);
    await decodeSubject(workspace, { subject: '02', model, engine });
    const scored = { subject: '02', model, engine, seed: 1, nPermutations: 100 } as const;
    const outcome = await evaluateSubject(workspace, scored);
    assert.deepEqual([outcome.summary.pairwise, outcome.summary.ssim], [1, null]);
    assert.ok(existsSync(join(outcome.path, 'own', 'test-01.png')));
    await assert.rejects(
      evaluateSubject(workspace, { ...scored, gender: { faces: 'faces', column: 'Male', positive: '1' } }),
      { code: 'LABELS_INCOMPLETE' },
    );

    const files = publishedVariables(subject);
    const turned = subject.codes.toReversed();
    files['test_images.mat'] = {
      testimage_vaeganlatentvars: { shape: [12, 20], columnMajor: turned },
      testimages: pictures,
    };
    await writePublished(dir, { 'test_images.mat': files['test_images.mat'] });
    const strange = await importPublished(workspace, request);
    assert.ok((strange.agreement ?? 1) < 0.9);
    assert.deepEqual(
      strange.problems.map(({ code }) => code),
      ['PUBLISHED_DISAGREES'],
    );
  });

  it('takes pictures from a folder, named in the order of the patterns', async () => {
    const dir = join(study, 'derivatives', 'sub-03');
    const files = publishedVariables(subject);
    delete files['test_images.mat'];
    await writePublished(dir, files);
    const request = { dir, subject: '03', space: 'VAEGAN', model, engine } as const;
    await assert.rejects(importPublished(workspace, request), { code: 'PUBLISHED_FILE_MISSING' });
    const table = join(folder, 'order.tsv');
    const portraits = join(folder, 'portraits');
    const names = readdirSync(portraits).filter((name) => name.endsWith('.png'));
    await writeFile(
      table,
      `file\tMale\n${names
        .slice(0, 20)
        .map((name) => `${name}\t1`)
        .join('\n')}\n`,
    );
    const stimuli = { dir: portraits, testFaces: table, crop: 0.9 };
    const { entries, mapping } = await importPublished(workspace, { ...request, stimuli });
    assert.deepEqual(entries, {
      mapping: '03/pca',
      latents: 'pca/stimuli-03-32px',
      faces: 'stimuli-03-32px',
    });
    assert.equal(mapping.summary.testFaces, 20);
    assert.equal(
      (await readLatents(workspace.entry('latents', 'pca/stimuli-03-32px').path)).files.length,
      120,
    );
    await writeFile(table, `file\n${names.slice(0, 19).join('\n')}\n`);
    await assert.rejects(importPublished(workspace, { ...request, stimuli }), {
      code: 'PUBLISHED_SHAPE',
      message: /19 patterns are expected, not 20/,
    });
  });

  it('refuses a model of another number of latents, with file and variable', async () => {
    const request = { dir: study, subject: '01', space: 'VAEGAN', model: 'vaegan', engine } as const;
    await assert.rejects(importPublished(workspace, request), {
      code: 'PUBLISHED_SHAPE',
      message: /"testimage_vaeganlatentvars" \(20 x 12\): the model has 6 latents/,
    });
  });

  it('lists what is there and what is not, damaged files too', async () => {
    await writeFile(join(study, 'derivatives', 'sub-02', 'mask.mat'), 'no MATLAB file');
    const { files } = await listPublished(study, '02', 'VAEGAN');
    const file = (name: string) => files.find((one) => one.name === name);
    assert.deepEqual(
      file('test_patterns.mat')?.variables.map(({ name, shape }) => [name, ...shape]),
      [['vol', 20, 960]],
    );
    assert.equal(file('mask.mat')?.problem?.code, 'MAT_INVALID');
    assert.equal(file('W_VAEGAN.mat')?.found, false);
  });

  it('is reached from the command line', async () => {
    await workspace.close();
    const project = join(folder, 'project');
    const text = await runCli('published', 'list', study, '--subject', '01');
    assert.match(text.stdout, /ROI_VAEGAN\.mat +mapping +found +W 13 x 90 double/);
    const done = await runCli(
      'published',
      'import',
      study,
      '--subject',
      '01',
      '--model',
      model,
      '--as',
      'again',
      '--engine',
      engine,
      '-p',
      project,
      '--json',
    );
    const json = JSON.parse(done.stdout);
    assert.deepEqual([json.voxels, json.agreement > 0.999, json.entries.mapping], [90, true, 'again/pca']);
    assert.ok(json.found.includes('ROI_VAEGAN.mat') && json.missing.includes('W_VAEGAN.mat'));
    const refused = await runCli(
      'published',
      'import',
      folder,
      '--subject',
      '09',
      '--model',
      model,
      '-p',
      project,
      '--json',
    );
    assert.equal(errorOf(refused).code, 'PUBLISHED_NONE_FOUND');
    workspace = Workspace.open(project);
  });
});
