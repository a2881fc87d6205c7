import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { readConfoundsTable } from '../../src/main/bids/confounds-table.ts';
import { indexDataset } from '../../src/main/bids/dataset.ts';
import { readEvents } from '../../src/main/bids/events.ts';
import { listStudyFiles } from '../../src/main/services/study-list.ts';
import { temporaryFolder } from '../formats/temporary.ts';
import { filled, writeTree } from './write-tree.ts';

const onsets = 'onset\tduration\ttrial_type\n0\t1\tface\n';
const motion = '0 0 0 0 0 0\n';

/** name, image, events, confounds of every run, below the root. */
async function listed(root: string, options: Parameters<typeof indexDataset>[1] = {}) {
  const dataset = await indexDataset(root, options);
  const below = (path: string | null) => path && relative(root, path);
  const runs = dataset.subjects.flatMap((subject) => subject.runs);
  return {
    dataset,
    runs: runs.map((run) => [run.name, below(run.boldPath), below(run.eventsPath), below(run.confoundsPath)]),
  };
}

test('SPM’s folders: runs by their motion parameters, own space unsmoothed, others by prefix', async (t) => {
  const root = await writeTree(await temporaryFolder(t), {
    ...filled(
      [1, 2].flatMap((run) =>
        ['', 'a', 'ra', 'wra', 'swra', 'meana'].map(
          (prefix) => `S07/func/run${run}/${prefix}epi_run${run}.nii`,
        ),
      ),
    ),
    ...filled(
      [1, 2].map((run) => `S07/func/run${run}/rp_aepi_run${run}.txt`),
      motion,
    ),
    ...filled(
      [1, 2].map((run) => `S07/onsets/onsets_run${run}.tsv`),
      onsets,
    ),
    'S07/stats/SPM.mat': 'x',
    'S07/stats/mask.nii': 'x',
    'S07/anat/wc1T1.nii': 'x',
    'S07/func/run1/epi_run1.json': '{"RepetitionTime": 2.2}',
  });
  const { dataset, runs } = await listed(root);
  assert.equal(dataset.layout, 'spm');
  assert.deepEqual(
    runs,
    [1, 2].map((run) => [
      `sub-S07_task-main_run-${run}`,
      `S07/func/run${run}/raepi_run${run}.nii`,
      `S07/onsets/onsets_run${run}.tsv`,
      `S07/func/run${run}/rp_aepi_run${run}.txt`,
    ]),
  );
  const [subject] = dataset.subjects;
  assert.equal(subject.runs[0].metadata.RepetitionTime, 2.2);
  assert.deepEqual(subject.models, [join(root, 'S07/stats/SPM.mat')]);
  assert.deepEqual(
    subject.masks.map(({ name }) => name),
    ['wc1T1', 'brain'],
  );
  assert.deepEqual(
    dataset.problems.map(({ code }) => code),
    ['STUDY_VERSIONS'],
  );
  assert.match(dataset.problems[0].message, /"ra".*"swra" \(2 runs\)/);
  const smoothed = await listed(root, { prefix: 'swra' });
  assert.equal(smoothed.runs[1][1], 'S07/func/run2/swraepi_run2.nii');
  await assert.rejects(indexDataset(root, { prefix: 'w' }), {
    code: 'STUDY_VERSION_UNKNOWN',
    message: /"wra"/,
  });
});

test('SPM: only the last step is left; an image is missing; volumes lie apart', async (t) => {
  const root = await writeTree(await temporaryFolder(t), {
    'sub2/ses1/swarrun01.nii': 'x',
    'sub2/ses1/rp_run01.txt': motion,
    'sub2/ses2/rp_run01.txt': motion,
    'sub2/ses1/run01_events.tsv': onsets,
    ...filled(
      Array.from({ length: 12 }, (_, at) => `sub3/raf123-0001-${String(at).padStart(5, '0')}-01.nii`),
    ),
  });
  const { dataset, runs } = await listed(root);
  assert.deepEqual(runs, [
    [
      'sub-2_ses-1_task-main_run-01',
      'sub2/ses1/swarrun01.nii',
      'sub2/ses1/run01_events.tsv',
      'sub2/ses1/rp_run01.txt',
    ],
  ]);
  assert.deepEqual(
    dataset.problems.map(({ code, file }) => [code, file && relative(root, file)]),
    [
      ['STUDY_VERSION_MISSING', 'sub2/ses2/rp_run01.txt'],
      ['STUDY_VOLUMES_APART', 'sub3'],
    ],
  );
});

test('SPM: a prefix is what the user sees, also where the images before realignment are gone', async (t) => {
  const root = await writeTree(await temporaryFolder(t), {
    ...filled(['raepi01.nii', 'swraepi01.nii']),
    'rp_aepi01.txt': motion,
  });
  for (const [prefix, image] of [
    ['ra', 'raepi01.nii'],
    ['swra', 'swraepi01.nii'],
    ['swr', 'swraepi01.nii'],
  ]) {
    assert.equal((await listed(root, { prefix })).runs[0][1], image);
  }
  await assert.rejects(indexDataset(root, { prefix: 'wra' }), { code: 'STUDY_VERSION_UNKNOWN' });
});

