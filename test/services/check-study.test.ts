import assert from 'node:assert/strict';
import {
  copyFileSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { writeNifti } from '../../src/main/formats/nifti/write.ts';
import { type CheckRequest, checkStudy, type StudyCheck } from '../../src/main/services/check/check-study.ts';
import { Workspace } from '../../src/main/services/workspace.ts';
import { setEntry } from '../../src/main/store/entries.ts';
import { finishJob, startJob } from '../../src/main/store/jobs.ts';
import { runPath, studyGrid, studyVolumes, writeFaceStudy, writeStudyRun } from './face-study-fixture.ts';
import { freshFolder } from './fresh-folder.ts';

const context = { report: () => undefined, signal: new AbortController().signal };
const found = ({ issues }: StudyCheck, ...codes: string[]) =>
  issues
    .filter(({ code }) => codes.length === 0 || codes.includes(code))
    .map(({ severity, code, run, line }) => [severity, code, run?.slice(-2) ?? null, line ?? null]);

describe('a check of a study', () => {
  const folder = freshFolder();
  const bids = join(folder.path, 'bids');
  const check = (request: Partial<CheckRequest> = {}) =>
    checkStudy(null, { bids, deep: false, ...request }, context);

  before(() => writeFaceStudy(bids));
  after(() => folder.remove());

  it('has little to say of a sound one', async () => {
    const result = await check();
    assert.deepEqual(found(result), [
      ['warning', 'STIMULI_MISSING', null, null],
      ['note', 'CONFOUNDS_MISSING', '01', null],
      ['note', 'CONFOUNDS_MISSING', '02', null],
      ['note', 'EVENTS_LABELS', '01', 5],
    ]);
    assert.deepEqual(result.subjects, [
      { label: '01', tasks: { faces: 2 }, runs: 2, usable: 2, masks: 0, surfaces: 0 },
    ]);
    assert.deepEqual(result.totals, { error: 0, warning: 1, note: 3 });
  });

  it('names every fault of many runs with file, run and line, and looks at the rest', async () => {
    const root = join(folder.path, 'faulty');
    const face = (onset: number, name: string) => `${onset}\t1\ttrain_face\t${name}\t0\tx`;
    await writeFaceStudy(root);
    // 3: other grid and time; 4: events beyond, before, unsorted, negative, overlapping, twice, without a type.
    const shifted = { shape: studyGrid.shape, affine: studyGrid.affine.map((v, at) => (at === 3 ? 9 : v)) };
    await writeStudyRun(root, 3, [face(2, 'a')], { grid: shifted, tR: 2 });
    await writeStudyRun(root, 4, [
      face(90, 'b'),
      face(-30, 'b'),
      face(-3, 'b'),
      face(10, 'b'),
      face(10.5, 'c'),
      face(10.5, 'c'),
      '20\t1\tn/a\tn/a\t0\tx',
      '70\t60\tFix\tn/a\t0\tx',
    ]);
    // 5: a duration that is none; 6: milliseconds; 7: no events; 8: truncated; 9: dangling.
    await writeStudyRun(root, 5, ['2\tn/a\ttrain_face\tx\t0\tx']);
    await writeStudyRun(root, 6, [face(2, 'd')], { tR: 2000 });
    await writeStudyRun(root, 7, [face(2, 'e')], { tR: 3 }, { RepetitionTime: 3 });
    rmSync(`${runPath(root, 7)}_events.tsv`);
    await writeStudyRun(root, 8, [face(2, 'f')]);
    truncateSync(`${runPath(root, 8)}_bold.nii.gz`, 0);
    await writeStudyRun(root, 9, [face(2, 'g')], {}, {});
    rmSync(`${runPath(root, 9)}_bold.nii.gz`);
    symlinkSync('../.git/annex/objects/gone', `${runPath(root, 9)}_bold.nii.gz`);
    const result = await checkStudy(null, { bids: root, deep: false }, context);
    assert.deepEqual(
      found(result)
        .filter(([, code]) => code !== 'CONFOUNDS_MISSING')
        .sort((a, b) => String(a[2]).localeCompare(String(b[2]))),
      [
        ['note', 'EVENTS_LABELS', '01', 5],
        ['error', 'RUN_GRID_MISMATCH', '03', null],
        ['error', 'EVENTS_BEFORE_RUN', '04', 3],
        ['error', 'EVENTS_BEYOND_RUN', '04', 2],
        ['warning', 'EVENTS_NO_TYPE', '04', 8],
        ['warning', 'EVENTS_TWICE', '04', 7],
        ['warning', 'EVENTS_OVERLAP', '04', 6],
        ['note', 'EVENTS_UNSORTED', '04', 3],
        ['note', 'EVENTS_NEGATIVE', '04', 4],
        ['note', 'EVENTS_OUTLAST_RUN', '04', 9],
        ['error', 'EVENTS_BAD_NUMBER', '05', 2],
        ['warning', 'BIDS_TR_UNIT', '06', null],
        ['error', 'EVENTS_MISSING', '07', null],
        ['warning', 'RUN_TR_DIFFERS', '07', null],
        ['error', 'FILE_EMPTY', '08', null],
        ['error', 'BIDS_IMAGE_MISSING', '09', null],
        ['warning', 'SIDECAR_MISSING', '09', null],
        ['warning', 'STIMULI_MISSING', 'null', null],
      ].map((row) => (row[2] === 'null' ? [row[0], row[1], null, row[3]] : row)),
    );
    assert.deepEqual(
      result.subjects.map(({ runs, usable }) => [runs, usable]),
      [[9, 3]],
    );
    const beyond = result.counts.find(({ code }) => code === 'EVENTS_BEYOND_RUN');
    assert.deepEqual([beyond?.count, beyond?.runs, beyond?.line], [1, 1, 2]);
  });

  it('compares pictures, repeated runs, columns and numbers', async () => {
    const root = join(folder.path, 'compared');
    await writeFaceStudy(root);
    for (const name of [
      'r1/a1.png',
      'r1/a2.png',
      'r1/a3.png',
      'r1/a4.png',
      'r2/a1.png',
      'r/t1.png',
      'r/t2.png',
    ]) {
      mkdirSync(join(root, 'stimuli', name, '..'), { recursive: true });
      writeFileSync(join(root, 'stimuli', name), 'x');
    }
    await writeStudyRun(root, 4, [
      '2\t1\ttrain_face\tr/t1.png\t0\tx',
      '9\t1\ttest_face\tn/a\t0\tx',
      '19\t1\tfix\tn/a\t0\tx',
    ]);
    copyFileSync(`${runPath(root, 1)}_bold.nii.gz`, `${runPath(root, 4)}_bold.nii.gz`);
    const events = `${runPath(root, 2)}_events.tsv`;
    writeFileSync(events, readFileSync(events, 'utf8').replaceAll('\tnote\n', '\tremark\n'));
    const result = await checkStudy(null, { bids: root, deep: false }, context);
    assert.deepEqual(
      found(result).filter(([, code]) => code !== 'CONFOUNDS_MISSING'),
      [
        ['error', 'RUN_DUPLICATE', '04', null],
        ['error', 'STIMULUS_NOT_FOUND', '02', 4],
        ['error', 'STIMULUS_MISSING', '04', 3],
        ['error', 'LEAKAGE_TRAIN_TEST', '02', 6],
        ['warning', 'EVENTS_COLUMNS_DIFFER', '02', 1],
        ['note', 'RUN_NUMBERS', '01', null],
        ['note', 'EVENTS_LABELS', '01', 5],
        ['note', 'EVENTS_LABELS', '04', null],
      ],
    );
    const other = await check({ stimuli: join(root, 'stimuli') });
    assert.deepEqual(found(other, 'STIMULUS_NOT_FOUND'), [['error', 'STIMULUS_NOT_FOUND', '02', 4]]);
  });

  it('compares pictures with a face set of a project', async () => {
    const workspace = Workspace.create(join(folder.path, 'project'));
    try {
      const { sql, artifactsDir } = workspace.store;
      mkdirSync(join(artifactsDir, 'of-faces'), { recursive: true });
      writeFileSync(
        join(artifactsDir, 'of-faces', 'faces.tsv'),
        'file\nr1/a1.png\nr1/a2.png\nr/t1.png\nr/t2.png\n',
      );
      const job = { key: 'faces', stage: 'import-faces', stageVersion: 1, label: 'faces' };
      startJob(sql, { ...job, parameters: {}, inputs: {}, appVersion: '0' });
      const result = { summary: {}, problems: [], metrics: [] };
      finishJob(sql, 'faces', { hash: 'of-faces', bytes: 1 }, result, { seconds: 1, peakRssBytes: 1 });
      setEntry(sql, { kind: 'faces', name: 'shown', jobKey: 'faces', source: null });
      const compared = await checkStudy(workspace, { bids, deep: false, faces: 'shown' }, context);
      assert.deepEqual(found(compared, 'STIMULUS_NOT_FOUND'), [
        ['error', 'STIMULUS_NOT_FOUND', '01', 5],
        ['error', 'STIMULUS_NOT_FOUND', '02', 2],
      ]);
    } finally {
      await workspace.close();
    }
  });

  it('checks confounds and masks against their run, and with `deep` the data', async () => {
    const root = join(folder.path, 'derived');
    await writeFaceStudy(root);
    const prep = join(root, 'derivatives/prep/sub-01/func');
    mkdirSync(prep, { recursive: true });
    const table = (rows: number, bad: string) =>
      ['a\tb_derivative1', `1\tn/a`, ...Array.from({ length: rows - 2 }, () => '1\t2'), `${bad}\t3`].join(
        '\n',
      );
    const stem = (run: number) => join(prep, `sub-01_task-faces_run-0${run}`);
    writeFileSync(`${stem(1)}_desc-confounds_timeseries.tsv`, table(studyVolumes, 'n/a'));
    writeFileSync(`${stem(2)}_desc-confounds_timeseries.tsv`, table(studyVolumes - 1, '1'));
    await writeNifti(`${stem(1)}_desc-brain_mask.nii.gz`, {
      grid: { shape: [2, 2, 2], affine: studyGrid.affine },
      data: new Uint8Array(8).fill(1),
    });
    const nVoxels = 18;
    const data = new Float32Array(nVoxels * studyVolumes).map((_, at) => at % 7);
    data[5] = Number.NaN;
    await writeStudyRun(root, 1, ['2\t1\tFix\tn/a\t0\tx'], { data });
    await writeStudyRun(root, 2, ['2\t1\tFix\tn/a\t0\tx'], {
      data: new Float32Array(nVoxels * studyVolumes).fill(3),
    });
    const result = await checkStudy(null, { bids: root, deep: true }, context);
    assert.deepEqual(found(result), [
      ['error', 'RUN_WITHOUT_DATA', '02', null],
      ['error', 'CONFOUNDS_LENGTH', '02', null],
      ['warning', 'STIMULI_MISSING', null, null],
      ['warning', 'CONFOUNDS_NOT_FINITE', '01', studyVolumes + 1],
      ['warning', 'MASK_GRID_MISMATCH', '01', null],
      ['warning', 'ROLES_INCOMPLETE', null, null],
      ['note', 'VOXELS_WITHOUT_DATA', '01', null],
    ]);
  });

  it('writes a table of all issues, and stops when it is cancelled', async () => {
    const tsv = join(folder.path, 'issues.tsv');
    const { issues } = await check({ tsv });
    const lines = readFileSync(tsv, 'utf8').trimEnd().split('\n');
    assert.equal(lines.length, issues.length + 1);
    assert.match(lines[0], /^severity\tcode\tsubject\trun\tfile\tline\tmessage\tremedy$/);
    const signal = AbortSignal.abort();
    await assert.rejects(checkStudy(null, { bids, deep: false }, { ...context, signal }), {
      code: 'JOB_CANCELLED',
    });
    await assert.rejects(check({ subjects: ['9'] }), { code: 'BIDS_NO_SUBJECT' });
  });
});
