import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { simulateRun } from '../../simulation/bold.ts';
import { makeBrain } from '../../simulation/brain.ts';
import { defineStage } from '../stage.ts';
import { replayedPlan, replaySchema } from './replayed-plan.ts';
import { runFolder, runStem, writeDatasetFrame, writeRun } from './simulated-dataset.ts';

/**
 * Events of a real study's runs (see replayed-plan.ts) -> a BIDS dataset of one subject who was simulated in them, without the
 * pictures. An attempt that was killed leaves its runs behind, which the next one goes on from.
 */
export const simulateScansStage = defineStage({
  name: 'simulate-scans',
  version: 1,
  parameters: z.strictObject({
    replay: replaySchema,
    /** Of the brain and of its noise. */
    seed: z.number().int(),
    /** What the noise is multiplied by; 1 as in the demo. */
    noiseLevel: z.number().gt(0),
  }),
  async run({ replay, seed, noiseLevel }, context) {
    const { subject } = replay;
    const plan = await replayedPlan(replay, context);
    const brain = makeBrain(seed);
    const folder = { root: join(context.scratchDir, 'bids'), subject };
    await mkdir(folder.root, { recursive: true });
    await writeDatasetFrame(folder, plan, brain, seed);
    for (const [at, run] of plan.runs.entries()) {
      context.signal.throwIfAborted();
      const image = join(runFolder(folder, run), `${runStem(subject, run)}_bold.nii`);
      if (!existsSync(image)) {
        await writeRun(folder, run, simulateRun(brain, run, plan.faces, seed, noiseLevel), brain, '.nii');
      }
      context.report({ done: at + 1, total: plan.runs.length, unit: 'runs' });
    }
    const target = join(context.outDir, 'bids');
    await rm(target, { recursive: true, force: true });
    await rename(folder.root, target);
    return {
      summary: {
        subject,
        runs: plan.runs.length,
        volumes: plan.runs.reduce((sum, { nVolumes }) => sum + nVolumes, 0),
        greyVoxels: brain.greyMask.indices.length,
        noiseLevel,
      },
    };
  },
});
