import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readLabelTable } from '../../../src/main/formats/labels/read.ts';
import { matchLabels } from '../../../src/main/jobs/faces/match-labels.ts';
import { temporaryFolder } from '../temporary.ts';

async function write(t: TestContext, name: string, text: string): Promise<string> {
  const path = join(await temporaryFolder(t), name);
  await writeFile(path, text);
  return path;
}

test("CelebA's list of attributes, with its padding of blanks and its line ends", async (t) => {
  for (const end of ['\n', '\r\n', ' \r\n']) {
    const text = `2${end}5_o_Clock_Shadow Male Young ${end}000001.jpg -1  1  1${end}000002.jpg  1 -1  1${end}`;
    const table = await readLabelTable(await write(t, 'list_attr_celeba.txt', text));
    assert.deepEqual(table.columns, ['5_o_Clock_Shadow', 'Male', 'Young']);
    assert.deepEqual(table.rows, [
      { line: 3, name: '000001.jpg', cells: ['-1', '1', '1'] },
      { line: 4, name: '000002.jpg', cells: ['1', '-1', '1'] },
    ]);
  }
});

test('lists with a named first column, without a header, and as CSV', async (t) => {
  const boxes = await readLabelTable(
    await write(
      t,
      'list_bbox_celeba.txt',
      '1\nimage_id x_1 y_1 width height\n000001.jpg    95  71 226 313\n',
    ),
  );
  assert.deepEqual(boxes.columns, ['x_1', 'y_1', 'width', 'height']);
  assert.deepEqual(boxes.rows[0].cells, ['95', '71', '226', '313']);
  const identity = await readLabelTable(
    await write(t, 'identity_CelebA.txt', '000001.jpg 2880\n000002.jpg 2937\n'),
  );
  assert.deepEqual(
    [identity.columns, identity.rows[1]],
    [['identity'], { line: 2, name: '000002.jpg', cells: ['2937'] }],
  );
  const partition = await readLabelTable(await write(t, 'list_eval_partition.txt', '000001.jpg 0\n'));
  assert.deepEqual(partition.columns, ['partition']);
  const kaggle = await readLabelTable(
    await write(t, 'list_attr_celeba.csv', 'image_id,Male,Young\n000001.jpg,-1,1\n'),
  );
  assert.deepEqual(
    [kaggle.columns, kaggle.rows[0].cells],
    [
      ['Male', 'Young'],
      ['-1', '1'],
    ],
  );
});

test('a count that lies, a ragged row and a repeated column name their line', async (t) => {
  const refuse = async (text: string, code: string, line: number) =>
    assert.rejects(readLabelTable(await write(t, 'list_attr_celeba.txt', text)), { code, line });
  await refuse('3\nMale Young\n1.jpg 1 1\n2.jpg 1 1\n', 'TABLE_INVALID', 1);
  await refuse('2\nMale Young\n1.jpg 1 1\n2.jpg 1\n', 'TABLE_ROW_RAGGED', 4);
  await refuse('1\nMale Male\n1.jpg 1 1\n', 'TABLE_INVALID', 2);
  await refuse('5\n', 'TABLE_INVALID', 1);
  await assert.rejects(readLabelTable(await write(t, 'identity_CelebA.txt', '1.jpg 1\n2.jpg 2 3\n')), {
    code: 'TABLE_ROW_RAGGED',
    line: 2,
  });
});

test('rows find their images by path, bare name and composed accents; the rest is told', () => {
  const rows = (...names: string[]) =>
    names.map((name, index) => ({ line: index + 2, name, cells: [String(index)] }));
  const table = {
    file: 'a.tsv',
    nameColumn: 'file',
    columns: ['A'],
    rows: rows('x/1.png', '2.png', 'e\u0301.png', '1.png', 'x/1.png'),
  };
  const other = { file: 'b.tsv', nameColumn: 'file', columns: ['B'], rows: rows('2.png') };
  const files = ['x/1.png', 'x/2.png', 'y/1.png', 'é.png'];
  const labels = matchLabels([table, other], files);
  assert.deepEqual(
    files.map((_, image) => labels.row(image).join()),
    ['0,n/a', '1,0', 'n/a,n/a', '2,n/a'],
  );
  assert.deepEqual(
    labels.problems.map(({ code, line }) => [code, line]),
    [
      ['LABELS_REPEATED_IMAGE', 6],
      ['LABELS_UNKNOWN_IMAGE', 5],
    ],
  );
  assert.throws(() => matchLabels([table, table], files), { code: 'TABLE_INVALID' });
  const foreign = { ...table, rows: rows('900001.jpg') };
  assert.throws(() => matchLabels([foreign], files), { code: 'LABELS_MATCH_NONE', line: 2 });
  const many = {
    ...other,
    rows: rows('2.png', ...Array.from({ length: 5000 }, (_, index) => `${index}.jpg`)),
  };
  assert.equal(matchLabels([many], files).problems.length, 21);
});
