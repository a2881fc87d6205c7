import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import Database from 'better-sqlite3';
import sharp from 'sharp';
import { readNifti } from '../../../src/main/formats/nifti/read.ts';
import { writeNifti } from '../../../src/main/formats/nifti/write.ts';
import { openProject } from '../../../src/main/store/project.ts';
import { fixtureGrid, runStem, writeBidsFixture, writeRun } from './bids-fixture.ts';
import { errorOf, runCli } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'fusiform-cli-'));
const path = (...names: string[]) => join(folder, ...names);
const project = path('project');

before(async () => {
  assert.equal((await runCli('project', 'create', project)).code, 0);
  mkdirSync(path('pictures'));
  for (const [name, colour] of Object.entries({ a: '#c08060', b: '#604020', c: '#e0c0a0' })) {
    const picture = sharp({ create: { width: 40, height: 48, channels: 3, background: colour } });
    await picture.png().toFile(path('pictures', `${name}.png`));
  }
});
after(() => rmSync(folder, { recursive: true, force: true }));

describe('commands', () => {
  it('explain themselves, with examples', async () => {
    const help = await runCli('glm', 'fit', '--help');
    assert.equal(help.code, 0);
    assert.match(help.stdout, /Example/);
    assert.match(help.stdout, /--high-pass/);
  });

  it('answer a command that does not exist with exit code 2, in JSON too', async () => {
    assert.equal((await runCli('dance')).code, 2);
    const json = await runCli('glm', 'fit', '--json');
    assert.equal(json.code, 2);
    assert.equal(errorOf(json).code, 'USAGE');
  });

  it('doctor names every engine, the one chosen, and why', async () => {
    const report = (await runCli('doctor', '--json')).json() as {
      engines: { kind: string; available: boolean; reason: string }[];
      chosen: { kind: string; reason: string };
    };
    assert.deepEqual(report.engines.map(({ kind }) => kind).sort(), ['native', 'wasm', 'webgpu']);
    assert.ok(report.engines.every(({ reason }) => reason.length > 0));
    assert.equal(report.chosen.kind, 'wasm');
  });

  it('engine use keeps a choice that engine list shows; FUSIFORM_ENGINE comes first', async () => {
    const before = process.env.FUSIFORM_HOME;
    process.env.FUSIFORM_HOME = path('home');
    try {
      const used = await runCli('engine', 'use', 'native', '--threads', '1', '--json');
      assert.equal(used.code, 0, used.stderr);
      const { set, threads, chosen } = (await runCli('engine', 'list', '--json')).json() as {
        set: string;
        threads: number;
        chosen: { kind: string; reason: string };
      };
      assert.deepEqual({ set, threads, kind: chosen.kind }, { set: 'native', threads: 1, kind: 'wasm' });
      assert.match(chosen.reason, /FUSIFORM_ENGINE says so/);
      const text = await runCli('engine', 'list');
      assert.match(text.stdout, /wasm +yes +WebAssembly with SIMD, 1 threads?, .*4 GiB/);
      assert.match(text.stdout, /Set: +native on 1 thread/);
      assert.equal((await runCli('engine', 'use', 'abacus')).code, 2);
    } finally {
      if (before === undefined) delete process.env.FUSIFORM_HOME;
      else process.env.FUSIFORM_HOME = before;
    }
  });

  it('inspect describes an image with scaled values and finite statistics', async () => {
    const data = Int16Array.from({ length: 48 }, (_, index) => index);
    await writeNifti(path('scaled.nii.gz'), { grid: fixtureGrid, data, scale: { slope: 0.5, inter: 10 } });
    const facts = (await runCli('inspect', path('scaled.nii.gz'), '--json')).json();
    assert.equal(facts.format, 'nifti1');
    assert.deepEqual(facts.shape, [4, 4, 3]);
    assert.equal(facts.dtype, 'int16');
    assert.deepEqual([facts.slope, facts.inter, facts.nonFinite], [0.5, 10, 0]);
    assert.deepEqual([facts.min, facts.max, facts.mean], [10, 33.5, 21.75]);
    // Population variance of 0..n-1 is (n^2 - 1) / 12; the slope halves the deviation.
    assert.ok(Math.abs(Number(facts.std) - 0.5 * Math.sqrt((48 ** 2 - 1) / 12)) < 1e-9);
    assert.deepEqual(facts.affine, [
      [3, 0, 0, -6],
      [0, 3, 0, -6],
      [0, 0, 3, -4],
      [0, 0, 0, 1],
    ]);
  });

  it('inspect refuses what is no data, and what is cut off', async () => {
    writeFileSync(path('noise.nii'), 'this is no brain');
    assert.equal((await runCli('inspect', path('noise.nii'))).code, 3);
    await writeNifti(path('cut.nii'), { grid: fixtureGrid, data: new Float32Array(48) });
    truncateSync(path('cut.nii'), 400);
    const cut = await runCli('inspect', path('cut.nii'), '--json');
    assert.equal(errorOf(cut).code, 'NIFTI_TRUNCATED');
    assert.ok(errorOf(cut).remedy.length > 0);
  });
});