test('SPM: without motion parameters, runs are told by images that are named after others', async (t) => {
  const files = ['run1', 'arun1', 'swarun1', 'run2', 'arun2', 'swarun2', 'meanrun1'].map(
    (name) => `${name}.nii`,
  );
  const root = await writeTree(await temporaryFolder(t), {
    ...filled([...files, 'stats/SPM.mat']),
    'run1.tsv': onsets,
    'run2.tsv': onsets,
  });
  const { dataset, runs } = await listed(root);
  assert.equal(dataset.layout, 'spm');
  assert.deepEqual(runs, [
    ['sub-01_task-main_run-1', 'swarun1.nii', 'run1.tsv', null],
    ['sub-01_task-main_run-2', 'swarun2.nii', 'run2.tsv', null],
  ]);
  const empty = await writeTree(await temporaryFolder(t), { 'a.nii': 'x' });
  await assert.rejects(indexDataset(empty, { layout: 'spm' }), {
    code: 'BIDS_NOT_A_DATASET',
    message: /rp_/,
  });
});

test('a lab’s own files: images and tables matched by name, in one folder or in a pair of folders', async (t) => {
  const together = await writeTree(await temporaryFolder(t), {
    ...filled([
      'mri_01.nii.gz',
      'mri_02.nii.gz',
      'mri_01_mask.nii.gz',
      'T1.nii',
      'mask.nii.gz',
      'meanmri.nii',
    ]),
    'mri_01_events.tsv': onsets,
    'mri_02.csv': onsets.replaceAll('\t', ','),
    'mri_02_motion.txt': motion,
    'mri_01.par': motion,
    'mri_02.json': '{"RepetitionTime": 0.8}',
  });
  const { dataset, runs } = await listed(together);
  assert.equal(dataset.layout, 'plain');
  assert.deepEqual(runs, [
    ['sub-01_task-main_run-01', 'mri_01.nii.gz', 'mri_01_events.tsv', 'mri_01.par'],
    ['sub-01_task-main_run-02', 'mri_02.nii.gz', 'mri_02.csv', 'mri_02_motion.txt'],
  ]);
  const [subject] = dataset.subjects;
  assert.equal(subject.runs[0].maskPath, join(together, 'mri_01_mask.nii.gz'));
  assert.equal(subject.runs[1].metadata.RepetitionTime, 0.8);
  assert.deepEqual(
    subject.masks.map(({ name }) => name),
    ['brain', 'mri_01_mask'],
  );

  const apart = await writeTree(await temporaryFolder(t), {
    ...filled(['anna/func/run-1.nii', 'anna/func/run-2.nii', 'ben/func/run-1.nii']),
    'anna/events/run-1.tsv': onsets,
    'anna/events/log_run2.tsv': onsets,
    'ben/events/run-1.tsv': onsets,
    'ben/confounds/run-1.tsv': 'trans_x\n0\n',
  });
  assert.deepEqual((await listed(apart)).runs, [
    ['sub-anna_task-main_run-1', 'anna/func/run-1.nii', 'anna/events/run-1.tsv', null],
    ['sub-anna_task-main_run-2', 'anna/func/run-2.nii', 'anna/events/log_run2.tsv', null],
    ['sub-ben_task-main_run-1', 'ben/func/run-1.nii', 'ben/events/run-1.tsv', 'ben/confounds/run-1.tsv'],
  ]);
});

test('a run without events is a run all the same; a folder without any is no study', async (t) => {
  const root = await writeTree(await temporaryFolder(t), { 'a1.nii': 'x', 'a2.nii': 'x', 'a1.tsv': onsets });
  assert.deepEqual((await listed(root)).runs, [
    ['sub-01_task-main_run-01', 'a1.nii', 'a1.tsv', null],
    ['sub-01_task-main_run-02', 'a2.nii', null, null],
  ]);
  const none = await writeTree(await temporaryFolder(t), { 'a1.nii': 'x' });
  await assert.rejects(indexDataset(none), { code: 'BIDS_NOT_A_DATASET', message: /1 images, and no table/ });
});

