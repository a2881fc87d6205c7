import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import sharp from 'sharp';
import { rasterise } from '../../src/main/formats/image/rasterise.ts';
import { readTable } from '../../src/main/formats/tsv/table.ts';
import { gatherImages } from '../../src/main/generative/image-set.ts';
import { readFaceSet } from '../../src/main/jobs/stages/face-set.ts';
import { Random } from '../../src/main/math/random.ts';
import { type ImportFacesRequest, importFaces } from '../../src/main/services/faces.ts';
import { type StageOutcome, Workspace } from '../../src/main/services/workspace.ts';
import { drawFace } from '../../src/main/simulation/face-drawing.ts';
import { sampleFace } from '../../src/main/simulation/faces.ts';
import { temporaryFolder } from '../formats/temporary.ts';

const random = new Random('faces to import');

/** A drawn face at CelebA's size. */
async function face(): Promise<Buffer> {
  const png = await rasterise(drawFace(sampleFace(random), 218));
  return sharp(png).extract({ left: 20, top: 0, width: 178, height: 218 }).png().toBuffer();
}

async function importInto(
  project: string,
  request: Omit<ImportFacesRequest, 'name' | 'imageSize' | 'crop'> & Partial<ImportFacesRequest>,
  signal?: AbortSignal,
): Promise<StageOutcome> {
  return Workspace.useOrCreate(project, 'Test', signal ? { signal } : {}, (workspace) =>
    importFaces(workspace, { name: 'faces', imageSize: 32, crop: 0.8, ...request }),
  );
}

async function folders(t: TestContext): Promise<{ images: string; project: string }> {
  const root = await temporaryFolder(t);
  const images = join(root, 'CelebA', 'Img', 'img_align_celeba');
  await mkdir(images, { recursive: true });
  return { images, project: join(root, 'project') };
}

test("CelebA's folder is imported with the tables that lie where its authors put them", async (t) => {
  const { images, project } = await folders(t);
  const [anno, evaluation] = [join(images, '../../Anno'), join(images, '../../Eval')];
  await mkdir(anno);
  await mkdir(evaluation);
  const names = ['000001.jpg', '000002.jpg', '000003.jpg'];
  for (const name of names)
    await writeFile(
      join(images, name),
      await sharp(await face())
        .jpeg({ quality: 90 })
        .toBuffer(),
    );
  await writeFile(
    join(anno, 'list_attr_celeba.txt'),
    `3\nMale Smiling \n${names.map((name, index) => `${name} -1 ${index === 1 ? ' 1' : '-1'}`).join('\n')}\n`,
  );
  await writeFile(
    join(anno, 'identity_CelebA.txt'),
    names.map((name, index) => `${name} ${index + 7}\n`).join(''),
  );
  await writeFile(join(evaluation, 'list_eval_partition.txt'), names.map((name) => `${name} 0\n`).join(''));
  const { path, summary, problems } = await importInto(project, { dir: images, labels: 'find' });
  assert.deepEqual(problems, []);
  assert.deepEqual(summary.labels, ['Male', 'Smiling', 'partition', 'identity']);
  const set = await readFaceSet(path);
  t.after(() => set.close());
  assert.equal(set.whyNotMapped, null);
  assert.deepEqual(set.files, names);
  assert.deepEqual(
    { ...set.table.rows[1].values },
    { file: '000002.jpg', Male: '-1', Smiling: '1', partition: '0', identity: '8' },
  );
});

test('a table that was found and is damaged is listed; one that was given ends the import before it begins', async (t) => {
  const { images, project } = await folders(t);
  await writeFile(
    join(images, '000001.jpg'),
    await sharp(await face())
      .jpeg()
      .toBuffer(),
  );
  const table = join(images, '..', 'list_attr_celeba.txt');
  await writeFile(table, '2\nMale\n000001.jpg 1\n');
  const { problems, summary } = await importInto(project, { dir: images, labels: 'find' });
  assert.deepEqual(
    problems.map(({ code, line }) => [code, line]),
    [['TABLE_INVALID', 1]],
  );
  assert.deepEqual(summary.labels, []);
  await assert.rejects(importInto(project, { dir: images, labels: [table] }), {
    code: 'TABLE_INVALID',
    line: 1,
    file: table,
  });
  await writeFile(table, '1\nMale\n900001.jpg 1\n');
  await assert.rejects(importInto(project, { dir: images, labels: [table] }), { code: 'LABELS_MATCH_NONE' });
});

