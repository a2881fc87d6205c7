import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { JobQueue } from '../../../src/main/services/app/job-queue.ts';
import { Workspace } from '../../../src/main/services/workspace.ts';
import { jobRequest } from '../../../src/shared/contract/job-requests.ts';
import type { QueuedJob } from '../../../src/shared/contract/jobs.ts';
import { FusiformError } from '../../../src/shared/errors.ts';
import { freshFolder } from '../fresh-folder.ts';
import { writePictures } from '../small-job.ts';

const importing = (dir: string, name: string) =>
  jobRequest.parse({ kind: 'import-faces', dir, name, imageSize: 16, crop: 1 });

async function withQueue(
  action: (queue: JobQueue, workspace: Workspace, folder: string) => Promise<void>,
  perform?: ConstructorParameters<typeof JobQueue>[1],
): Promise<void> {
  const folder = freshFolder();
  const workspace = Workspace.create(join(folder.path, 'project'));
  const queue = new JobQueue(workspace, perform);
  try {
    await action(queue, workspace, folder.path);
  } finally {
    await queue.close();
    await workspace.close();
    folder.remove();
  }
}

/** Waits until a job is as the test wants it. */
async function until(queue: JobQueue, id: number, state: QueuedJob['state']): Promise<QueuedJob> {
  for await (const { jobs } of queue.live.watch(AbortSignal.timeout(20_000), 1)) {
    const job = jobs.find((candidate) => candidate.id === id);
    if (job?.state === state) return job;
  }
  throw new Error(`Job ${id} never was ${state}.`);
}

/** A job that ends only when it is told to stop. */
const endless = {
  perform: (workspace: Workspace) =>
    new Promise<never>((_resolve, reject) => {
      workspace.report('endless', { done: 1, total: 2, unit: 'steps' });
      workspace.signal.addEventListener('abort', () =>
        reject(new FusiformError('JOB_CANCELLED', 'Cancelled.')),
      );
    }),
};

describe('the queue of a project', () => {
  it('runs real work in its order, and tells of what it did', () =>
    withQueue(async (queue, workspace, folder) => {
      const pictures = await writePictures(folder);
      const first = queue.enqueue(importing(pictures, 'one'));
      const second = queue.enqueue(importing(pictures, 'two'));
      const done = await until(queue, second, 'done');
      assert.equal((await until(queue, first, 'done')).outcome?.cached, false);
      assert.equal(done.outcome?.cached, true, 'equal work is found done');
      assert.equal(done.outcome?.summary.count, 6);
      assert.match(done.log[0].text, /^Finished: import faces "two" \(the project held it already\)/);
      assert.deepEqual(
        workspace.entries('faces').map(({ name }) => name),
        ['one', 'two'],
      );
    }));

  it('keeps a failure with its code and remedy, and goes on', () =>
    withQueue(async (queue, _workspace, folder) => {
      const pictures = await writePictures(folder);
      const bad = queue.enqueue(importing(join(folder, 'nowhere'), 'bad'));
      const good = queue.enqueue(importing(pictures, 'good'));
      await until(queue, good, 'done');
      const failed = await until(queue, bad, 'failed');
      assert.ok(failed.problem?.remedy);
      assert.notEqual(failed.problem.code, 'CRASH');
      queue.retry(bad);
      await until(queue, bad, 'failed');
    }));

  it('pauses, resumes, moves and cancels', () =>
    withQueue(async (queue) => {
      const request = importing('/pictures', 'x');
      const [first, second, third] = [1, 2, 3].map(() => queue.enqueue(request));
      await until(queue, first, 'running');
      assert.equal(queue.live.value.progress?.label, 'endless');
      queue.move(third, second);
      queue.pause(first);
      await until(queue, first, 'paused');
      await until(queue, third, 'running');
      queue.cancel(third);
      await until(queue, third, 'cancelled');
      await until(queue, second, 'running');
      queue.resume(first);
      queue.cancel(second);
      await until(queue, first, 'running');
      assert.throws(() => queue.resume(first), { code: 'QUEUED_JOB_STATE' });
      assert.throws(() => queue.cancel(99), { code: 'QUEUED_JOB_UNKNOWN' });
    }, endless));

  it('refuses at the door what can never run', () =>
    withQueue(async (queue) => {
      const request = jobRequest.parse({
        kind: 'examine-subject',
        subject: '01',
        settings: { hrfModel: 'none' },
      });
      assert.throws(() => queue.enqueue(request), { code: 'PARAMETERS_INVALID' });
      assert.equal(queue.live.value.jobs.length, 0);
    }));

  it('is found again after a clean close: what ran waits at its place, and the queue is held', async () => {
    const folder = freshFolder();
    const dir = join(folder.path, 'project');
    const workspace = Workspace.create(dir);
    const queue = new JobQueue(workspace, endless);
    const first = queue.enqueue(importing('/pictures', 'x'));
    const second = queue.enqueue(importing('/pictures', 'y'));
    await until(queue, first, 'running');
    await queue.close();
    await workspace.close();
    const again = Workspace.open(dir);
    const reopened = new JobQueue(again, endless);
    const { held, jobs } = reopened.live.value;
    assert.ok(held);
    assert.deepEqual(
      jobs.map(({ id, state, interrupted }) => [id, state, interrupted]),
      [
        [first, 'waiting', true],
        [second, 'waiting', false],
      ],
    );
    reopened.release();
    await until(reopened, first, 'running');
    await reopened.close();
    await again.close();
    folder.remove();
  });

  it('survives kill -9', async () => {
    const folder = freshFolder();
    const dir = join(folder.path, 'project');
    const child = spawn(process.execPath, [join(import.meta.dirname, 'queue-child.ts'), dir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'exit');
    const workspace = Workspace.open(dir);
    const queue = new JobQueue(workspace, endless);
    const [running, waiting] = queue.live.value.jobs;
    assert.deepEqual([running.state, running.interrupted], ['waiting', true]);
    assert.deepEqual([waiting.state, waiting.interrupted], ['waiting', false]);
    assert.match(running.log.at(-1)?.text ?? '', /Interrupted/);
    assert.ok(queue.live.value.held);
    await workspace.close();
    folder.remove();
  });

  it('shows a slow watcher the newest alone, and holds nothing for it', () =>
    withQueue(async (queue, workspace) => {
      const id = queue.enqueue(importing('/pictures', 'x'));
      await until(queue, id, 'running');
      const stop = new AbortController();
      const seen: number[] = [];
      const watching = (async () => {
        for await (const { progress } of queue.live.watch(stop.signal)) seen.push(progress?.done ?? 0);
      })();
      const from = performance.now();
      for (let done = 1; done <= 20_000; done++) {
        queue.live.set({ ...queue.live.value, progress: { ...progressOf(id), done } });
        if (done % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      }
      await new Promise((resolve) => setTimeout(resolve, 250));
      stop.abort();
      await watching;
      assert.equal(seen.at(-1), 20_000);
      assert.ok(seen.length <= 3 + (performance.now() - from) / 100, `${seen.length} events`);
      assert.equal(workspace.signal.aborted, false);
    }, endless));
});

const progressOf = (job: number) => ({
  job,
  label: 'x',
  done: 0,
  total: 20_000,
  unit: 'steps',
  note: null,
  rate: null,
  etaSeconds: null,
  live: null,
});
