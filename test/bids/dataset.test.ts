import assert from 'node:assert/strict';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { indexDataset } from '../../src/main/bids/dataset.ts';
import { availableRuns, findSubject, selectRuns } from '../../src/main/bids/select.ts';
import { temporaryFolder } from '../formats/temporary.ts';
import { writeTree } from './write-tree.ts';

const small = {
  'dataset_description.json': '{"Name": "small", "BIDSVersion": "1.8.0"}',
  'task-faces_bold.json': '{"RepetitionTime": 2, "TaskName": "faces", "Manufacturer": "general"}',
  'task-rest_events.tsv': 'onset\tduration\n',
  'sub-01/sub-01_task-faces_bold.json': '{"Manufacturer": "subject", "EchoTime": 0.03}',
  'sub-01/ses-a/func/sub-01_ses-a_task-faces_run-1_bold.nii.gz': 'x',
  'sub-01/ses-a/func/sub-01_ses-a_task-faces_run-1_bold.json': '{"EchoTime": 0.04}',
  'sub-01/ses-a/func/sub-01_ses-a_task-faces_run-1_events.tsv': 'onset\tduration\n',
  'sub-01/ses-a/func/sub-01_ses-a_task-faces_run-2_bold.nii.gz': 'x',
  'sub-01/ses-a/func/sub-01_ses-a_task-faces_run-10_bold.nii.gz': 'x',
  'sub-01/ses-a/func/sub-01_ses-a_task-rest_bold.nii.gz': 'x',
  'sub-01/ses-a/func/sub-01_ses-a_task-rest_sbref.nii.gz': 'x',
  'sub-02/func/sub-02_task-faces_bold.nii': 'x',
  'sub-02/func/sub-02_task-faces_desc-confounds_timeseries.tsv': 'a\n1\n',
  'sub-03/anat/sub-03_T1w.nii.gz': 'x',
  'derivatives/fmriprep/sub-01/ses-a/func/sub-01_ses-a_task-faces_run-1_desc-confounds_regressors.tsv':
    'a\n1\n',
  'derivatives/fmriprep/sub-01/ses-a/func/sub-01_ses-a_task-faces_run-1_desc-brain_mask.nii.gz': 'x',
  'derivatives/fmriprep/sub-01/ses-a/func/sub-01_ses-a_task-faces_run-2_space-MNI_desc-brain_mask.nii.gz':
    'x',
  'derivatives/fmriprep/sub-01/ses-a/func/sub-01_ses-a_task-faces_run-1_space-T1w_desc-preproc_bold.nii.gz':
    'x',
  'derivatives/masks/sub-01/gray.nii.gz': 'x',
  'sourcedata/sub-99/func/sub-99_task-faces_bold.nii.gz': 'x',
};

test('a small dataset: runs in order, inheritance, derivatives', async (t) => {
  const root = await temporaryFolder(t);
  await writeTree(root, small);
  const dataset = await indexDataset(root);
  assert.deepEqual([dataset.name, dataset.bidsVersion, dataset.problems], ['small', '1.8.0', []]);
  assert.deepEqual(
    dataset.subjects.map(({ label, sessions, runs }) => [label, sessions, runs.map(({ name }) => name)]),
    [
      [
        '01',
        ['a'],
        [
          'sub-01_ses-a_task-faces_run-1',
          'sub-01_ses-a_task-faces_run-2',
          'sub-01_ses-a_task-faces_run-10',
          'sub-01_ses-a_task-rest',
        ],
      ],
      ['02', [], ['sub-02_task-faces']],
      ['03', [], []],
    ],
  );
  const [first, second, , rest] = dataset.subjects[0].runs;
  const [other] = dataset.subjects[1].runs;
  assert.deepEqual(first.metadata, {
    RepetitionTime: 2,
    TaskName: 'faces',
    Manufacturer: 'subject',
    EchoTime: 0.04,
  });
  assert.equal(second.metadata.EchoTime, 0.03);
  assert.equal(other.metadata.Manufacturer, 'general');
  assert.deepEqual(rest.metadata, {});
  const prefix = 'derivatives/fmriprep/sub-01/ses-a/func/sub-01_ses-a_task-faces_run-1';
  assert.equal(first.confoundsPath, join(root, `${prefix}_desc-confounds_regressors.tsv`));
  assert.equal(first.maskPath, join(root, `${prefix}_desc-brain_mask.nii.gz`));
  // Its mask lies in another space than its image.
  assert.equal(second.maskPath, null);
  assert.equal(second.eventsPath, null);
  assert.equal(rest.eventsPath, join(root, 'task-rest_events.tsv'));
  assert.equal(
    other.confoundsPath,
    join(root, 'sub-02/func/sub-02_task-faces_desc-confounds_timeseries.tsv'),
  );
  assert.deepEqual(
    dataset.subjects[0].masks.map(({ name }) => name),
    ['brain', 'brain', 'gray'],
  );
});