test('every file that is no face is in rejected.tsv, and the faces are imported', async (t) => {
  const { images, project } = await folders(t);
  const good = await face();
  await writeFile(join(images, 'ä blank "quoted"\tname.png'), good);
  await writeFile(join(images, 'zero.jpg'), '');
  await writeFile(join(images, 'page.jpg'), '<!DOCTYPE html><html><body>404</body></html>');
  await writeFile(join(images, 'cut.png'), good.subarray(0, 2000));
  await sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } })
    .png()
    .toFile(join(images, 'dot.png'));
  await symlink(join(images, 'nowhere.png'), join(images, 'dangling.png'));
  await mkdir(join(images, 'folder.jpg'));
  await writeFile(join(images, 'secret.png'), good);
  await chmod(join(images, 'secret.png'), 0);
  const readable = process.getuid?.() === 0;
  const { path, summary, problems } = await importInto(project, { dir: images });
  const rejected = await readTable(join(path, 'rejected.tsv'));
  const codes = Object.fromEntries(rejected.rows.map(({ values }) => [values.file, values.code]));
  assert.deepEqual(codes, {
    'cut.png': 'IMAGE_UNREADABLE',
    'dangling.png': 'FILE_NOT_FOUND',
    'dot.png': 'IMAGE_TOO_SMALL',
    'page.jpg': 'IMAGE_UNREADABLE',
    'zero.jpg': 'FILE_EMPTY',
    ...(readable ? {} : { 'secret.png': 'FILE_UNREADABLE' }),
  });
  assert.equal(summary.count, readable ? 2 : 1);
  assert.equal(summary.rejected, problems.length);
  const set = await readFaceSet(path);
  assert.ok(set.files.includes('ä blank "quoted"\tname.png'));
  set.close();
});

test('the same file, the same pixels and near duplicates are grouped; exact ones are dropped when asked', async (t) => {
  const { images, project } = await folders(t);
  const drawn = await face();
  const pixels = sharp(drawn);
  await writeFile(join(images, 'a.png'), drawn);
  await writeFile(join(images, 'b-copy.png'), drawn);
  await writeFile(join(images, 'c-again.png'), await pixels.clone().png({ compressionLevel: 1 }).toBuffer());
  await writeFile(join(images, 'd-small.jpg'), await pixels.clone().jpeg({ quality: 60 }).toBuffer());
  await writeFile(join(images, 'e-half.png'), await pixels.clone().resize(89, 109).png().toBuffer());
  await writeFile(join(images, 'f-bright.png'), await pixels.clone().linear(0.9, 15).png().toBuffer());
  for (let other = 0; other < 40; other++) await writeFile(join(images, `other${other}.png`), await face());
  const kept = await importInto(project, { dir: images });
  const table = await readTable(join(kept.path, 'duplicates.tsv'));
  assert.deepEqual(
    table.rows.map(({ values: { group, file, likeness, kept: there } }) => [group, file, likeness, there]),
    [
      ['1', 'a.png', 'first', 'yes'],
      ['1', 'b-copy.png', 'same file', 'yes'],
      ['1', 'c-again.png', 'same pixels', 'yes'],
      ['1', 'd-small.jpg', 'near', 'yes'],
      ['1', 'e-half.png', 'near', 'yes'],
      ['1', 'f-bright.png', 'near', 'yes'],
    ],
  );
  assert.equal(kept.summary.count, 46);
  const dropped = await importInto(project, { dir: images, dropDuplicates: true });
  assert.equal(dropped.summary.count, 44);
  assert.deepEqual(dropped.summary.duplicates, {
    groups: 1,
    sameFile: 1,
    samePixels: 1,
    near: 3,
    dropped: 2,
  });
  const set = await readFaceSet(dropped.path);
  assert.deepEqual(set.files.slice(0, 3), ['a.png', 'd-small.jpg', 'e-half.png']);
  set.close();
});

