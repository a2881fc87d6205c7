import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cp, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readNpyFile, writeNpyFile } from '../../src/main/formats/npy/npy.ts';
import { readParquetFile } from '../../src/main/formats/parquet/parquet.ts';
import { readLatents } from '../../src/main/jobs/stages/latents.ts';
import { interpolate } from '../../src/main/services/explore.ts';
import { collectCodes } from '../../src/main/services/face-sources.ts';
import {
  decodeLatents,
  encodeFaces,
  encodeImages,
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
