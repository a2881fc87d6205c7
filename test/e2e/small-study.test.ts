import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { readEvaluation } from '../../src/main/jobs/stages/evaluate.ts';
import { projectInfo } from '../../src/main/services/projects.ts';
import type { StageOutcome } from '../../src/main/services/workspace.ts';
import type { JobEvent } from '../../src/shared/job-events.ts';
import { runSmallStudy } from './small-study.ts';

const folder = mkdtempSync(join(tmpdir(), 'fusiform-e2e-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const artefacts = (outcomes: Record<string, StageOutcome>) =>
  Object.fromEntries(Object.entries(outcomes).map(([name, { hash }]) => [name, hash]));

const isTraining = (label: string) => label.startsWith('train');

/** Runs the study in a process of its own and kills it the first time that something happens. */
async function killAt(dir: string, moment: (event: JobEvent) => boolean): Promise<void> {
  const child = fork(join(import.meta.dirname, 'small-study.ts'), [dir], { stdio: 'ignore' });
  let reached = false;
  child.on('message', (event: JobEvent) => {
    if (reached || !moment(event)) return;
    reached = true;
    child.kill('SIGKILL');
  });
  const [code, signal] = await once(child, 'exit');
  assert.ok(reached, `the moment did not come; the process ended with ${code ?? signal}`);
}

describe('a small study', { timeout: 300_000 }, () => {
  let whole: Record<string, StageOutcome> = {};

  it('goes from pictures and scans to scores', async () => {
    whole = await runSmallStudy(join(folder, 'whole'));
    for (const model of ['vaegan', 'pca']) {
      const evaluation = await readEvaluation(whole[`evaluate ${model}`].path);
      assert.equal(evaluation.nTestFaces, 20);
      assert.deepEqual(
        evaluation.regions.map(({ name }) => name),
        [
          'all',
          'occipital',
          'temporal',
          'frontoparietal',
          'without-occipital',
          'without-temporal',
          'without-frontoparietal',
        ],
      );
      const [all] = evaluation.regions;
      const { value, lower, upper } = all.pairwise;
      assert.ok(value !== null && value > 0 && value < 1);
      assert.ok((lower ?? 1) <= value && (upper ?? 0) >= value);
      assert.equal(all.imagery?.n, 20);
      assert.equal(evaluation.faces.length, 20);
      const pictures = readdirSync(join(whole[`decode ${model}`].path, 'reconstructions'));
      assert.equal(pictures.length, 21, 'twenty test faces and the imagined one');
    }
  });

  it('run again does nothing, and says so', async () => {
    const events: JobEvent[] = [];
    const again = await runSmallStudy(join(folder, 'whole'), (event) => events.push(event));
    assert.ok(Object.values(again).every(({ cached }) => cached));
    assert.ok(events.every((event) => event.type === 'finished' && event.cached));
    assert.deepEqual(artefacts(again), artefacts(whole));
  });

  it('cancelled in its training keeps what is done, and goes on from the last step', async () => {
    const dir = join(folder, 'cancelled');
    const cancel = new AbortController();
    const stopAtStep = (event: JobEvent) => {
      if (event.type === 'progress' && isTraining(event.label) && event.progress.done >= 6) cancel.abort();
    };
    await assert.rejects(runSmallStudy(dir, stopAtStep, cancel.signal), { code: 'JOB_CANCELLED' });
    const { jobs } = await projectInfo(dir);
    assert.deepEqual(
      jobs.map(({ stage, state }) => [stage, state]),
      [
        ['simulate-study', 'done'],
        ['import-faces', 'done'],
        ['fit-pca', 'done'],
        ['train-vaegan', 'cancelled'],
      ],
    );
    const steps: number[] = [];
    const again = await runSmallStudy(dir, (event) => {
      if (event.type === 'progress' && isTraining(event.label)) steps.push(event.progress.done);
    });
    assert.ok(steps[0] >= 6, `went on at step ${steps[0]}`);
    assert.deepEqual(artefacts(again), artefacts(whole));
  });

  it('killed in any stage and started again ends in the same files, to the last bit', async () => {
    const dir = join(folder, 'killed');
    const inStage = (stage: string) => (event: JobEvent) => event.type === 'started' && event.stage === stage;
    await killAt(dir, inStage('simulate-study'));
    await killAt(dir, inStage('import-faces'));
    await killAt(
      dir,
      (event) =>
        event.type === 'progress' &&
        event.progress.unit === 'steps' &&
        isTraining(event.label) &&
        event.progress.done >= 6,
    );
    await killAt(dir, inStage('fit-encoding'));
    await killAt(dir, inStage('decode-patterns'));
    const states = new Set((await projectInfo(dir)).jobs.map(({ state }) => state));
    assert.ok(states.has('running') || states.has('interrupted'), 'the kill left its mark');
    assert.deepEqual(artefacts(await runSmallStudy(dir)), artefacts(whole));
    assert.ok(
      !existsSync(join(dir, 'work')) || readdirSync(join(dir, 'work')).length === 0,
      'no remains of work',
    );
  });
});