describe('importing faces', () => {
  const importFaces = (dir: string, ...args: string[]) =>
    runCli('faces', 'import', dir, '-p', project, '--size', '16', '--json', ...args);
  const entries = async () => (await runCli('project', 'info', project, '--json')).json().entries;

  it('keeps the good images, lists the others, and does nothing the second time', async () => {
    mkdirSync(path('mixed'));
    for (const name of ['a.png', 'b.png']) symlinkSync(path('pictures', name), path('mixed', name));
    writeFileSync(path('mixed', 'broken.png'), 'not a picture');
    symlinkSync(path('nowhere.png'), path('mixed', 'dangling.png'));
    const first = await importFaces(path('mixed'), '--name', 'mixed');
    assert.equal(first.code, 0);
    assert.equal(first.json().count, 2);
    const problems = first.json().problems as { code: string; file: string }[];
    assert.deepEqual(problems.map(({ code }) => code).sort(), ['FILE_NOT_FOUND', 'IMAGE_UNREADABLE']);
    const second = await importFaces(path('mixed'), '--name', 'mixed');
    assert.equal(second.json().cached, true);
    assert.equal(second.json().key, first.json().key);
  });

  it('names the line of a label without an image, and refuses a table that fits nothing', async () => {
    writeFileSync(path('labels.tsv'), 'file\tMale\na.png\t1\nb.png\t-1\nzz.png\t1\n');
    const listed = await importFaces(path('pictures'), '--labels', path('labels.tsv'));
    assert.equal(listed.code, 0);
    const [problem] = listed.json().problems as { code: string; line: number }[];
    assert.deepEqual([problem.code, problem.line], ['LABELS_UNKNOWN_IMAGE', 4]);
    writeFileSync(path('other.tsv'), 'file\tMale\nx.png\t1\n');
    const before = await entries();
    const refused = await importFaces(path('pictures'), '--labels', path('other.tsv'));
    assert.equal(refused.code, 3);
    assert.equal(errorOf(refused).code, 'LABELS_MATCH_NONE');
    assert.deepEqual(await entries(), before, 'the project is as it was');
  });

  it('refuses a folder without images, and one that is not there', async () => {
    mkdirSync(path('empty'));
    const empty = await importFaces(path('empty'));
    assert.deepEqual([empty.code, errorOf(empty).code], [3, 'FACES_NONE_FOUND']);
    const missing = await importFaces(path('missing'));
    assert.deepEqual([missing.code, errorOf(missing).code], [3, 'FILE_NOT_FOUND']);
  });
});

describe('projects', () => {
  it('in use by another process are refused for writing, and can be looked at', async () => {
    const store = openProject(project);
    const refused = await runCli('faces', 'import', path('pictures'), '-p', project, '--json');
    assert.deepEqual([refused.code, errorOf(refused).code], [4, 'PROJECT_LOCKED']);
    assert.equal((await runCli('project', 'info', project)).code, 0);
    store.close();
  });

  it('of a newer version are refused', async () => {
    await runCli('project', 'create', path('newer'));
    const sql = new Database(path('newer', 'project.sqlite'));
    sql.pragma('user_version = 99');
    sql.close();
    const refused = await runCli('faces', 'import', path('pictures'), '-p', path('newer'), '--json');
    assert.deepEqual([refused.code, errorOf(refused).code], [4, 'PROJECT_NEWER']);
  });
});

