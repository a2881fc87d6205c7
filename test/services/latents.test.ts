import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { decodeImage } from '../../src/main/formats/image/decode.ts';
import { toPixels } from '../../src/main/formats/image/encode.ts';
import { writeMatFile } from '../../src/main/formats/mat/level5-write.ts';
import { readMat } from '../../src/main/formats/mat/read-mat.ts';
import { type MatValue, textsOf } from '../../src/main/formats/mat/values.ts';
import { readNpyFile, writeNpyFile } from '../../src/main/formats/npy/npy.ts';
import { readParquetFile } from '../../src/main/formats/parquet/parquet.ts';
import { readLatents } from '../../src/main/jobs/stages/latents.ts';
import { interpolate } from '../../src/main/services/explore.ts';
import { collectCodes } from '../../src/main/services/face-sources.ts';
import {
  decodeLatents,
  encodeFaces,
  encodeImages,
  exportCodesAsMat,
  writeLatentsTable,
} from '../../src/main/services/latents.ts';
import type { Workspace } from '../../src/main/services/workspace.ts';
import { engine, openSmallFaceProject } from './small-face-project.ts';

const folder = mkdtempSync(join(tmpdir(), 'fusiform-latents-'));
const portraits = join(folder, 'portraits');
let workspace: Workspace;

