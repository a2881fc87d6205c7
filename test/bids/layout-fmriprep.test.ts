import assert from 'node:assert/strict';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { indexDataset } from '../../src/main/bids/dataset.ts';
import { parseDerivativeName } from '../../src/main/bids/derivative-names.ts';
import { temporaryFolder } from '../formats/temporary.ts';
import { filled, writeTree } from './write-tree.ts';

const stem = 'sub-01_task-faces_run-1';
const raw = {
  'dataset_description.json': '{"Name": "raw", "BIDSVersion": "1.8.0"}',
  'task-faces_bold.json': '{"RepetitionTime": 2, "EchoTime": 0.03}',
  ...filled([1, 2, 3].flatMap((run) => [`sub-01/func/sub-01_task-faces_run-${run}_bold.nii.gz`])),
  ...filled(
    [1, 2, 3].map((run) => `sub-01/func/sub-01_task-faces_run-${run}_events.tsv`),
    'onset\tduration\n0\t1\n',
  ),
};

/** What fMRIPrep writes for one run since version 20.2. */
function newNames(run: number): string[] {
  const name = `sub-01/func/sub-01_task-faces_run-${run}`;
  return [
    `${name}_desc-confounds_timeseries.tsv`,
    `${name}_space-T1w_desc-preproc_bold.nii.gz`,
    `${name}_space-T1w_desc-brain_mask.nii.gz`,
    `${name}_space-MNI152NLin2009cAsym_res-2_desc-preproc_bold.nii.gz`,
    `${name}_space-MNI152NLin2009cAsym_res-2_desc-brain_mask.nii.gz`,
    `${name}_hemi-L_space-fsaverage5_bold.func.gii`,
    `${name}_hemi-R_space-fsaverage5_bold.func.gii`,
  ];
}

const derived = (prefix = '') => ({
  [`${prefix}dataset_description.json`]:
    '{"Name": "fMRIPrep", "BIDSVersion": "1.4.0", "DatasetType": "derivative"}',
  ...filled([1, 2, 3].flatMap(newNames).map((name) => prefix + name)),
  [`${prefix}sub-01/func/${stem}_space-T1w_desc-preproc_bold.json`]: '{"RepetitionTime": 2, "StartTime": 1}',
  [`${prefix}sub-01/anat/sub-01_hemi-L_thickness.shape.gii`]: 'x',
});

test('below derivatives: the preprocessed runs in the subject’s own space, joined to the raw events', async (t) => {
  const root = await writeTree(await temporaryFolder(t), { ...raw, ...derived('derivatives/fmriprep/') });
  const { layout, subjects } = await indexDataset(root);
  assert.equal(layout, 'fmriprep');
  const [{ runs, surfaces, problems }] = subjects;
  assert.deepEqual(
    runs.map((run) => [run.name, run.space, relative(root, run.boldPath)]),
    [1, 2, 3].map((run) => [
      `sub-01_task-faces_run-${run}`,
      'T1w',
      `derivatives/fmriprep/sub-01/func/sub-01_task-faces_run-${run}_space-T1w_desc-preproc_bold.nii.gz`,
    ]),
  );
  const [first] = runs;
  assert.equal(first.eventsPath, join(root, `sub-01/func/${stem}_events.tsv`));
  const pipeline = join(root, 'derivatives/fmriprep/sub-01/func');
  assert.equal(first.confoundsPath, join(pipeline, `${stem}_desc-confounds_timeseries.tsv`));
  assert.equal(first.maskPath, join(pipeline, `${stem}_space-T1w_desc-brain_mask.nii.gz`));
  assert.deepEqual(first.metadata, { RepetitionTime: 2, EchoTime: 0.03, StartTime: 1 });
  assert.deepEqual(
    surfaces.map(({ hemisphere, space, kind, run }) => [hemisphere, space, kind, run]).slice(0, 3),
    [
      ['L', null, 'shape', null],
      ['L', 'fsaverage5', 'func', stem],
      ['R', 'fsaverage5', 'func', stem],
    ],
  );
  assert.equal(surfaces.length, 7);
  assert.deepEqual(
    problems.map(({ code }) => code),
    ['STUDY_VERSIONS'],
  );
  assert.match(problems[0].message, /taken as "space-T1w desc-preproc \(derivatives\/fmriprep\)".*"raw"/);
});

