import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simulateRun } from '../../src/main/simulation/bold.ts';
import { makeBrain } from '../../src/main/simulation/brain.ts';
import type { StudyEvent } from '../../src/main/simulation/experiment.ts';
import { type RecordedRun, replayExperiment } from '../../src/main/simulation/replayed-experiment.ts';
import { FusiformError } from '../../src/shared/errors.ts';

/** As in the event files of ds001761: onsets a few milliseconds off, a test face under the folder of each run. */
function recorded(run: number, imagery: boolean): RecordedRun {
  const event = (
    slot: number,
    trialType: StudyEvent['trialType'],
    file: string,
    oneBack = false,
  ): StudyEvent => ({
    onset: 6 + 3 * slot - 0.005,
    duration: 0.999,
    trialType,
    stimFile: file,
    oneBack,
  });
  const folder = `sub02/run0${run}`;
  const events = [
    event(0, 'train_face', `${folder}/M${run}001.jpg`),
    event(1, 'train_face', `${folder}/M${run}001.jpg`, true),
    event(2, 'Fix', 'placeholders/fixation.png'),
    event(3, 'test_face', `${folder}/F0007.jpg`),
    event(4, 'train_face', `${folder}/F${run}002.jpg`),
    event(5, 'test_face', `${folder}/M0009.jpg`),
  ];
  const block = { ...event(6, 'Img', 'placeholders/fixation.png'), duration: 12.01 };
  return { session: 1, run, events: imagery ? [...events, block] : events };
}

const runs = [recorded(1, false), recorded(2, true)];
const plan = replayExperiment({ seed: 3, subject: '02', runs });

test('the same test face stands under the folder of every run, and is one person', () => {
  const tests = plan.faces.filter(({ role }) => role === 'test');
  assert.equal(tests.length, 4);
  assert.deepEqual(
    Array.from(plan.testFaces, (face) => plan.faces[face].stimFile),
    ['sub02/run01/M0009.jpg', 'sub02/run01/F0007.jpg'],
  );
  const women = tests.filter(({ stimFile }) => stimFile.endsWith('F0007.jpg'));
  assert.deepEqual(women[0].parameters, women[1].parameters);
  assert.equal(women[0].parameters.male, false);
  assert.equal(plan.faces.find(({ stimFile }) => stimFile.endsWith('M1001.jpg'))?.parameters.male, true);
});

test('the brain is given what the events name, and in imagery a candidate that they do not', () => {
  for (const { events, presented } of plan.runs) {
    for (const [at, { trialType, stimFile }] of events.entries()) {
      const face = plan.faces[presented[at]];
      if (trialType === 'Fix') assert.equal(presented[at], -1);
      else if (trialType === 'Img') assert.equal(face.role, 'candidate');
      else assert.equal(face.stimFile, stimFile);
    }
  }
  assert.equal(plan.candidateFaces.length, 20);
  assert.ok(plan.candidateFaces.includes(plan.imaginedFace));
  const candidates = Array.from(plan.candidateFaces, (face) => plan.faces[face].parameters.male);
  assert.deepEqual(candidates, [...Array(10).fill(true), ...Array(10).fill(false)]);
});

test('runs are as long as the last trial and the blank after it', () => {
  // 6 slots of 3 s between two blanks of 6 s; then an imagery block of 12 s.
  assert.deepEqual(
    plan.runs.map(({ nVolumes }) => nVolumes),
    [15, 21],
  );
});

test('what cannot be a study is refused', () => {
  const refused = (events: readonly StudyEvent[]) =>
    assert.throws(
      () => replayExperiment({ seed: 1, subject: '02', runs: [{ session: 1, run: 1, events }] }),
      (error) => error instanceof FusiformError && error.code === 'SIMULATION_OPTIONS',
    );
  const { events } = runs[0];
  refused(events.filter(({ trialType }) => trialType !== 'test_face'));
  refused(events.filter(({ trialType }) => trialType !== 'train_face'));
  refused([...events, { ...events[3], trialType: 'train_face', stimFile: 'elsewhere/F0007.jpg' }]);
});

test('the noise level multiplies the noise, and leaves the signal', () => {
  const brain = makeBrain(3);
  const [run] = plan.runs;
  const scan = (level: number) => simulateRun(brain, run, plan.faces, 1, level).series;
  const [none, one, three] = [scan(1e-9), scan(1), scan(3)];
  let [worst, largest] = [0, 0];
  for (let at = 0; at < none.length; at += 1) {
    largest = Math.max(largest, Math.abs(one[at] - none[at]));
    worst = Math.max(worst, Math.abs(three[at] - none[at] - 3 * (one[at] - none[at])));
  }
  assert.ok(largest > 20);
  // Three values rounded to whole numbers.
  assert.ok(worst <= 2.5, String(worst));
});
