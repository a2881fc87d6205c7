import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readVolume } from '../../src/main/formats/nifti/read.ts';
import { openSeries } from '../../src/main/formats/nifti/series.ts';
import { readParquetFile } from '../../src/main/formats/parquet/parquet.ts';
import { readTable } from '../../src/main/formats/tsv/table.ts';
import { defaultThresholds, examineDataset } from '../../src/main/services/quality.ts';
import type { StageOutcome } from '../../src/main/services/workspace.ts';
import { dark, drift, jump, noise, spike, writeFaultyStudy } from './faulty-study.ts';

const folder = mkdtempSync(join(tmpdir(), 'fusiform-qc-'));
const bids = join(folder, 'bids');
const out = join(folder, 'out');
const stem = (run: number) => `sub-01_task-faces_run-${String(run).padStart(2, '0')}`;
let outcome: StageOutcome;

interface Run {
  readonly run: string;
  readonly verdict: string;
  readonly flags: readonly { readonly kind: string; readonly level: string; readonly reason: string }[];
  readonly flaggedVolumes: readonly number[];
  readonly sliceSpikes: readonly {
    readonly slice: number;
    readonly volume: number;
    readonly change: number;
  }[];
  readonly deadSlices: readonly number[];
  readonly files: Readonly<Record<string, string>>;
}
let runs: ReadonlyMap<string, Run>;
const run = (number: number) => runs.get(stem(number)) as Run;
const kinds = (number: number) => run(number).flags.map(({ kind }) => kind);

before(async () => {
  const sound: never[] = [];
  await writeFaultyStudy(bids, [
    [spike(60, 0.05)],
    [jump(40)],
    [dark(10, 0)],
    [dark(9, 0.3, 50, 51)],
    [drift(0.08)],
    [noise(0.02)],
    ...[sound, sound, sound],
    // This one is cut off below.
    sound,
  ]);
  truncateSync(join(bids, 'sub-01', 'func', `${stem(10)}_bold.nii.gz`), 100_000);
  outcome = await examineDataset({
    bids,
    subject: '01',
    settings: {},
    thresholds: defaultThresholds,
    parquet: true,
    outDir: out,
    signal: new AbortController().signal,
    onEvent: () => undefined,
  });
  const document = JSON.parse(readFileSync(join(out, 'qc.json'), 'utf8')) as { runs: Run[] };
  runs = new Map(document.runs.map((found) => [found.run, found]));
});
after(() => rmSync(folder, { recursive: true, force: true }));

describe('planted faults', { timeout: 120_000 }, () => {
  it('a spike is found in its volume', () => {
    assert.ok(kinds(1).includes('spike'));
    assert.deepEqual(run(1).flaggedVolumes, [60, 61]);
  });

  it('a jump of the head is bad, and told in seconds', () => {
    assert.equal(run(2).verdict, 'bad');
    assert.match(run(2).flags[0].reason, /mm from one volume to the next at 80 s/);
    assert.ok(run(2).flaggedVolumes.includes(40));
  });

  it('a slice without signal is named', () => {
    assert.equal(run(3).verdict, 'bad');
    assert.deepEqual(run(3).deadSlices, [10]);
    assert.ok(kinds(3).includes('dead slice'));
  });

  it('a slice that drops out once is named with its volume', () => {
    const [{ slice, volume, change }, ...others] = run(4).sliceSpikes;
    assert.deepEqual([slice, volume, others.length], [9, 50, 0]);
    assert.ok(Math.abs(change + 0.7) < 0.03, `it lost 70 %, found ${change}`);
  });

  it('a drift is found', () => assert.ok(kinds(5).includes('drift')));

  it('a noisy run deviates from the others in tSNR', () => {
    assert.deepEqual([...new Set(kinds(6))], ['deviates']);
    assert.ok(run(6).flags.some(({ reason }) => reason.includes('tSNR')));
  });

  it('sound runs are not marked, and have no flagged volume', () => {
    for (const number of [7, 8, 9]) {
      assert.deepEqual(run(number).flags, [], stem(number));
      assert.deepEqual(run(number).flaggedVolumes, []);
    }
  });

  it('a run that is cut short is listed with its file, and the rest goes on', () => {
    assert.equal(runs.has(stem(10)), false);
    assert.equal(outcome.summary.runs, 9);
    const [problem] = outcome.problems;
    assert.ok(['GZIP_CORRUPT', 'NIFTI_TRUNCATED'].includes(problem.code), problem.code);
    assert.match(problem.file ?? '', /run-10_bold/);
    assert.match(
      readFileSync(join(out, 'report.html'), 'utf8'),
      /Not examined: Run sub-01_task-faces_run-10/,
    );
  });
});

