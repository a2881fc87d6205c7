import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ExperimentPlan, planExperiment } from '../../src/main/simulation/experiment.ts';
import { FusiformError } from '../../src/shared/errors.ts';

const plan = planExperiment({ seed: 1 });

test('runs are those of the study: 96 pictures, 30 fixations, 195 or 204 volumes', () => {
  assert.equal(plan.runs.length, 24);
  for (const [index, run] of plan.runs.entries()) {
    const faces = run.events.filter(({ trialType }) => trialType.endsWith('_face'));
    const imagery = run.events.filter(({ trialType }) => trialType === 'Img');
    assert.equal(faces.length, 96);
    assert.equal(faces.filter(({ oneBack }) => oneBack).length, 8);
    assert.equal(imagery.length, index >= 12 ? 1 : 0);
    assert.equal(run.nVolumes, index >= 12 ? 204 : 195);
    assert.equal(run.events.length, index >= 12 ? 128 : 126);
    assert.equal(run.events.filter(({ trialType }) => trialType === 'Fix').length, index >= 12 ? 31 : 30);
    assert.equal(run.presented.length, run.events.length);
    const last = run.events[run.events.length - 1];
    // 1 s picture, 2 s until the next would come, 6 s blank.
    assert.equal(last.onset + 9, run.nVolumes * 2);
  }
  assert.deepEqual([plan.runs[11].session, plan.runs[12].session, plan.runs[12].run], [1, 2, 1]);
});

test('events follow each other every 3 s after 6 s blank, imagery comes first', () => {
  const [first, second] = plan.runs[0].events;
  assert.deepEqual([first.onset, first.duration, second.onset], [6, 1, 9]);
  const [imagery, blank, picture] = plan.runs[23].events;
  assert.deepEqual([imagery.trialType, imagery.onset, imagery.duration], ['Img', 6, 12]);
  assert.deepEqual([blank.trialType, blank.onset, blank.duration], ['Fix', 18, 6]);
  assert.equal(picture.onset, 24);
  assert.equal(imagery.stimFile, 'placeholders/fixation.png');
});

test('a one-back repeats the picture before it', () => {
  for (const { events, presented } of plan.runs) {
    for (const [i, event] of events.entries()) {
      if (!event.oneBack) continue;
      assert.equal(event.stimFile, events[i - 1].stimFile);
      assert.equal(events[i - 1].oneBack, false);
      assert.equal(presented[i], presented[i - 1]);
    }
  }
});

function presentations({ runs }: ExperimentPlan): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { stimFile, oneBack } of runs.flatMap((run) => run.events)) {
    if (!oneBack) counts.set(stimFile, (counts.get(stimFile) ?? 0) + 1);
  }
  return counts;
}

test('test faces are shown equally often, training faces once, candidates never', () => {
  const counts = presentations(plan);
  assert.equal(plan.faces.length, 24 * 88 - 300 + 40);
  for (const { role, stimFile } of plan.faces) {
    assert.equal(counts.get(stimFile) ?? 0, { train: 1, test: 15, candidate: 0 }[role], stimFile);
  }
  assert.equal(new Set(plan.faces.map(({ stimFile }) => stimFile)).size, plan.faces.length);
});

test('10 men then 10 women are tested, and 10 and 10 are candidates; one of them is imagined', () => {
  for (const set of [plan.testFaces, plan.candidateFaces]) {
    assert.deepEqual(
      Array.from(set, (face) => plan.faces[face].parameters.male),
      [...new Array(10).fill(true), ...new Array(10).fill(false)],
    );
  }
  assert.ok(plan.candidateFaces.includes(plan.imaginedFace));
  for (const run of plan.runs.slice(12)) assert.equal(run.presented[0], plan.imaginedFace);
});

test('file names tell gender and the run of first showing, as in the study', () => {
  for (const { events } of plan.runs.slice(4, 5)) {
    for (const { stimFile, trialType } of events) {
      if (trialType === 'train_face') assert.match(stimFile, /^sub01\/run05\/[FM]\d{4}\.png$/);
    }
  }
  for (const face of plan.faces) assert.match(face.stimFile, face.parameters.male ? /\/M\d/ : /\/F\d/);
});

test('shuffled events: the brain sees the same, the files tell another order', () => {
  const shuffled = planExperiment({ seed: 1, shuffleEvents: true });
  let told = 0;
  let pictures = 0;
  for (const [index, run] of shuffled.runs.entries()) {
    assert.deepEqual(run.presented, plan.runs[index].presented);
    const files = (events: typeof run.events) =>
      events.filter(({ oneBack }) => !oneBack).map((e) => e.stimFile);
    assert.deepEqual(files(run.events).sort(), files(plan.runs[index].events).sort());
    for (const [i, event] of run.events.entries()) {
      assert.equal(event.onset, plan.runs[index].events[i].onset);
      if (event.oneBack) assert.equal(event.stimFile, run.events[i - 1].stimFile);
      if (run.presented[i] < 0 || event.trialType === 'Img') continue;
      pictures += 1;
      if (event.stimFile === plan.faces[run.presented[i]].stimFile) told += 1;
      const face = shuffled.faces.find(({ stimFile }) => stimFile === event.stimFile);
      assert.equal(event.trialType, face?.role === 'test' ? 'test_face' : 'train_face');
    }
  }
  assert.ok(told / pictures < 0.03, `${told} of ${pictures} still true`);
});

test('a small study is planned as asked', () => {
  const small = planExperiment({
    seed: 'small',
    nRuns: 2,
    nSessions: 1,
    nImageryRuns: 0,
    testPresentations: 1,
    nTrainingFaces: 10,
    facesPerRun: 20,
    oneBacksPerRun: 2,
    fixationsPerRun: 3,
    subject: '07',
  });
  assert.equal(small.faces.length, 50);
  const counts = presentations(small);
  for (const { role, stimFile } of small.faces) {
    assert.equal(counts.get(stimFile) ?? 0, { train: 2, test: 1, candidate: 0 }[role]);
    assert.match(stimFile, /^sub07\//);
  }
});

test('options that cannot be met are refused', () => {
  const refused = (error: unknown) => error instanceof FusiformError && error.code === 'SIMULATION_OPTIONS';
  assert.throws(() => planExperiment({ seed: 1, nRuns: 0 }), refused);
  assert.throws(() => planExperiment({ seed: 1, nRuns: 2, nTrainingFaces: 200 }), refused);
  assert.throws(() => planExperiment({ seed: 1, testPresentations: 1000 }), refused);
  assert.throws(() => planExperiment({ seed: 1, nRuns: 2.5 }), refused);
  assert.throws(() => planExperiment({ seed: 1, oneBacksPerRun: 89 }), refused);
});
