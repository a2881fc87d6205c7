import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { addonPath } from '../../src/main/engine/native/home.ts';
import { planNative } from '../../src/main/engine/native/install/plan.ts';
import { type InstallSteps, provisionNative } from '../../src/main/engine/native/install/provision.ts';
import type { WorkContext } from '../../src/shared/progress.ts';
import { releaseOf, tensorFlowWheel } from './synthetic-wheel.ts';

/** Steps without compiler and TensorFlow. */
export const steps: InstallSteps = {
  requireTools: async () => {},
  build: async (folder) => {
    const addon = join(folder, addonPath);
    await mkdir(dirname(addon), { recursive: true });
    await writeFile(addon, 'addon');
  },
  tryOut: async () => ({ gpu: false, remarks: [] }),
};

export const { wheel, content } = tensorFlowWheel(2_000_000);
export const table = { cpu: releaseOf('cpu', [wheel]), cuda: releaseOf('cuda', [wheel]) };

export async function installSynthetic(home: string, index: string, context: WorkContext, own = steps) {
  const plan = await planNative(
    { home, device: 'cpu', releases: table, settings: { findLinks: [], indexes: [index] } },
    context.signal,
  );
  return await provisionNative(plan, { home, download: { pauseMs: 10 } }, context, own);
}

/** As a process to be killed: `node install-synthetic.ts HOME INDEX STAGE` falls asleep at the named stage. */
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , home, index, stage] = process.argv;
  const { signal } = new AbortController();
  const halt = async () => {
    process.stdout.write('there\n');
    await sleep(60_000);
  };
  const report = ({ note = '' }) => {
    if (!note.startsWith(stage)) return;
    process.stdout.write('there\n');
    // The process is killed while this waits; an installation cannot be in the middle of anything deeper.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);
  };
  await installSynthetic(
    home,
    index,
    { signal, report },
    {
      ...steps,
      build: async (...args) => {
        if (stage === 'build') await halt();
        await steps.build(...args);
      },
      tryOut: async (...args) => {
        if (stage === 'trial') await halt();
        return await steps.tryOut(...args);
      },
    },
  );
}
