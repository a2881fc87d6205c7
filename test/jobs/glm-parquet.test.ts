import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readParquetFile } from '../../src/main/formats/parquet/parquet.ts';
import { readTable } from '../../src/main/formats/tsv/table.ts';
import { fitGlm } from '../../src/main/services/glm.ts';
import { temporaryFolder } from '../formats/temporary.ts';
import { writeBidsFixture } from '../hosts/cli/bids-fixture.ts';

test('the design of a run stands beside its TSV as Parquet, with the same numbers', async (t) => {
  const folder = await temporaryFolder(t);
  const bids = await writeBidsFixture(join(folder, 'bids'), 1);
  const outDir = join(folder, 'maps');
  await fitGlm({
    bids,
    subject: '01',
    mask: join(bids, 'mask.nii.gz'),
    settings: {},
    parquet: true,
    contrasts: [{ label: null, kind: 't', expression: 'face - house' }],
    outDir,
    signal: new AbortController().signal,
    onEvent: () => undefined,
  });
  const tsv = await readTable(join(outDir, 'sub-01_task-look_run-01_design.tsv'));
  const parquet = await readParquetFile(join(outDir, 'sub-01_task-look_run-01_design.parquet'));
  assert.deepEqual(parquet.columns, tsv.columns);
  assert.deepEqual(
    parquet.rows.map((row) => row.face),
    tsv.rows.map(({ values }) => Number(values.face)),
  );
});