test('runs are selected as a user types them', async (t) => {
  const root = await temporaryFolder(t);
  await writeTree(root, small);
  const dataset = await indexDataset(root);
  const names = (filter: Parameters<typeof selectRuns>[1]): string[] =>
    selectRuns(dataset, filter).map(({ name }) => name);
  assert.deepEqual(names({ subject: 'sub-01', task: 'faces', run: '01' }), ['sub-01_ses-a_task-faces_run-1']);
  assert.equal(names({ subject: '1', session: 'ses-a' }).length, 4);
  assert.throws(() => findSubject(dataset, '04'), { code: 'BIDS_NO_SUBJECT', message: /"04".*01, 02, 03/ });
  assert.throws(() => names({ subject: '01', task: 'houses' }), {
    code: 'BIDS_NO_RUNS',
    message: /task "houses".*faces \(3 runs\), rest \(1 runs\); the sessions a/,
  });
  assert.throws(() => names({ subject: '03' }), { code: 'BIDS_NO_RUNS', message: /no functional runs/ });
});

test('one missing image is listed, all missing is an error', async (t) => {
  const root = await temporaryFolder(t);
  await writeTree(root, { 'sub-01/func/sub-01_task-a_run-1_bold.nii.gz': 'x' });
  const annexed = '.git/annex/objects/x.nii.gz';
  await symlink(annexed, join(root, 'sub-01/func/sub-01_task-a_run-2_bold.nii.gz'));
  const { runs } = (await indexDataset(root)).subjects[0];
  assert.deepEqual(
    runs.map(({ danglingLink }) => danglingLink),
    [null, annexed],
  );
  const available = availableRuns(runs);
  assert.deepEqual(available.runs, [runs[0]]);
  assert.deepEqual(
    available.problems.map(({ code, file }) => [code, file]),
    [['BIDS_IMAGE_MISSING', runs[1].boldPath]],
  );
  assert.throws(() => availableRuns([runs[1]]), { code: 'BIDS_IMAGE_MISSING', file: runs[1].boldPath });
});

test('a sidecar that is not JSON is a problem, not the end', async (t) => {
  const root = await temporaryFolder(t);
  const sidecar = 'sub-01/func/sub-01_task-a_bold.json';
  await writeTree(root, { [sidecar]: '{\n"a" 1}', 'sub-01/func/sub-01_task-a_bold.nii.gz': 'x' });
  const dataset = await indexDataset(root);
  assert.deepEqual(
    dataset.problems.map(({ code, file, line }) => [code, file, line]),
    [['JSON_SYNTAX', join(root, sidecar), 2]],
  );
  assert.deepEqual(dataset.subjects[0].runs[0].metadata, {});
});

test('a folder without subjects is no dataset', async (t) => {
  const root = await temporaryFolder(t);
  await assert.rejects(indexDataset(root), { code: 'BIDS_NOT_A_DATASET', file: root });
  await assert.rejects(indexDataset(join(root, 'none')), { code: 'FILE_NOT_FOUND' });
});
