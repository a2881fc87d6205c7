import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Page } from 'playwright-core';
import type { Workspace } from '../../src/main/services/workspace.ts';
import { FusiformError } from '../../src/shared/errors.ts';
import { noBrowser, openBrowser } from '../e2e/browser.ts';
import { addResult } from '../services/synthetic-results.ts';
import { type Benchmark, measuredRow, missingRow, type Row } from './benchmark.ts';

const results = 10_000;
const openings = 5;
const clicks = 60;

/** What a job is to the interface: both cores busy, until it is stopped. */
async function occupy(workspace: Workspace): Promise<never> {
  const workers = [0, 1].map(() => new Worker('for (;;) Math.sqrt(Math.random());', { eval: true }));
  await new Promise((resolve) => workspace.signal.addEventListener('abort', resolve, { once: true }));
  await Promise.all(workers.map((worker) => worker.terminate()));
  throw new FusiformError('JOB_CANCELLED', 'It was stopped.');
}

export const benchmark: Benchmark = {
  name: 'app-screens',
  description: 'first useful paint of a project with 10,000 results, and clicks while a job uses both cores',
  async run(): Promise<Row[]> {
    if (noBrowser !== false) return [missingRow('app-screens', 'ms', noBrowser)];
    const session = await openBrowser({ application: { perform: occupy } });
    try {
      const { application, page } = session;
      const project = await application.create(join(session.folder, 'project'));
      addMany(project.workspace);
      const address = session.addressOf(`/projects/${project.id}/overview`);
      const paints: number[] = [];
      for (let i = 0; i <= openings; i++) paints.push(await firstPaint(page, address));
      const job = project.queue.enqueue({ kind: 'demo', seed: 1, engine: 'wasm' });
      await page.getByRole('progressbar').first().waitFor();
      const responses = await clickTimes(page);
      project.queue.cancel(job);
      const sorted = responses.sort((a, b) => a - b);
      const p95 = sorted[Math.ceil(0.95 * sorted.length) - 1];
      return [
        measuredRow(
          {
            name: 'app-screens first paint',
            unit: 'ms',
            target: { atMost: 1000 },
            how: `from navigation to the pipeline of ${results} results in Chromium, ${openings} openings`,
          },
          spreadOf(paints.slice(1)),
        ),
        measuredRow(
          {
            name: 'app-screens click p95',
            unit: 'ms',
            target: { atMost: 100 },
            how: `from a click to the frame that shows it, ${clicks} clicks while two threads compute`,
          },
          { median: p95, min: sorted[0], max: sorted[sorted.length - 1] },
        ),
      ];
    } finally {
      await session.close();
    }
  },
};

/** Decodings that were computed from one mapping. */
function addMany(workspace: Workspace): void {
  const add = (key: string, rest: object) => addResult(workspace, { key, ...rest });
  add('index', { stage: 'index-subject', parameters: { subject: '01' }, entry: ['subject', '01'] });
  add('mapping', { inputs: { subject: 'index' }, entry: ['mapping', '01/vaegan'] });
  add('decoded', { inputs: { mapping: 'mapping' }, entry: ['decoding', '01/vaegan'] });
  const { sql } = workspace.store;
  const job = sql.prepare(
    `INSERT INTO job (key, stage, stage_version, label, parameters, state, artifact, started_at, finished_at, seconds, app_version)
     SELECT ?, stage, 1, label, parameters, 'done', artifact, started_at, ?, 1, '0' FROM job WHERE key = 'decoded'`,
  );
  const input = sql.prepare('INSERT INTO job_input SELECT ?, name, hash FROM job_input WHERE job_key = ?');
  const entry = sql.prepare(`INSERT INTO entry VALUES ('decoding', ?, ?, NULL)`);
  sql.transaction(() => {
    for (let i = 0; i < results; i++) {
      job.run(`many-${i}`, new Date(i * 1000).toISOString());
      input.run(`many-${i}`, 'decoded');
      entry.run(`01/vaegan-${i}`, `many-${i}`);
    }
  })();
}

/** Milliseconds from the start of the navigation until the steps of the pipeline were painted. */
async function firstPaint(page: Page, address: string): Promise<number> {
  await page.goto(address, { waitUntil: 'commit' });
  return page.evaluate<number>(`new Promise((resolve) => {
    const look = () => {
      if (document.querySelectorAll('.step').length < 6) return requestAnimationFrame(look);
      return requestAnimationFrame(() => resolve(performance.now()));
    };
    look();
  })`);
}

/** Milliseconds from each click on a section until the frame after it was shown there. */
function clickTimes(page: Page): Promise<number[]> {
  return page.evaluate<number[]>(`(async () => {
    const times = [];
    const frame = () => new Promise(requestAnimationFrame);
    for (let i = 0; i < ${clicks + 4}; i++) {
      const name = i % 2 === 0 ? 'Jobs' : 'Overview';
      const links = [...document.querySelectorAll('.navigation-sections a')];
      const began = performance.now();
      links.find((each) => each.textContent === name).click();
      while (document.querySelector('h1')?.textContent !== name) await frame();
      await frame();
      times.push(performance.now() - began);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return times.slice(4);
  })()`);
}

function spreadOf(values: readonly number[]) {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)], min: sorted[0], max: sorted[sorted.length - 1] };
}