test('the version is the user’s choice: space, resolution, raw', async (t) => {
  const root = await writeTree(await temporaryFolder(t), { ...raw, ...derived('derivatives/fmriprep/') });
  const first = async (options: Parameters<typeof indexDataset>[1]) => {
    const [{ runs, problems }] = (await indexDataset(root, options)).subjects;
    assert.deepEqual([runs.length, problems], [3, []]);
    return runs[0];
  };
  const standard = await first({ space: 'MNI152NLin2009cAsym' });
  assert.match(standard.boldPath, /space-MNI152NLin2009cAsym_res-2_desc-preproc_bold/);
  assert.match(standard.maskPath ?? '', /space-MNI152NLin2009cAsym_res-2_desc-brain_mask/);
  assert.match((await first({ resolution: '2' })).boldPath, /res-2/);
  const own = await first({ layout: 'bids' });
  assert.equal(own.boldPath, join(root, `sub-01/func/${stem}_bold.nii.gz`));
  assert.match(own.confoundsPath ?? '', /desc-confounds_timeseries/);
  await assert.rejects(indexDataset(root, { space: 'fsLR' }), {
    code: 'STUDY_VERSION_UNKNOWN',
    message: /space-fsLR\); there are: raw; space-MNI152NLin2009cAsym res-2 desc-preproc.*space-T1w/,
  });
});

test('the derivatives themselves, in the dataset or beside it', async (t) => {
  const folder = await temporaryFolder(t);
  const inside = await writeTree(join(folder, 'a'), { ...raw, ...derived('derivatives/fmriprep/') });
  const fromInside = await indexDataset(join(inside, 'derivatives/fmriprep'));
  assert.equal(fromInside.subjects[0].runs[0].eventsPath, join(inside, `sub-01/func/${stem}_events.tsv`));
  assert.equal(fromInside.subjects[0].runs[0].space, 'T1w');

  const study = join(folder, 'b');
  await writeTree(join(study, 'rawdata'), raw);
  await writeTree(join(study, 'prep'), derived());
  const alone = await indexDataset(join(study, 'prep'));
  assert.equal(alone.subjects[0].runs[0].eventsPath, join(study, `rawdata/sub-01/func/${stem}_events.tsv`));
  const both = await indexDataset(join(study, 'rawdata'), { derivatives: [join(study, 'prep')] });
  assert.match(both.subjects[0].runs[0].boldPath, /prep\/sub-01\/func\/.*space-T1w/);
  assert.equal(both.name, 'raw');

  const named = join(folder, 'c');
  const where = '{"DatasetType": "derivative", "SourceDatasets": [{"URL": "../elsewhere/x"}]}';
  await writeTree(join(named, 'elsewhere/x'), raw);
  await writeTree(join(named, 'prep'), { ...derived(), 'dataset_description.json': where });
  const [{ runs }] = (await indexDataset(join(named, 'prep'))).subjects;
  assert.equal(runs[0].eventsPath, join(named, `elsewhere/x/sub-01/func/${stem}_events.tsv`));
});

test('derivatives without their raw dataset have no events', async (t) => {
  const root = await writeTree(await temporaryFolder(t), derived('lonely/prep/'));
  const [{ runs }] = (await indexDataset(join(root, 'lonely/prep'))).subjects;
  assert.deepEqual(
    runs.map(({ eventsPath }) => eventsPath),
    [null, null, null],
  );
});

test('the names of fMRIPrep up to 1.1', async (t) => {
  const old = 'derivatives/fmriprep/sub-01/func/sub-01_task-faces_run-1_bold';
  const root = await writeTree(await temporaryFolder(t), {
    ...filled([
      `${old}_space-MNI152NLin2009cAsym_preproc.nii.gz`,
      `${old}_space-MNI152NLin2009cAsym_brainmask.nii.gz`,
      `${old}_space-MNI152NLin2009cAsym_variant-smoothAROMAnonaggr_preproc.nii.gz`,
      `${old}_confounds.tsv`,
      `${old}_space-fsaverage5.L.func.gii`,
    ]),
    'task-faces_bold.json': '{"RepetitionTime": 1.5}',
    [`sub-01/func/${stem}_events.tsv`]: 'onset\tduration\n0\t1\n',
  });
  const [{ runs, surfaces }] = (await indexDataset(root)).subjects;
  assert.equal(runs.length, 1);
  assert.equal(runs[0].boldPath, join(root, `${old}_space-MNI152NLin2009cAsym_preproc.nii.gz`));
  assert.equal(runs[0].maskPath, join(root, `${old}_space-MNI152NLin2009cAsym_brainmask.nii.gz`));
  assert.equal(runs[0].confoundsPath, join(root, `${old}_confounds.tsv`));
  assert.equal(runs[0].eventsPath, join(root, `sub-01/func/${stem}_events.tsv`));
  assert.equal(runs[0].metadata.RepetitionTime, 1.5);
  assert.deepEqual([surfaces[0].hemisphere, surfaces[0].space, surfaces[0].run], ['L', 'fsaverage5', stem]);
});