describe('what quality control leaves', () => {
  it('tables in both formats, worst run first on the terminal', async () => {
    const table = await readTable(join(out, 'qc.tsv'));
    assert.equal(table.rows.length, 9);
    assert.ok(
      ['tsnr', 'fd_mean', 'fd_num', 'fd_perc', 'dvars_std', 'dvars_nstd', 'gcor', 'aor'].every((name) =>
        table.columns.includes(name),
      ),
    );
    const parquet = await readParquetFile(join(out, 'qc.parquet'));
    assert.equal(parquet.rows[6].fd_mean, Number(table.rows[6].values.fd_mean));
    assert.equal(parquet.descriptions.fd_mean.Units, 'mm');
    const volumes = await readTable(join(out, run(1).files.timeseries));
    assert.equal(volumes.rows.length, 81);
    assert.equal(volumes.rows[0].values.framewise_displacement, 'n/a');
    assert.equal(volumes.rows[60].values.flagged, 'true');
    const worst = (outcome.summary.worst as { verdict: string }[]).map(({ verdict }) => verdict);
    assert.deepEqual(worst.slice(0, 2), ['bad', 'bad']);
    assert.equal(worst.at(-1), 'good');
  });

  it('maps that are the mean and the tSNR of the very series', async () => {
    const series = await openSeries(join(bids, 'sub-01', 'func', `${stem(7)}_bold.nii.gz`));
    const voxel = 13 + 26 * (15 + 30 * 10);
    const values = await series.readMasked(Uint32Array.of(voxel));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    const at = async (name: string) => (await readVolume(join(out, run(7).files[name]))).data[voxel];
    assert.ok(Math.abs((await at('stat-mean')) - mean) < 1e-3);
    assert.ok(Math.abs((await at('stat-std')) - sd) < 1e-3);
    assert.ok(Math.abs((await at('stat-tsnr')) - mean / sd) < 1e-2);
    assert.ok((await at('stat-tsnr_desc-detrended')) >= (await at('stat-tsnr')));
    assert.equal(
      JSON.parse(readFileSync(join(out, run(7).files['stat-tsnr'].replace('.nii.gz', '.json')), 'utf8'))
        .Units,
      'arbitrary',
    );
  });

  it('one page that loads nothing, says how to read every figure, and cites', () => {
    const page = readFileSync(join(out, 'report.html'), 'utf8');
    assert.ok(!/<script|(src|href)="(?!data:)/.test(page), 'nothing but data within the page');
    assert.ok((page.match(/How to read/g) ?? []).length >= 5);
    assert.match(page, /10\.1016\/j\.neuroimage\.2011\.10\.018/);
    assert.match(page, /time \(s\)/);
    assert.ok(existsSync(join(out, 'figures', `${stem(1)}_carpet.svg`)));
  });

  it('the same command again has nothing to do', async () => {
    const again = await examineDataset({
      bids,
      subject: 'sub-01',
      settings: {},
      thresholds: defaultThresholds,
      parquet: true,
      outDir: out,
      signal: new AbortController().signal,
      onEvent: () => undefined,
    });
    assert.equal(again.cached, true);
  });
});