describe('a model of runs', () => {
  const bids = path('bids');
  const fit = (out: string, ...args: string[]) =>
    runCli(
      'glm',
      'fit',
      '--bids',
      bids,
      '--subject',
      '01',
      '--task',
      'look',
      '--contrast',
      'face - house',
      '--out',
      path(out),
      '--json',
      ...args,
    );
  const mask = ['--mask', path('bids', 'mask.nii.gz')];

  before(() => writeBidsFixture(bids, 3));

  it('writes maps that agree with each other, once', async () => {
    const result = await fit('maps', ...mask);
    assert.equal(result.code, 0, result.stderr);
    const maps = (result.json().maps as Record<string, Record<string, string>>)['face - house'];
    const read = async (stat: string) => (await readNifti(path('maps', maps[stat]))).data;
    const [effect, variance, t] = [await read('effect'), await read('variance'), await read('t')];
    for (let voxel = 0; voxel < t.length; voxel++) {
      assert.ok(Math.abs(t[voxel] - effect[voxel] / Math.sqrt(variance[voxel])) < 1e-4);
    }
    assert.equal((await fit('maps', ...mask)).json().cached, true);
  });

  it('leaves out a run whose events lie beyond its end, and refuses it alone', async () => {
    writeFileSync(
      `${runStem(bids, 3)}_events.tsv`,
      'onset\tduration\ttrial_type\n10\t10\tface\n130\t10\thouse\n',
    );
    const rest = await fit('rest', ...mask);
    assert.equal(rest.code, 0);
    assert.equal((rest.json().runs as string[]).length, 2);
    const [problem] = rest.json().problems as { code: string; line: number; file: string }[];
    assert.deepEqual([problem.code, problem.line], ['EVENTS_BEYOND_RUN', 3]);
    const alone = await fit('alone', ...mask, '--run', '03');
    assert.deepEqual([alone.code, errorOf(alone).code, errorOf(alone).line], [3, 'EVENTS_BEYOND_RUN', 3]);
    assert.ok(!existsSync(path('alone')), 'no folder is left behind');
    await writeRun(bids, 3);
  });

  it('refuses columns that are not there, a mask on another grid, and NaN', async () => {
    const contrast = await runCli(
      'glm',
      'fit',
      '--bids',
      bids,
      '--subject',
      '01',
      '--contrast',
      'face - horse',
      '--out',
      path('c'),
      '--json',
    );
    assert.deepEqual([contrast.code, errorOf(contrast).code], [3, 'CONTRAST_UNKNOWN_COLUMN']);
    const shifted = {
      ...fixtureGrid,
      affine: fixtureGrid.affine.map((value, at) => (at === 3 ? value + 300 : value)),
    };
    await writeNifti(path('shifted.nii.gz'), { grid: shifted, data: new Uint8Array(48).fill(1) });
    const masked = await fit('m', '--mask', path('shifted.nii.gz'));
    assert.deepEqual([masked.code, errorOf(masked).code], [3, 'MASK_GRID_MISMATCH']);
    await writeRun(bids, 2, 7);
    const nan = await fit('n', ...mask, '--run', '2');
    assert.deepEqual([nan.code, errorOf(nan).code], [3, 'DATA_NOT_FINITE']);
    await writeRun(bids, 2);
    const confounds = await fit('f', ...mask, '--confounds', 'trans_x');
    assert.deepEqual([confounds.code, errorOf(confounds).code], [3, 'CONFOUNDS_MISSING']);
  });

  it('tells patterns apart, leaving one run out', async () => {
    const patterns = await runCli(
      'glm',
      'patterns',
      '--bids',
      bids,
      '--subject',
      '01',
      ...mask,
      '--out',
      path('patterns'),
      '--json',
    );
    assert.equal(patterns.code, 0, patterns.stderr);
    const result = (await runCli('identify', path('patterns'), '--permutations', '200', '--json')).json();
    assert.deepEqual(result.conditions, ['face', 'house']);
    assert.equal(result.nRuns, 3);
    assert.ok(Number(result.accuracyP) > 0 && Number(result.accuracyP) <= 1);
  });

  it('refuses a dataset whose images are dangling links, and a subject that it has not', async () => {
    mkdirSync(path('links', 'sub-01', 'func'), { recursive: true });
    const stem = path('links', 'sub-01', 'func', 'sub-01_task-look_run-01');
    symlinkSync('../../.git/annex/objects/gone.nii.gz', `${stem}_bold.nii.gz`);
    writeFileSync(`${stem}_events.tsv`, 'onset\tduration\ttrial_type\n1\t1\tface\n');
    const dangling = await runCli(
      'subject',
      'add',
      '--bids',
      path('links'),
      '--subject',
      '01',
      '-p',
      project,
      '--json',
    );
    assert.deepEqual([dangling.code, errorOf(dangling).code], [3, 'BIDS_IMAGE_MISSING']);
    const unknown = await runCli(
      'subject',
      'add',
      '--bids',
      bids,
      '--subject',
      '07',
      '-p',
      project,
      '--json',
    );
    assert.deepEqual([unknown.code, errorOf(unknown).code], [3, 'BIDS_NO_SUBJECT']);
  });
});

describe('a full disk', () => {
  // /dev/full takes a file's place: every write to it fails as on a full disk.
  const skip = existsSync('/dev/full') ? false : 'this system has no /dev/full';
  it('is reported as one, and nothing half written is left', { skip }, async () => {
    const { writeFileAtomic, asWriteError } = await import('../../../src/main/formats/files/atomic-write.ts');
    const full = await import('node:fs/promises').then(({ writeFile }) =>
      writeFile('/dev/full', 'x').then(
        () => undefined,
        (error: unknown) => asWriteError(error, '/dev/full'),
      ),
    );
    assert.equal((full as { code?: string }).code, 'DISK_FULL');
    await assert.rejects(writeFileAtomic(path('nowhere', 'file'), 'x'), { code: 'WRITE_FAILED' });
    assert.ok(!readdirSync(folder).some((name) => name.includes('tmp')));
  });
});
