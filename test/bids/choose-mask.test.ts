import assert from 'node:assert/strict';
import { relative } from 'node:path';
import { test } from 'node:test';
import { chooseMask } from '../../src/main/bids/choose-mask.ts';
import { indexDataset } from '../../src/main/bids/dataset.ts';
import type { IndexOptions } from '../../src/main/bids/layouts/layout.ts';
import { temporaryFolder } from '../formats/temporary.ts';
import { filled, writeTree } from './write-tree.ts';

async function chosen(root: string, options?: IndexOptions): Promise<string | null> {
  const [{ masks, runs }] = (await indexDataset(root, options)).subjects;
  const path = chooseMask(masks, runs);
  return path === null ? null : relative(root, path);
}

const name = 'sub-01_task-faces_run-1';
const fmriprep = (files: readonly string[]) => ({
  'dataset_description.json': '{"Name": "fMRIPrep", "BIDSVersion": "1.4.0", "DatasetType": "derivative"}',
  ...filled([
    `sub-01/func/${name}_space-T1w_desc-preproc_bold.nii.gz`,
    `sub-01/func/${name}_space-T1w_desc-brain_mask.nii.gz`,
    `sub-01/func/${name}_space-MNI152NLin2009cAsym_desc-preproc_bold.nii.gz`,
    `sub-01/func/${name}_space-MNI152NLin2009cAsym_desc-brain_mask.nii.gz`,
    ...files,
  ]),
});

test('of fMRIPrep, the probability of grey matter in the space of the runs', async (t) => {
  const own = 'sub-01/anat/sub-01_label-GM_probseg.nii.gz';
  const standard = 'sub-01/anat/sub-01_space-MNI152NLin2009cAsym_label-GM_probseg.nii.gz';
  const root = await writeTree(
    await temporaryFolder(t),
    fmriprep([own, standard, own.replace('GM', 'WM'), standard.replace('GM', 'CSF')]),
  );
  assert.equal(await chosen(root), own);
  assert.equal(await chosen(root, { space: 'MNI152NLin2009cAsym' }), standard);
});

test('of fMRIPrep, the brain where grey matter is there in another space only, or at two resolutions', async (t) => {
  const standard = (res: string) =>
    `sub-01/anat/sub-01_space-MNI152NLin2009cAsym_res-${res}_label-GM_probseg.nii.gz`;
  const root = await writeTree(await temporaryFolder(t), fmriprep([standard('1'), standard('2')]));
  const brain = (space: string) => `sub-01/func/${name}_space-${space}_desc-brain_mask.nii.gz`;
  assert.equal(await chosen(root), brain('T1w'));
  assert.equal(await chosen(root, { space: 'MNI152NLin2009cAsym' }), brain('MNI152NLin2009cAsym'));
});

test('of SPM, grey matter normalised as the runs are, and not modulated', async (t) => {
  const files = ['anat/c1T1.nii', 'anat/wc1T1.nii', 'anat/mwc1T1.nii', 'anat/c2T1.nii'];
  const rest = { 'S1/func/rp_f.txt': '0 0 0 0 0 0\n', 'S1/func/f.mat': 'x' };
  const tree = (image: string) => ({ ...rest, ...filled([image, ...files.map((file) => `S1/${file}`)]) });
  const normalised = await writeTree(await temporaryFolder(t), tree('S1/func/swrf.nii'));
  assert.equal(await chosen(normalised), 'S1/anat/wc1T1.nii');
  const native = await writeTree(await temporaryFolder(t), tree('S1/func/srf.nii'));
  assert.equal(await chosen(native), 'S1/anat/c1T1.nii');
});