before(async () => {
  workspace = await openSmallFaceProject(folder);
});
after(async () => {
  await workspace.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('encoding pictures that were not imported', { timeout: 300_000 }, () => {
  it('gives the very codes of the imported set, to the last bit, in the same order', async () => {
    for (const model of ['pca', 'vaegan']) {
      const set = await encodeFaces(workspace, { model, faces: 'faces', engine });
      const pictures = await encodeImages(workspace, { model, images: portraits, engine });
      assert.equal(pictures.summary.crop, 0.9, 'the crop of the training faces');
      assert.equal(pictures.hash, set.hash, 'one artefact');
    }
  });

  it('takes a single picture, and another crop', async () => {
    const images = join(portraits, '0007.png');
    const set = await readLatents(
      (await encodeFaces(workspace, { model: 'pca', faces: 'faces', engine })).path,
    );
    const one = await readLatents((await encodeImages(workspace, { model: 'pca', images, engine })).path);
    assert.deepEqual(one.files, ['0007.png']);
    const row = set.codes.subarray(6 * 12, 7 * 12);
    assert.ok(one.codes.every((value, at) => Math.abs(value - row[at]) < 1e-4));
    const closer = await encodeImages(workspace, { model: 'pca', images, engine, crop: 0.5 });
    assert.equal(closer.summary.crop, 0.5);
    assert.notDeepEqual((await readLatents(closer.path)).codes, one.codes);
  });

  it('lists pictures that cannot be read, and refuses a folder of nothing else', async () => {
    const mixed = join(folder, 'mixed');
    await mkdir(join(mixed, 'below'), { recursive: true });
    await cp(join(portraits, '0001.png'), join(mixed, 'b.png'));
    await cp(join(portraits, '0002.png'), join(mixed, 'below', 'c.png'));
    writeFileSync(join(mixed, 'a.png'), 'not a picture');
    writeFileSync(join(mixed, 'empty.jpg'), '');
    const outcome = await encodeImages(workspace, { model: 'pca', images: mixed, engine, name: 'mixed' });
    assert.deepEqual(outcome.problems.map(({ code }) => code).sort(), ['FILE_EMPTY', 'IMAGE_UNREADABLE']);
    assert.deepEqual((await readLatents(outcome.path)).files, ['b.png', 'below/c.png']);
    assert.equal(workspace.entry('latents', 'pca/mixed').hash, outcome.hash);
    rmSync(join(mixed, 'b.png'));
    rmSync(join(mixed, 'below'), { recursive: true });
    await assert.rejects(encodeImages(workspace, { model: 'pca', images: mixed, engine }), {
      code: 'FACES_NONE_READABLE',
    });
    await assert.rejects(encodeImages(workspace, { model: 'pca', images: join(folder, 'none'), engine }), {
      code: 'FILE_NOT_FOUND',
    });
  });
});

describe('codes as a table', { timeout: 300_000 }, () => {
  it('holds the very numbers of the array, a row a face', async () => {
    const copy = join(folder, 'table');
    const { path } = await encodeFaces(workspace, { model: 'pca', faces: 'faces', engine });
    await cp(path, copy, { recursive: true });
    await writeLatentsTable(copy);
    const { files, codes, latentDim } = await readLatents(path);
    const { columns, rows } = await readParquetFile(join(copy, 'latents.parquet'));
    assert.deepEqual([columns.length, columns[1], rows.length], [latentDim + 1, 'z1', files.length]);
    assert.deepEqual([rows[6].file, rows[6].z3], [files[6], codes[6 * latentDim + 2]]);
  });
});

describe('MATLAB files of codes and images', { timeout: 300_000 }, () => {
  it('hold codes that decode as the codes themselves, and images that are not rounded', async () => {
    const mat = join(folder, 'faces_z.mat');
    const images = join(folder, 'faces_z_g.mat');
    const { path } = await encodeFaces(workspace, { model: 'pca', faces: 'faces', engine });
    await exportCodesAsMat(path, mat);
    const { latent, names } = Object.fromEntries(await readMat(mat)) as Record<string, MatValue>;
    const codes = await readLatents(path);
    assert.ok(latent.kind === 'numeric' && latent.className === 'single');
    assert.deepEqual([latent.shape, latent.data], [[120, 12], codes.codes]);
    assert.deepEqual(textsOf(names), codes.files);

    const plain = await decodeLatents(workspace, { model: 'pca', latents: 'pca/faces', engine });
    const decoded = await decodeLatents(workspace, { model: 'pca', latents: mat, engine, mat: images });
    const png = (folder: string) => readFileSync(join(folder, 'images', '0007.png'));
    assert.deepEqual(png(decoded.path), png(plain.path));
    const made = (await readMat(images)).get('images');
    assert.ok(made?.kind === 'numeric' && made.className === 'single');
    assert.deepEqual(made.shape, [120, 32, 32, 3]);
    const { pixels } = await decodeImage(join(plain.path, 'images', '0007.png'));
    const picture = made.data.subarray(6 * 32 * 32 * 3, 7 * 32 * 32 * 3);
    assert.deepEqual(toPixels(Float32Array.from(picture)), Uint8Array.from(pixels));
    assert.ok(picture.some((value) => !Number.isInteger(Math.fround(value * 255))));
  });

  it('are refused where another model made them, and give single codes', async () => {
    const mat = join(folder, 'faces_z.mat');
    const [face, other] = ['1', '3'].map((row) => `${mat}:${row}`);
    const outcome = await interpolate(workspace, {
      model: 'pca',
      from: face,
      to: other,
      faces: 'faces',
      engine,
      steps: 3,
      way: 'linear',
    });
    const whole = await readLatents(
      (await encodeFaces(workspace, { model: 'pca', faces: 'faces', engine })).path,
    );
    const { codes } = await readLatents(outcome.path);
    assert.deepEqual(codes.subarray(0, 12), whole.codes.subarray(0, 12));
    assert.deepEqual(codes.subarray(24), whole.codes.subarray(24, 36));
    await assert.rejects(decodeLatents(workspace, { model: 'vaegan', latents: mat, engine }), {
      code: 'LATENTS_DIM_MISMATCH',
    });
    await writeMatFile(mat, {
      latent: { shape: [1, 12], data: new Float32Array(12) },
      model: 'f'.repeat(64),
    });
    await assert.rejects(decodeLatents(workspace, { model: 'pca', latents: mat, engine }), {
      code: 'LATENTS_OF_ANOTHER_MODEL',
    });
  });
});

describe('decoding codes', { timeout: 300_000 }, () => {
  it('takes names, files and folders of codes, and writes one picture each', async () => {
    const { path } = await encodeFaces(workspace, { model: 'pca', faces: 'faces', engine });
    const copy = join(folder, 'copied');
    await cp(path, copy, { recursive: true });
    const byName = await decodeLatents(workspace, { model: 'pca', latents: 'pca/faces', engine });
    assert.equal(readdirSync(join(byName.path, 'images')).length, 120);
    assert.ok(existsSync(join(byName.path, 'overview.png')));
    const byFolder = await decodeLatents(workspace, { model: 'pca', latents: copy, engine });
    assert.equal(byFolder.hash, byName.hash);
    const byFile = await decodeLatents(workspace, {
      model: 'pca',
      latents: join(copy, 'latents.npy'),
      engine,
    });
    const [first, named] = [
      join(byFile.path, 'images', 'code-001.png'),
      join(byName.path, 'images', '0001.png'),
    ];
    assert.deepEqual(readFileSync(first), readFileSync(named));
  });

  it('refuses codes of another model, of another length, and with NaN', async () => {
    const { path } = await encodeFaces(workspace, { model: 'pca', faces: 'faces', engine });
    const { codes } = await readLatents(path);
    const foreign = join(folder, 'foreign');
    await cp(path, foreign, { recursive: true });
    writeFileSync(join(foreign, 'latents.json'), JSON.stringify({ model: '0'.repeat(32) }));
    const decode = (latents: string, model = 'pca') => decodeLatents(workspace, { model, latents, engine });
    await assert.rejects(decode(foreign), { code: 'LATENTS_OF_ANOTHER_MODEL' });
    await assert.rejects(decode(join(foreign, 'latents.npy')), { code: 'LATENTS_OF_ANOTHER_MODEL' });
    await assert.rejects(decode('pca/faces', 'vaegan'), { code: 'LATENTS_DIM_MISMATCH' });
    await assert.rejects(decode('pca/nothing'), { code: 'NAME_UNKNOWN', message: /pca\/faces/ });
    const broken = join(folder, 'broken.npy');
    await writeNpyFile(broken, { shape: [2, 12], data: codes.slice(0, 24).with(15, Number.NaN) });
    await assert.rejects(decode(broken), { code: 'LATENTS_NOT_FINITE', message: /row 2/ });
    const flat = join(folder, 'flat.npy');
    await writeNpyFile(flat, { shape: [24], data: codes.slice(0, 24) });
    await assert.rejects(decode(flat), { code: 'LATENTS_DIM_MISMATCH' });
  });
});

describe('faces from anywhere', { timeout: 300_000 }, () => {
  const collect = (...sources: string[]) =>
    collectCodes(workspace, { model: 'pca', sources, faces: 'faces', engine });

  it('are files, faces of sets by name, and rows of codes: the same face three ways', async () => {
    const { path } = await encodeFaces(workspace, { model: 'pca', faces: 'faces', engine });
    const outcome = await collect(
      join(portraits, '0003.png'),
      'faces:0003.png',
      '0003',
      'pca/faces:3',
      `${join(path, 'latents.npy')}:3`,
    );
    const { codes } = await readLatents(outcome.path);
    for (let at = 12; at < codes.length; at++) assert.ok(Math.abs(codes[at] - codes[at % 12]) < 1e-4);
  });

  it('that are not there are refused, with what there is', async () => {
    await assert.rejects(collect('nobody.png'), { code: 'FACE_UNKNOWN', message: /120 faces.*0001\.png/ });
    await assert.rejects(collect('pca/faces:121'), { code: 'FACE_UNKNOWN', message: /120 codes/ });
    await assert.rejects(collect('codes.npy'), { code: 'FACE_UNKNOWN', message: /row/ });
    await assert.rejects(collect('codes.npy:1'), { code: 'FILE_NOT_FOUND' });
  });
});

describe('interpolation', { timeout: 300_000 }, () => {
  it('goes from one code to the other in equal steps', async () => {
    const ends = { model: 'pca', from: '0001.png', to: '0002.png', faces: 'faces', engine } as const;
    const outcome = await interpolate(workspace, { ...ends, steps: 5, way: 'linear' });
    const { codes, files } = await readLatents(outcome.path);
    assert.equal(files.length, 5);
    const all = await readNpyFile(join(workspace.entry('latents', 'pca/faces').path, 'latents.npy'));
    for (let k = 0; k < 12; k++) {
      const [a, b] = [all.data[k], all.data[12 + k]];
      for (let step = 0; step < 5; step++) {
        assert.ok(Math.abs(codes[step * 12 + k] - (a + (step / 4) * (b - a))) < 1e-4);
      }
    }
    assert.equal(readdirSync(join(outcome.path, 'frames')).length, 5);
    assert.ok(existsSync(join(outcome.path, 'strip.png')));
    const round = await interpolate(workspace, { ...ends, model: 'vaegan', steps: 3, way: 'spherical' });
    assert.equal(round.summary.way, 'spherical');
  });
});