async function manyFaces(images: string, count: number): Promise<void> {
  const drawn = sharp(await face());
  for (let index = 0; index < count; index++) {
    const name = `${String(index).padStart(5, '0')}.jpg`;
    await writeFile(
      join(images, name),
      await drawn
        .clone()
        .linear(0.7 + 0.3 * random.uniform(), index % 40)
        .jpeg()
        .toBuffer(),
    );
  }
}

async function bytesOf(outcome: StageOutcome): Promise<Uint8Array> {
  const set = await readFaceSet(outcome.path);
  const bytes = gatherImages(set.images);
  set.close();
  return bytes;
}

test('a cancelled import goes on where it was and ends in the same bytes; another start does nothing', async (t) => {
  const { images, project } = await folders(t);
  await manyFaces(images, 300);
  const whole = await importInto(`${project}-whole`, { dir: images });
  const controller = new AbortController();
  let reports = 0;
  const onEvent = (event: { type: string; label?: string }) => {
    if (event.type === 'progress' && event.label?.startsWith('import') && ++reports === 2) controller.abort();
  };
  const broken = Workspace.useOrCreate(project, 'Test', { signal: controller.signal, onEvent }, (workspace) =>
    importFaces(workspace, { dir: images, name: 'faces', imageSize: 32, crop: 0.8 }),
  );
  await assert.rejects(broken, { code: 'JOB_CANCELLED' });
  const journal = await journalOf(project);
  const done = (await readFile(journal, 'utf8')).trim().split('\n').length;
  assert.ok(done > 0 && done < 300, `${done} images were done`);
  const resumed = await importInto(project, { dir: images });
  assert.deepEqual(await bytesOf(resumed), await bytesOf(whole));
  assert.equal(resumed.hash, whole.hash);
  const again = await importInto(project, { dir: images });
  assert.equal(again.cached, true);
});

async function journalOf(project: string): Promise<string> {
  const [job] = (await readdir(join(project, 'work'))).filter((name) => !name.includes('.'));
  return join(project, 'work', job, 'scratch', 'journal.jsonl');
}

test('after kill -9, with a torn journal and pixels that were lost, the import ends in the same bytes', async (t) => {
  const { images, project } = await folders(t);
  await manyFaces(images, 400);
  const whole = await importInto(`${project}-whole`, { dir: images });
  const controller = new AbortController();
  const onEvent = (event: { type: string; label?: string }) => {
    if (event.type === 'progress' && event.label?.startsWith('import')) controller.abort();
  };
  await assert.rejects(
    Workspace.useOrCreate(project, 'Test', { signal: controller.signal, onEvent }, (workspace) =>
      importFaces(workspace, { dir: images, name: 'faces', imageSize: 32, crop: 0.8 }),
    ),
  );
  const journal = await journalOf(project);
  const text = await readFile(journal, 'utf8');
  await writeFile(journal, `${text}${text.slice(0, 30)}`);
  await truncate(join(journal, '..', 'pixels.npy'), 128 + 3 * 32 * 32 * 3 + 17);
  const resumed = await importInto(project, { dir: images });
  assert.equal(resumed.hash, whole.hash);

  const killed = `${project}-killed`;
  const program = join(import.meta.dirname, '../../src/main/hosts/cli/main.ts');
  await Workspace.useOrCreate(killed, 'Test', {}, async () => undefined);
  const child = spawn(process.execPath, [program, 'faces', 'import', images, '--size', '32', '-p', killed], {
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => child.on('exit', (_, signal) => resolve(signal)));
  const began = async () =>
    (await readdir(join(killed, 'work')).catch(() => [])).some((name) => !name.includes('.'));
  while (child.exitCode === null && !(await began())) await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill('SIGKILL');
  await ended;
  assert.equal((await importInto(killed, { dir: images })).hash, whole.hash);
});