test('a table of runs: paths from its folder, times in seconds, faulty rows listed and left out', async (t) => {
  const rows = [
    'Subject,Session,Image,Events,TR,Confounds,Mask',
    'A-1,pre,img/x1.nii,log/1.tsv,1.5,mot/1.par,',
    'A-1,pre,img/x2.nii,log/2.tsv,n/a,,m.nii',
    'A-1,pre,img/x3.nii,log/none.tsv,1.5,,',
    'A-1,pre,img/x1.nii,log/1.tsv,1.5,,',
    'A-1,pre,img/x4.nii,log/1.tsv,two,,',
    'A-1,pre,,log/1.tsv,2,,',
    'B,post,img/y.nii,log/1.tsv,2,,',
  ];
  const root = await writeTree(await temporaryFolder(t), {
    'runs.csv': `${rows.join('\r\n')}\r\n`,
    ...filled(['img/x1.nii', 'img/x2.nii', 'img/x4.nii', 'img/y.nii', 'm.nii']),
    ...filled(['log/1.tsv', 'log/2.tsv'], onsets),
    'mot/1.par': motion,
    'img/x2.json': '{"RepetitionTime": 2.5}',
  });
  for (const place of [root, join(root, 'runs.csv')]) {
    const dataset = await indexDataset(place);
    assert.deepEqual(
      dataset.subjects.map(({ label, sessions, runs }) => [label, sessions, runs.map(({ name }) => name)]),
      [
        ['A1', ['pre'], ['sub-A1_ses-pre_task-main_run-01', 'sub-A1_ses-pre_task-main_run-02']],
        ['B', ['post'], ['sub-B_ses-post_task-main_run-01']],
      ],
    );
    const [first, second] = dataset.subjects[0].runs;
    assert.deepEqual(
      [first.boldPath, first.eventsPath, first.confoundsPath, first.metadata.RepetitionTime],
      [join(root, 'img/x1.nii'), join(root, 'log/1.tsv'), join(root, 'mot/1.par'), 1.5],
    );
    assert.deepEqual([second.metadata.RepetitionTime, second.maskPath], [2.5, join(root, 'm.nii')]);
    assert.deepEqual(
      dataset.problems.map(({ code, line, file }) => [code, line, file]),
      [4, 5, 6, 7].map((line) => ['RUN_TABLE_INVALID', line, join(root, 'runs.csv')]),
    );
  }
  const poor = await writeTree(await temporaryFolder(t), { 'runs.tsv': 'image\tonset\nx\t1\n' });
  await assert.rejects(indexDataset(poor), { code: 'RUN_TABLE_INVALID', line: 1, message: /"events"/ });
  const empty = await writeTree(await temporaryFolder(t), { 'runs.tsv': 'image\tevents\nx.nii\ty.tsv\n' });
  await assert.rejects(indexDataset(empty), {
    code: 'RUN_TABLE_INVALID',
    line: 2,
    message: /No row can be used/,
  });
});

test('SPM’s multiple conditions and multiple regressors are events and confounds', async (t) => {
  const root = await temporaryFolder(t);
  await writeTree(root, {
    'S1/run1/swarun1.nii': 'x',
    'S1/run1/rp_run1.txt': motion,
  });
  // Written by scipy: names {'face', 'house'}, onsets {[1 5.5], 9}, durations {0, 2} (see multiple-conditions.py).
  const fixtures = join(import.meta.dirname, '../fixtures/bids');
  await copyFile(join(fixtures, 'multiple-conditions.mat'), join(root, 'S1/run1/cond_run1.mat'));
  const { runs } = await listed(root);
  assert.equal(runs[0][2], 'S1/run1/cond_run1.mat');
  const { rows, problems } = await readEvents(join(root, 'S1/run1/cond_run1.mat'));
  assert.deepEqual(problems, []);
  assert.deepEqual(
    rows.map(({ onset, duration, trialType, line }) => [onset, duration, trialType, line]),
    [
      [1, 0, 'face', 1],
      [5.5, 0, 'face', 2],
      [9, 2, 'house', 3],
    ],
  );
  const { columns, rows: volumes } = await readConfoundsTable(join(fixtures, 'multiple-regressors.mat'));
  assert.deepEqual(columns, ['R1', 'R2']);
  assert.deepEqual(
    volumes.map(({ values }) => [Number(values.R1), Number(values.R2)]),
    [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
  );
  await assert.rejects(readEvents(join(fixtures, 'multiple-regressors.mat')), { code: 'EVENTS_MAT_INVALID' });
});

test('the list of any study is a table of runs, and so a study itself', async (t) => {
  const root = await writeTree(await temporaryFolder(t), {
    'anna/func/run-1.nii': 'x',
    'anna/func/run-2.nii': 'x',
    'anna/events/run-1.tsv': onsets,
    'anna/events/run-2.tsv': onsets,
    'anna/func/run-1.json': '{"RepetitionTime": 1.5}',
    'anna/motion/run-1.txt': motion,
  });
  const tsv = join(root, 'list.tsv');
  const { subjects } = await listStudyFiles({ bids: root, tsv });
  const again = await listStudyFiles({ bids: tsv });
  const facts = ({ runs }: (typeof subjects)[number]) =>
    runs.map((run) => [run.name, run.boldPath, run.eventsPath, run.confoundsPath, run.repetitionTime]);
  assert.deepEqual(again.subjects.map(facts), subjects.map(facts));
  assert.equal(again.layout, 'plain');
});
