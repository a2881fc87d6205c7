import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type BidsRun, indexDataset } from '../../src/main/bids/dataset.ts';
import { checkEvents, readEvents } from '../../src/main/bids/events.ts';
import { repetitionTime } from '../../src/main/bids/repetition-time.ts';
import { proposeRoleTable } from '../../src/main/bids/roles/propose.ts';
import { surveyEvents } from '../../src/main/bids/roles/survey.ts';
import { availableRuns, selectRuns } from '../../src/main/bids/select.ts';
import { openSeries } from '../../src/main/formats/nifti/series.ts';
import { readTable } from '../../src/main/formats/tsv/table.ts';
import { temporaryFolder } from '../formats/temporary.ts';

const data = join(import.meta.dirname, '../../../shared/data');
const faceStudy = join(data, 'ds001761');
const haxby = join(data, 'haxby2001/bids-25mm');

interface Expected {
  subjects: Record<string, Record<string, number>>;
  runs: {
    file: string;
    rows: number;
    columns: string[];
    trial_types: Record<string, number>;
    last_onset: number;
  }[];
}

/** expected.json counts the labels as they stand in the files: `face  ` and `face` are two of them. */
function trimmedCounts(counts: Record<string, number>): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [label, count] of Object.entries(counts)) sums[label.trim()] = (sums[label.trim()] ?? 0) + count;
  return sums;
}

test('the face study without its images', {
  skip: !existsSync(faceStudy) && 'ds001761 is absent',
}, async (t) => {
  const folder = await temporaryFolder(t);
  execFileSync('tar', ['xzf', join(faceStudy, 'ds001761-no-stimuli.tar.gz'), '-C', folder]);
  const expected = JSON.parse(readFileSync(join(faceStudy, 'expected.json'), 'utf8')) as Expected;
  const dataset = await indexDataset(join(folder, 'ds001761'));
  assert.equal(dataset.bidsVersion, '1.0.2');
  assert.deepEqual(dataset.problems, []);
  for (const { label, runs, sessions } of dataset.subjects) {
    const tasks = expected.subjects[`sub-${label}`];
    for (const [task, count] of Object.entries(tasks)) {
      assert.equal(runs.filter((run) => run.task === task).length, count, `${label} ${task}`);
    }
    assert.equal(sessions.length, 8);
  }
  const runs = dataset.subjects.flatMap((subject) => subject.runs);
  assert.equal(runs.length, 438);
  assert.ok(
    runs.every(({ danglingLink, metadata }) => danglingLink !== null && metadata.RepetitionTime === 2),
  );
  assert.throws(() => availableRuns(runs), { code: 'BIDS_IMAGE_MISSING', message: /all 438 images/ });

  const byEvents = new Map(runs.map((run): [string | null, BidsRun] => [run.eventsPath, run]));
  for (const { file, rows, columns, trial_types, last_onset } of expected.runs) {
    const run = byEvents.get(join(folder, file));
    assert.ok(run?.eventsPath, file);
    const events = await readEvents(run.eventsPath);
    assert.equal(events.rows.length, rows, file);
    assert.deepEqual(events.columns, columns, file);
    assert.equal(events.rows.at(-1)?.onset, last_onset, file);
    const counts: Record<string, number> = {};
    for (const { trialType } of events.rows) counts[trialType] = (counts[trialType] ?? 0) + 1;
    assert.deepEqual(counts, trimmedCounts(trial_types), file);
    const faces = events.rows.filter(({ trialType }) => /_face$/.test(trialType));
    assert.ok(
      faces.every(({ stimFile }) => stimFile?.endsWith('.jpg')),
      file,
    );
  }
});

test('real runs of Haxby et al.', { skip: !existsSync(haxby) && 'haxby2001 is absent' }, async () => {
  const dataset = await indexDataset(haxby);
  const [{ runs, masks }] = dataset.subjects;
  assert.equal(runs.length, 12);
  assert.deepEqual(
    masks.map(({ name }) => name),
    ['brain', 'gray', 'hoc', 'vt', 'white'],
  );
  const { runs: available, problems } = availableRuns(runs);
  assert.deepEqual([available.length, problems], [12, []]);
  const series = await openSeries(runs[0].boldPath);
  const tR = repetitionTime({ metadata: runs[0].metadata, header: series.header, file: runs[0].boldPath });
  assert.equal(tR, 2.5);
  const events = await readEvents(runs[0].eventsPath ?? '');
  assert.equal(events.rows.length, 8);
  assert.deepEqual(checkEvents(events, { nVolumes: series.nVolumes, tR }), []);
});

test('the face study’s roles and its presentation lists', {
  skip: !existsSync(faceStudy) && 'ds001761 is absent',
}, async (t) => {
  const folder = await temporaryFolder(t);
  execFileSync('tar', ['xzf', join(faceStudy, 'ds001761-no-stimuli.tar.gz'), '-C', folder]);
  const dataset = await indexDataset(join(folder, 'ds001761'));
  const survey = async (label: string, task: string) => {
    const runs = selectRuns(dataset, { subject: label, task });
    const tables = await Promise.all(
      runs.map(async ({ name, eventsPath }) => ({ run: name, table: await readTable(eventsPath ?? '') })),
    );
    return surveyEvents(tables);
  };
  const faces = await survey('02', 'faces');
  const { columns, types } = proposeRoleTable(faces);
  // The dataset's README calls these columns stimulus and one_back.
  assert.deepEqual(columns, {
    onset: 'onset',
    duration: 'duration',
    trialType: 'trial_type',
    stimFile: 'stim_file',
    oneback: 'oneback',
  });
  assert.deepEqual(
    types.map(({ name, role, trials, runs }) => [name, role, trials, runs]),
    [
      ['train_face', 'training-face', 8484, 100],
      ['Fix', 'fixation', 3051, 100],
      ['test_face', 'test-face', 1116, 100],
      ['Img', 'imagery', 51, 51],
    ],
  );
  const trained = faces.types.find(({ name }) => name === 'train_face');
  assert.deepEqual([trained?.pictures, trained?.onebacks], [7800, 684]);
  // Runs of 204 volumes have a block of imagery, those of 195 have none.
  assert.deepEqual(
    faces.lists.map(({ runs, trials }) => [runs.length, trials]),
    [
      [51, { Img: 1, Fix: 31, train_face: 78, 'one-back': 8, test_face: 10 }],
      [49, { train_face: 78, Fix: 30, 'one-back': 8, test_face: 10 }],
    ],
  );
  // Subject 01 saw no test faces in the first 26 runs.
  assert.deepEqual(
    (await survey('01', 'faces')).lists.map(({ runs, trials }) => [
      runs.length,
      trials.train_face,
      trials.test_face,
    ]),
    [
      [55, 78, 10],
      [26, 88, undefined],
      [26, 78, 10],
    ],
  );
  const localiser = proposeRoleTable(await survey('01', 'loc'));
  assert.deepEqual(
    localiser.types.map(({ name, role }) => [name, role]),
    [
      ['fix', 'fixation'],
      ['face', 'other'],
      ['object', 'other'],
    ],
  );
  assert.deepEqual([localiser.columns.stimFile, localiser.columns.oneback], [null, null]);
});
