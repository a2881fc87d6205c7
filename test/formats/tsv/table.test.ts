import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { isMissing, parseTable, readTable, requireColumn } from '../../../src/main/formats/tsv/table.ts';
import { formatTsv, writeTsvFile } from '../../../src/main/formats/tsv/write.ts';
import { temporaryFolder } from '../temporary.ts';

test('byte order marks, CRLF, blank lines and quoted cells', () => {
  const table = parseTable('\uFEFFa\tb\r\n1\t"x\ty"\r\n\r\n2\t"two\nlines"\r\n3\t5" tall\r\n', 't.tsv');
  assert.deepEqual(table.columns, ['a', 'b']);
  assert.deepEqual(table.rows, [
    { line: 2, values: { a: '1', b: 'x\ty' } },
    { line: 4, values: { a: '2', b: 'two\nlines' } },
    { line: 6, values: { a: '3', b: '5" tall' } },
  ]);
});

test('the separator is told by the ending or by the header', () => {
  const columns = (text: string, file: string): readonly string[] => parseTable(text, file).columns;
  assert.deepEqual(columns('a,b\tc\n', 'x.tsv'), ['a,b', 'c']);
  assert.deepEqual(columns('a,b,c\n', 'x.csv'), ['a', 'b', 'c']);
  assert.deepEqual(columns('a;b;c,d\n', 'x.csv'), ['a', 'b', 'c,d']);
  assert.deepEqual(columns('a\tb\n', 'x.txt'), ['a', 'b']);
  assert.deepEqual(columns('alone', 'x.csv'), ['alone']);
});

test('cells keep their blanks, and missing ones are told', () => {
  const { rows } = parseTable('a\tb\nface  \tn/a\n', 'x.tsv');
  assert.equal(rows[0].values.a, 'face  ');
  assert.ok(['n/a', 'N/A', '', '  ', 'nan'].every(isMissing));
  assert.ok(!['0', 'na', 'nano'].some(isMissing));
});

test('a table that is wrong says where', () => {
  const fault = (text: string, code: string, line: number): void => {
    assert.throws(() => parseTable(text, 'x.tsv'), { code, line, file: 'x.tsv' });
  };
  fault('a\tb\n1\t2\n1\t2\t3\n', 'TABLE_ROW_RAGGED', 3);
  fault('a\tb\n1\n', 'TABLE_ROW_RAGGED', 2);
  fault('a\ta\n', 'TABLE_INVALID', 1);
  fault('a\tb\n1\t"never closed\n', 'TABLE_INVALID', 2);
  assert.throws(() => parseTable('\n\n', 'x.tsv'), { code: 'TABLE_INVALID' });
  assert.throws(() => requireColumn(parseTable('a\tb\n', 'x.tsv'), 'c'), {
    code: 'TABLE_COLUMN_UNKNOWN',
    message: /"c".*"a", "b"/,
  });
});

test('a UTF-16 table and a written table read back', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, 'excel.csv'), `\uFEFFname,ü\nx,1\n`, 'utf16le');
  assert.deepEqual((await readTable(join(folder, 'excel.csv'))).columns, ['name', 'ü']);
  const path = join(folder, 'a.tsv');
  await writeTsvFile(
    path,
    ['a', 'b', 'c'],
    [
      [1 / 3, null, 'x "y"\tz'],
      [Number.NaN, true, ''],
    ],
  );
  const { rows } = await readTable(path);
  assert.deepEqual(
    rows.map(({ values }) => values),
    [
      { a: String(1 / 3), b: 'n/a', c: 'x "y"\tz' },
      { a: 'n/a', b: 'true', c: '' },
    ],
  );
  assert.throws(() => formatTsv(['a'], [[1, 2]]), RangeError);
});
