import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bareLabel, formatBidsName, parseBidsName, sameLabel } from '../../src/main/bids/entities.ts';

test('names are taken apart and put together', () => {
  const name = 'sub-01_ses-02_task-faces_run-03_space-T1w_desc-preproc_bold.nii.gz';
  const parsed = parseBidsName(name);
  assert.deepEqual(parsed, {
    entities: { sub: '01', ses: '02', task: 'faces', run: '03', space: 'T1w', desc: 'preproc' },
    suffix: 'bold',
    extension: '.nii.gz',
  });
  assert.equal(parsed && formatBidsName(parsed), name);
  const shuffled = {
    entities: { run: '1', zzz: 'x', task: 'a', sub: '9' },
    suffix: 'bold',
    extension: '.json',
  };
  assert.equal(formatBidsName(shuffled), 'sub-9_task-a_run-1_zzz-x_bold.json');
  assert.deepEqual(parseBidsName('participants.tsv')?.entities, {});
});

test('names that do not follow BIDS are told', () => {
  for (const name of [
    'sub-01_bold_confounds.tsv',
    'sub-01_sub-02_bold.nii',
    'sub-_bold.nii',
    'my-mask.nii.gz',
    '',
  ]) {
    assert.equal(parseBidsName(name), null, name);
  }
});

test('labels match however they are typed', () => {
  assert.equal(bareLabel('sub-01', 'sub'), '01');
  assert.equal(bareLabel('01', 'sub'), '01');
  assert.ok(sameLabel('1', '01') && sameLabel('faces', 'faces'));
  assert.ok(!sameLabel('1', '10') && !sameLabel('faces', 'Faces'));
});
