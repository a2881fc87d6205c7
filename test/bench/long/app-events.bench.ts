import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { CDPSession } from 'playwright-core';
import type { Workspace } from '../../../src/main/services/workspace.ts';
import { FusiformError } from '../../../src/shared/errors.ts';
import { noBrowser, openBrowser } from '../../e2e/browser.ts';
import { type Benchmark, measuredRow, missingRow, type Row } from '../benchmark.ts';

/** Ten minutes stand for 16 hours at the usual ten reports a second; FUSIFORM_BENCH_SECONDS takes a shorter run. */
const seconds = Number(process.env.FUSIFORM_BENCH_SECONDS ?? 600);
const perTick = 10;
const tickMs = 10;
const settleMs = 5000;

/** Tells of progress a hundred times as often as a stage does. */
async function tellMuch(workspace: Workspace): Promise<never> {
  for (let done = 0; !workspace.signal.aborted; ) {
    for (let i = 0; i < perTick; i++) {
      workspace.report('many reports', { done: done++, total: 1e9, unit: 'reports', note: `report ${done}` });
    }
    await new Promise((resolve) => setTimeout(resolve, tickMs));
  }
  throw new FusiformError('JOB_CANCELLED', 'It was stopped.');
}

export const benchmark: Benchmark = {
  name: 'app-events',
  description: 'growth of memory under progress at 100 times the usual rate, of the page and of the host',
  async run(): Promise<Row[]> {
    if (noBrowser !== false) return [missingRow('app-events', 'MB', noBrowser)];
    const session = await openBrowser({ application: { perform: tellMuch } });
    try {
      const { application, page } = session;
      const project = await application.create(join(session.folder, 'project'));
      await page.goto(session.addressOf(`/projects/${project.id}/jobs`));
      project.queue.enqueue({ kind: 'demo', seed: 1, engine: 'wasm' });
      const debug = await page.context().newCDPSession(page);
      await wait(settleMs);
      const before = { page: await pageHeap(debug), host: hostHeap() };
      await wait(seconds * 1000);
      const after = { page: await pageHeap(debug), host: hostHeap() };
      return (['page', 'host'] as const).map((where) => {
        const growth = (after[where] - before[where]) / 1e6;
        const how = `heap after a collection, ${(before[where] / 1e6).toFixed(1)} MB before, ${seconds} s of 1000 reports a second`;
        const text = { name: `app-events ${where}`, unit: 'MB', target: { atMost: 3 }, how };
        return measuredRow(text, { median: growth, min: growth, max: growth });
      });
    } finally {
      await session.close();
    }
  },
};

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function pageHeap(debug: CDPSession): Promise<number> {
  await debug.send('HeapProfiler.collectGarbage');
  return (await debug.send('Runtime.getHeapUsage')).usedSize;
}

function hostHeap(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}
