import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { indexDataset } from '../../src/main/bids/dataset.ts';
import { hashFile } from '../../src/main/formats/files/read.ts';
import { simulateScansStage } from '../../src/main/jobs/stages/simulate-scans.ts';
import { simulateStimuliStage } from '../../src/main/jobs/stages/simulate-stimuli.ts';
import { FusiformError } from '../../src/shared/errors.ts';
import { stageContext } from './stage-context.ts';

let folder: string;
const inputs: Record<string, string> = {};
const runs = [1, 2, 3].map((run) => ({ name: `run-${run}`, session: 1, run }));
const replay = { subject: '07', seed: 5, runs };

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fusiform-scans-'));
  for (const { name, run } of runs) {
    const trials = [
      `5.995\t0.999\ttrain_face\tsub07/${name}/M${run}1.jpg\t0`,
      `8.993\t0.999\ttest_face\tsub07/${name}/F99.jpg\t0`,
      '12.007\t0.999\tFix\tplaceholders/fixation.png\t0',
    ];
    inputs[name] = join(folder, `${name}.tsv`);
    await writeFile(
      inputs[name],
      ['onset\tduration\ttrial_type\tstim_file\toneback', ...trials, ''].join('\n'),
    );
  }
});
after(() => rm(folder, { recursive: true, force: true }));

function scan(name: string, options: { stopAfter?: number } = {}) {
  const abort = new AbortController();
  return stageContext(join(folder, name), {
    inputs,
    signal: abort.signal,
    report: ({ done }) => {
      if (done === options.stopAfter) abort.abort();
    },
  }).then((context) => simulateScansStage.perform({ replay, seed: 5, noiseLevel: 2 }, context));
}

async function images(name: string): Promise<string[]> {
  const root = join(folder, name, 'out', 'bids');
  const { subjects } = await indexDataset(root);
  assert.deepEqual(
    subjects.map(({ label }) => label),
    ['07'],
  );
  return Promise.all(subjects[0].runs.map(({ boldPath }) => hashFile(boldPath)));
}

test('a scan that was stopped goes on after its last run, to the same images', async () => {
  await scan('whole');
  await assert.rejects(scan('stopped', { stopAfter: 1 }));
  const left = join(folder, 'stopped', 'scratch', 'bids', 'sub-07', 'ses-01', 'func');
  const first = (await readdir(left)).filter((file) => file.endsWith('_bold.nii'));
  assert.equal(first.length, 1);
  const before = (await stat(join(left, first[0]))).ino;
  await scan('stopped');
  const after = join(folder, 'stopped', 'out', 'bids', 'sub-07', 'ses-01', 'func', first[0]);
  assert.equal((await stat(after)).ino, before);
  assert.deepEqual(await images('stopped'), await images('whole'));
  assert.equal((await images('whole')).length, runs.length);
});

test('every stimulus has a picture under its own name, a test face the same in every run, and labels', async () => {
  const context = await stageContext(join(folder, 'stimuli'), { inputs });
  const { summary } = await simulateStimuliStage.perform({ replay, imageSize: 32 }, context);
  assert.equal(summary.trainingFaces, 3);
  assert.equal((summary.candidates as string[]).length, 20);
  const picture = (file: string) => hashFile(join(context.outDir, 'sub07', file));
  assert.equal(await picture('run-1/F99.jpg'), await picture('run-3/F99.jpg'));
  assert.notEqual(await picture('run-1/M11.jpg'), await picture('run-2/M21.jpg'));
  const labels = (await readFile(join(context.outDir, 'labels.tsv'), 'utf8')).trim().split('\n');
  assert.equal(labels.length, 1 + 3 + 3 + 20);
});

test('a trial type that the study does not have is refused with its line', async () => {
  const path = join(folder, 'unknown.tsv');
  await writeFile(path, 'onset\tduration\ttrial_type\tstim_file\n6\t1\tobject\tchair.jpg\n');
  const context = await stageContext(join(folder, 'unknown'), { inputs: { 'run-1': path } });
  await assert.rejects(
    simulateScansStage.perform({ replay: { ...replay, runs: [runs[0]] }, seed: 1, noiseLevel: 1 }, context),
    (error) => error instanceof FusiformError && error.code === 'SIMULATION_OPTIONS' && error.line === 2,
  );
});
