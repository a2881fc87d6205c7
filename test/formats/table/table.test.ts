import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readParquetFile } from '../../../src/main/formats/parquet/parquet.ts';
import { columnsOfRows, type TableColumn } from '../../../src/main/formats/table/columns.ts';
import { tableFormats, writeTable } from '../../../src/main/formats/table/write.ts';
import { readTable } from '../../../src/main/formats/tsv/table.ts';
import type { FusiformError } from '../../../src/shared/errors.ts';
import { temporaryFolder } from '../temporary.ts';

const columns: readonly TableColumn[] = [
  { name: 'run', type: 'string', values: ['a', null, 'tab\there "q"'], description: 'Name of the run' },
  { name: 'fd_mean', type: 'double', values: [0.1, Number.NaN, 1e-300], units: 'mm' },
  { name: 'volumes', type: 'int', values: [2 ** 40, null, -3] },
  { name: 'kept', type: 'bool', values: [true, false, null] },
];

test('a table is written as TSV with a sidecar and as Parquet, and both read back', async (t) => {
  const stem = join(await temporaryFolder(t), 'qc');
  assert.deepEqual(await writeTable(stem, columns, tableFormats(true)), ['qc.tsv', 'qc.json', 'qc.parquet']);
  const tsv = await readTable(`${stem}.tsv`);
  assert.deepEqual(
    tsv.rows.map(({ values }) => values),
    [
      { run: 'a', fd_mean: '0.1', volumes: '1099511627776', kept: 'true' },
      { run: 'n/a', fd_mean: 'n/a', volumes: 'n/a', kept: 'false' },
      { run: 'tab\there "q"', fd_mean: '1e-300', volumes: '-3', kept: 'n/a' },
    ],
  );
  const descriptions = { run: { Description: 'Name of the run' }, fd_mean: { Units: 'mm' } };
  assert.deepEqual(JSON.parse(await readFile(`${stem}.json`, 'utf8')), descriptions);
  const parquet = await readParquetFile(`${stem}.parquet`);
  assert.deepEqual(parquet, {
    columns: ['run', 'fd_mean', 'volumes', 'kept'],
    rows: [
      { run: 'a', fd_mean: 0.1, volumes: 2 ** 40, kept: true },
      { run: null, fd_mean: null, volumes: null, kept: false },
      { run: 'tab\there "q"', fd_mean: 1e-300, volumes: -3, kept: null },
    ],
    descriptions,
  });
});

test('TSV alone is the default, without a sidecar where nothing is described', async (t) => {
  const stem = join(await temporaryFolder(t), 'plain');
  assert.deepEqual(await writeTable(stem, [columns[2]]), ['plain.tsv']);
});

test('columns of nulls and tables without rows keep their types', async (t) => {
  const stem = join(await temporaryFolder(t), 'empty');
  const nothing: readonly TableColumn[] = [
    { name: 'a', type: 'double', values: [null, null] },
    { name: 'b', type: 'string', values: [null, null] },
  ];
  await writeTable(stem, nothing, ['parquet']);
  assert.deepEqual((await readParquetFile(`${stem}.parquet`)).rows, [
    { a: null, b: null },
    { a: null, b: null },
  ]);
  await writeTable(stem, [{ name: 'a', type: 'int', values: [] }], tableFormats(true));
  const { columns: names, rows } = await readParquetFile(`${stem}.parquet`);
  assert.deepEqual([names, rows], [['a'], []]);
});

test('many rows survive several row groups and pages', async (t) => {
  const path = join(await temporaryFolder(t), 'long');
  const values = Float64Array.from({ length: 120_000 }, (_, row) => Math.sin(row));
  const names = Array.from(values, (_, row) => (row % 7 === 0 ? null : `name ${row % 1000}`));
  await writeTable(
    path,
    [
      { name: 'x', type: 'double', values },
      { name: 'name', type: 'string', values: names },
    ],
    ['parquet'],
  );
  const { rows } = await readParquetFile(`${path}.parquet`);
  assert.equal(rows.length, 120_000);
  for (const row of [0, 999, 1000, 101_000, 119_999])
    assert.deepEqual(rows[row], { x: values[row], name: names[row] });
});

test('columns that form no table are refused, and what is no Parquet is named', async (t) => {
  const folder = await temporaryFolder(t);
  await assert.rejects(
    writeTable(join(folder, 'x'), [columns[0], { name: 'b', type: 'int', values: [1] }]),
    RangeError,
  );
  await assert.rejects(writeTable(join(folder, 'x'), [columns[0], columns[0]]), RangeError);
  const path = join(folder, 'not.parquet');
  await writeFile(path, 'run\tfd_mean\n1\t2\n');
  await assert.rejects(
    readParquetFile(path),
    (error: FusiformError) => error.code === 'PARQUET_INVALID' && error.file === path,
  );
});

test('rows become columns of the types that are said, and no other', () => {
  const types = { face: 'string', rank: 'int', r: 'double', own: 'bool' } as const;
  assert.deepEqual(
    columnsOfRows(types, [
      ['a', 1, 0.5, true],
      [null, 2, null, false],
    ]),
    [
      { name: 'face', type: 'string', values: ['a', null] },
      { name: 'rank', type: 'int', values: [1, 2] },
      { name: 'r', type: 'double', values: [0.5, null] },
      { name: 'own', type: 'bool', values: [true, false] },
    ],
  );
  assert.throws(() => columnsOfRows(types, [['a', 1, 0.5]]), RangeError);
  assert.throws(() => columnsOfRows(types, [['a', '1', 0.5, true]]), TypeError);
});
