import { existsSync } from 'node:fs';
import { type FileHandle, open, rename, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { FusiformError } from '../../../shared/errors.ts';
import { writeFileAtomic } from '../../formats/files/atomic-write.ts';
import { readJsonFile, writeJsonFile } from '../../formats/json/json.ts';
import { npyHeader } from '../../formats/npy/npy.ts';
import type { DesignEvent } from '../../glm/design.ts';
import { singleTrialKinds } from '../../glm/single-trial.ts';
import { defineStage } from '../stage.ts';
import { type BoldRun, forEachRun, readRun, runSpecSchema } from './bold-run.ts';
import { glmSettingsSchema } from './glm-settings.ts';
import { writeMaskImage } from './mask-image.ts';
import { modelledEvents, type Roles, regressorOf, regressors, stimulusOf } from './roles.ts';
import { openSubjectRuns } from './subject-runs.ts';
import { trialPatterns } from './trial-patterns.ts';

const parameters = z.strictObject({
  runs: z.array(runSpecSchema).min(1),
  settings: glmSettingsSchema,
  maskThreshold: z.number().min(0).max(1),
  singleTrial: z.enum(singleTrialKinds),
});

const descriptionSchema = z.object({
  subject: z.string(),
  singleTrial: z.enum(singleTrialKinds),
  nVoxels: z.number().int(),
  /** Runs in the order in which folds are dealt. */
  runs: z.array(z.string()),
  /** Rows of the patterns, in order: the place of the trial's run in `runs`, its picture, and where its events name it. */
  trials: z.array(
    z.object({
      row: z.number().int(),
      run: z.number().int(),
      stimFile: z.string(),
      onset: z.number(),
      file: z.string(),
      line: z.number().int(),
    }),
  ),
});
export type TrainingPatterns = z.output<typeof descriptionSchema>;

export const trainingPatternsFiles = {
  patterns: 'patterns.npy',
  description: 'training-patterns.json',
  mask: 'mask.nii.gz',
} as const;

interface Plan {
  readonly run: BoldRun;
  /** Place of the run. */
  readonly at: number;
  readonly events: readonly DesignEvent[];
  /** Of its training trials in the run's events. */
  readonly trials: TrainingPatterns['trials'];
}

/**
 * Runs (inputs as in bold-run.ts), `subject`, optionally `mask` -> a pattern a training trial, [trials, voxels of the mask], float32,
 * without any latent model: what decoders are tuned on and learn noise from. One-back repeats and test faces are columns of
 * their own and give no pattern.
 *
 * A run is in memory at a time; the file has its size from the beginning, and a killed job goes on after the last run.
 */
export const trainingPatternsStage = defineStage({
  name: 'training-patterns',
  version: 1,
  parameters,
  async run({ runs, settings, maskThreshold, singleTrial }, context) {
    const { outDir, scratchDir } = context;
    const { index, mask, ...opened } = await openSubjectRuns(runs, settings, maskThreshold, context);
    const nVoxels = mask.indices.length;
    const plans = planRuns(opened.runs, index.roles);
    const nTrials = plans.reduce((sum, plan) => sum + plan.trials.length, 0);
    if (nTrials === 0) throw new FusiformError('ROLES_INCOMPLETE', 'No training faces were shown.');
    const header = npyHeader([nTrials, nVoxels], '<f4');
    const bytes = header.length + nTrials * nVoxels * 4;
    const path = join(scratchDir, trainingPatternsFiles.patterns);
    await requireRoom(scratchDir, existsSync(path) ? 0 : bytes, nTrials, nVoxels);
    const doneFile = join(scratchDir, 'runs-done.json');
    const done: string[] = existsSync(doneFile)
      ? z.array(z.string()).parse(await readJsonFile(doneFile))
      : [];
    const file = await open(path, existsSync(path) ? 'r+' : 'w');
    try {
      await file.truncate(bytes);
      await file.write(header, 0, header.length, 0);
      const written = await forEachRun(
        plans.map((plan) => ({ ...plan, name: plan.run.name })),
        async (plan) => {
          context.signal.throwIfAborted();
          if (!done.includes(plan.name)) {
            const y = await readRun(plan.run, mask, context.signal);
            const { run, events } = plan;
            const conditions = [regressors.face];
            const request = { settings, singleTrial, events, conditions, y, nVoxels };
            const patterns = trialPatterns(run, request, context.signal);
            await writeRows(file, header.length + plan.trials[0].row * nVoxels * 4, patterns);
            done.push(plan.name);
            await file.sync();
            await writeFileAtomic(doneFile, JSON.stringify(done));
          }
          context.report({ done: done.length, total: plans.length, unit: 'runs' });
          return plan;
        },
      );
      const trials = written.results.flatMap((plan) => plan.trials);
      await file.close();
      await rename(path, join(outDir, trainingPatternsFiles.patterns));
      await writeMaskImage(join(outDir, trainingPatternsFiles.mask), mask);
      await writeJsonFile(join(outDir, trainingPatternsFiles.description), {
        subject: index.subject,
        singleTrial,
        nVoxels,
        runs: opened.runs.map(({ name }) => name),
        trials,
      } satisfies z.input<typeof descriptionSchema>);
      return {
        summary: { trials: trials.length, runs: written.results.length, voxels: nVoxels, bytes },
        problems: [
          ...opened.problems,
          ...written.problems,
          ...written.results.flatMap(({ run }) => run.problems),
        ],
      };
    } finally {
      await file.close().catch(() => undefined);
    }
  },
});

export async function readTrainingPatterns(folder: string): Promise<TrainingPatterns> {
  return descriptionSchema.parse(await readJsonFile(join(folder, trainingPatternsFiles.description)));
}

function planRuns(runs: readonly BoldRun[], roles: Roles): Plan[] {
  let row = 0;
  return runs.flatMap((run, at): Plan[] => {
    const { file } = run.events;
    const rows = modelledEvents(run.events.rows, roles);
    const events = rows.map((event) => ({
      onset: event.onset,
      duration: event.duration,
      trialType: regressorOf(event, roles, file),
    }));
    const trials = rows.flatMap((event, position) =>
      events[position].trialType === regressors.face
        ? [
            {
              row: row++,
              run: at,
              stimFile: stimulusOf(event, file),
              onset: event.onset,
              file,
              line: event.line,
            },
          ]
        : [],
    );
    return trials.length === 0 ? [] : [{ run, at, events, trials }];
  });
}

async function writeRows(file: FileHandle, position: number, values: Float32Array): Promise<void> {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  let at = 0;
  while (at < bytes.length) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at, position + at);
    at += bytesWritten;
  }
}

async function requireRoom(folder: string, bytes: number, nTrials: number, nVoxels: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize > bytes) return;
  throw new FusiformError(
    'DISK_FULL',
    `The patterns of ${nTrials} trials at ${nVoxels} voxels take ${(bytes / 1e9).toFixed(2)} GB, and ${((bavail * bsize) / 1e9).toFixed(2)} GB are free.`,
    { file: folder },
  );
}
