import assert from 'node:assert/strict';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readTable } from '../../src/main/formats/tsv/table.ts';
import { columnsOf, rowOf, rowsWhere } from '../../src/main/jobs/faces/face-columns.ts';
import { readFaceColumns } from '../../src/main/jobs/faces/read-face-columns.ts';
import { previewFaces } from '../../src/main/services/face-preview.ts';
import { labelValues } from '../../src/main/services/face-sets.ts';
import { filtersOf } from '../../src/renderer/faces/filters.ts';
import { bandAddress, moveInGrid, positionOf } from '../../src/renderer/faces/grid-place.ts';
import { freshFolder } from './fresh-folder.ts';
import { writePictures } from './small-job.ts';

const folder = freshFolder();
let pictures = '';
const { signal } = new AbortController();

before(async () => {
  pictures = await writePictures(folder.path);
  await copyFile(join(pictures, '1.png'), join(pictures, '7.png'));
  await writeFile(join(pictures, '8.png'), 'no picture');
  const rows = ['file\tMale', '0.png\t1', '1.png\t-1', '2.png\t1', 'gone.png\t1'];
  await writeFile(join(folder.path, 'labels.tsv'), `${rows.join('\n')}\n`);
});
after(() => folder.remove());

describe('a preview of an import', () => {
  const ask = (changes: object) =>
    previewFaces({ dir: pictures, labels: 'find', imageSize: 16, crop: 1, shown: 4, ...changes }, signal);

  it('counts pictures, and says what will be left out, what is double, which labels fit', async () => {
    const preview = await ask({ labels: [join(folder.path, 'labels.tsv')] });
    assert.deepEqual([preview.count, preview.lookedAt, preview.duplicates], [8, 8, 1]);
    assert.deepEqual(
      preview.rejected.map(({ file, code }) => [file, code]),
      [['8.png', 'IMAGE_UNREADABLE']],
    );
    assert.deepEqual(preview.sides, [16, 16]);
    assert.deepEqual(preview.labels, ['Male']);
    assert.deepEqual(preview.tables, [{ file: 'labels.tsv', columns: 1, rows: 4, matched: 3 }]);
    assert.equal(preview.problems[0].code, 'LABELS_UNKNOWN_IMAGE');
    assert.equal(preview.faces.length, 4);
    assert.equal(preview.faces[0].pixels.length, 16 * 16 * 3);
  });

  it('lists a table that cannot be read, and refuses a folder without pictures', async () => {
    const { problems, count } = await ask({ labels: [join(folder.path, 'nowhere.tsv')] });
    assert.deepEqual([count, problems[0].code], [8, 'FILE_NOT_FOUND']);
    await mkdir(join(folder.path, 'empty'));
    await assert.rejects(ask({ dir: join(folder.path, 'empty') }), { code: 'FACES_NONE_FOUND' });
  });
});

describe('a table of faces by columns', () => {
  it('is the same whether a thread reads it or not, and is searched as its rows are', async () => {
    const note = 'x'.repeat(400);
    const lines = Array.from(
      { length: 3000 },
      (_, at) => `${at}.png\t${note}\t${at % 3}\t${at % 2 ? 'yes' : ' n/a'}`,
    );
    const path = join(folder.path, 'large.tsv');
    await writeFile(path, `file\tnote\tthree\ttwo\n${lines.join('\n')}\n`);
    const columns = await readFaceColumns(path);
    assert.deepEqual(columns, columnsOf(await readTable(path)));
    assert.deepEqual(rowOf(columns, 4), { file: '4.png', note, three: '1', two: 'n/a' });
    assert.deepEqual(rowsWhere(columns, { three: '1', two: 'yes' }).slice(0, 3), [1, 7, 13]);
    assert.deepEqual(rowsWhere(columns, { three: '5' }), []);
    assert.deepEqual(rowsWhere(columns, { four: '1' }), []);
    const [three, two] = labelValues(columns, ['three', 'two']);
    assert.deepEqual(three.counts, { 0: 1000, 1: 1000, 2: 1000 });
    assert.deepEqual([two.missing, two.distinct], [1500, 1]);
  });

  it('ends with the fault of a table that is broken', async () => {
    const path = join(folder.path, 'broken.tsv');
    await writeFile(path, `file\ta\n${`1.png\t${'1'.repeat(1 << 20)}\n`}1.png\n`);
    await assert.rejects(readFaceColumns(path), /cells/);
  });
});

describe('the grid of faces', () => {
  const shape = { total: 25, columns: 10 };
  it('is walked by keys, and never left', () => {
    assert.equal(moveInGrid('ArrowRight', 9, shape, 2), 10);
    assert.equal(moveInGrid('ArrowDown', 16, shape, 2), 16);
    assert.equal(moveInGrid('ArrowUp', 16, shape, 2), 6);
    assert.equal(moveInGrid('PageDown', 6, shape, 2), 24);
    assert.equal(moveInGrid('End', 0, shape, 2), 24);
    assert.equal(moveInGrid('x', 0, shape, 2), null);
  });

  it('asks for bands of consecutive rows, or of those that a filter left', () => {
    const place = { project: 'p', artifact: 'a' };
    assert.equal(bandAddress(place, 0, shape, null), '/data/p/faces/a/sheet.png?from=0&count=25&columns=10');
    const indices = [3, 5, 8];
    assert.equal(
      bandAddress(place, 0, { total: 3, columns: 2 }, indices),
      '/data/p/faces/a/sheet.png?indices=3,5,8&columns=2',
    );
    assert.equal(positionOf(8, 3, indices), 2);
    assert.equal(positionOf(4, 3, indices), null);
    assert.deepEqual(filtersOf(['Male=1', 'a=b=c', 'odd']), { Male: '1', a: 'b=c' });
  });
});