test('a run that was not preprocessed is listed; a version that few runs have is not taken', async (t) => {
  const files = { ...raw, ...filled([1, 2].flatMap(newNames).map((name) => `derivatives/fmriprep/${name}`)) };
  const root = await writeTree(await temporaryFolder(t), files);
  const [{ runs, problems }] = (await indexDataset(root)).subjects;
  assert.equal(runs.length, 2);
  assert.deepEqual(
    problems.map(({ code, file }) => [code, file]),
    [
      ['STUDY_VERSIONS', root],
      ['STUDY_VERSION_MISSING', join(root, 'sub-01/func/sub-01_task-faces_run-3_bold.nii.gz')],
    ],
  );
  const few = await writeTree(await temporaryFolder(t), {
    ...raw,
    ...filled(newNames(1).map((name) => `derivatives/fmriprep/${name}`)),
  });
  const [subject] = (await indexDataset(few)).subjects;
  assert.deepEqual(
    subject.runs.map(({ version }) => version),
    ['raw', 'raw', 'raw'],
  );
});

test('SPM’s prefixes before BIDS names are versions too, and a run that is there twice is taken once', async (t) => {
  const steps = ['', 'a', 'ra', 'wra', 'swra'].map((prefix) => `sub-01/func/${prefix}${stem}_bold.nii`);
  const root = await writeTree(await temporaryFolder(t), {
    ...filled(steps),
    [`sub-01/func/rp_a${stem}_bold.txt`]: '0 0 0 0 0 0\n',
    [`sub-01/func/${stem}_events.tsv`]: 'onset\tduration\n0\t1\n',
    'sub-01/func/SPM.mat': 'x',
  });
  const [{ runs, models }] = (await indexDataset(root)).subjects;
  assert.deepEqual(
    runs.map(({ name, version, boldPath, confoundsPath }) => [name, version, boldPath, confoundsPath]),
    [[stem, 'SPM ra', join(root, steps[2]), join(root, `sub-01/func/rp_a${stem}_bold.txt`)]],
  );
  assert.equal(runs[0].eventsPath, join(root, `sub-01/func/${stem}_events.tsv`));
  assert.deepEqual(models, [join(root, 'sub-01/func/SPM.mat')]);
  const [smoothed] = (await indexDataset(root, { prefix: 'swra' })).subjects;
  assert.equal(smoothed.runs[0].boldPath, join(root, steps[4]));

  await writeTree(root, { [`sub-01/func/ra${stem}_bold.nii.gz`]: 'x' });
  const [again] = (await indexDataset(root)).subjects;
  assert.deepEqual(
    [again.runs.length, again.problems.map(({ code }) => code)],
    [1, ['STUDY_VERSIONS', 'STUDY_RUN_TWICE']],
  );
});

test('names of any version are read as today’s', () => {
  const today = (name: string) => {
    const parsed = parseDerivativeName(name);
    return (
      parsed && [parsed.prefix, parsed.entities.space, parsed.entities.desc, parsed.suffix, parsed.extension]
    );
  };
  assert.deepEqual(today('sub-1_task-x_bold_space-T1w_preproc.nii.gz'), [
    '',
    'T1w',
    'preproc',
    'bold',
    '.nii.gz',
  ]);
  assert.deepEqual(today('sub-1_task-x_bold_preproc.nii'), ['', undefined, 'preproc', 'bold', '.nii']);
  assert.deepEqual(today('sub-1_task-x_bold_confounds.tsv'), [
    '',
    undefined,
    'confounds',
    'regressors',
    '.tsv',
  ]);
  assert.deepEqual(today('rp_asub-1_task-x_bold.txt'), ['rp_a', undefined, undefined, 'bold', '.txt']);
  assert.equal(today('meansub-1_task-x_bold.nii'), null);
  assert.equal(today('con_0001.nii'), null);
});
