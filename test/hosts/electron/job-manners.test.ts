import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Desktop, JobManners } from '../../../src/main/hosts/electron/job-manners.ts';
import type { Application } from '../../../src/main/services/app/application.ts';
import type { QueueView } from '../../../src/main/services/app/job-queue.ts';
import { LiveValue } from '../../../src/main/services/app/live-value.ts';

type Job = QueueView['jobs'][number];

const job = (state: Job['state'], seconds: number): QueueView => ({
  held: false,
  jobs: [
    {
      id: 3,
      label: 'Train VAE-GAN "paper"',
      request: { kind: 'demo', seed: 1, engine: 'wasm' },
      state,
      interrupted: false,
      createdAt: '',
      startedAt: null,
      finishedAt: null,
      seconds,
      problem: null,
      outcome: null,
      log: [],
    },
  ],
  progress: null,
});

const progressed = (view: QueueView, done: number): QueueView => ({
  ...view,
  progress: {
    job: 3,
    label: 'train',
    done,
    total: 4,
    unit: 'steps',
    note: null,
    rate: null,
    etaSeconds: null,
    live: null,
  },
});

describe('what the desktop does about jobs', () => {
  it('keeps awake, shows progress, and tells the end of a long one with the way to it', async () => {
    const live = new LiveValue<QueueView>(job('waiting', 0));
    const closing = new AbortController();
    // The three facts of an application that the manners look at.
    const application = {
      projects: [{ id: '0123456789ab', queue: { live }, closed: closing.signal }],
    } as unknown as Application;
    const told: unknown[] = [];
    const desktop: Desktop = {
      keepAwake: (on) => told.push(['awake', on]),
      showProgress: (share) => told.push(['share', share]),
      notify: (...words) => told.push(words),
    };
    new JobManners(application, desktop).update();
    const seen = async (last: unknown) => {
      while (JSON.stringify(told.at(-1)) !== JSON.stringify(last)) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    await seen(['share', -1]);
    live.set(job('running', 0));
    await seen(['share', 2]);
    live.set(progressed(job('running', 0), 1));
    await seen(['share', 0.25]);
    told.length = 0;
    live.set(job('done', 3600));
    await seen(['share', -1]);
    assert.deepEqual(told, [
      ['Finished', 'Train VAE-GAN "paper"', '/projects/0123456789ab/jobs?job=3'],
      ['awake', false],
      ['share', -1],
    ]);
    closing.abort();
  });
});
