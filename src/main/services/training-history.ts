import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LossRow } from '../generative/vaegan/loss-history.ts';
import { trainingLiveFolder } from '../jobs/stages/train-vaegan.ts';
import { type EvaluationRow, logFiles, readEvaluations, readHistory } from '../jobs/training/training-log.ts';
import { findTrainingJob } from './training-jobs.ts';
import { Workspace } from './workspace.ts';

export interface TrainingHistory {
  readonly name: string;
  /** `done`, or how the training stands: `running`, `interrupted`, `cancelled`, `failed`. */
  readonly state: string;
  /** Where the tables, the pictures and `training.html` are. */
  readonly folder: string;
  readonly losses: readonly LossRow[];
  readonly evaluations: readonly EvaluationRow[];
  /** Pictures, one an evaluation, in the order of their steps. */
  readonly grids: readonly string[];
}

/** The losses and scores of a model, finished or not. Works while another process trains it. */
export async function trainingHistory(dir: string, name: string): Promise<TrainingHistory> {
  const workspace = Workspace.view(dir);
  try {
    const { state, folder } = whereabouts(workspace, name);
    const grids = join(folder, logFiles.grids);
    return {
      name,
      state,
      folder,
      losses: await readHistory(folder),
      evaluations: await readEvaluations(folder),
      grids: existsSync(grids) ? (await readdir(grids)).sort().map((file) => join(grids, file)) : [],
    };
  } finally {
    await workspace.close();
  }
}

function whereabouts(workspace: Workspace, name: string): { state: string; folder: string } {
  if (workspace.entries('model').some((entry) => entry.name === name)) {
    return { state: 'done', folder: workspace.entry('model', name).path };
  }
  const { key, state } = findTrainingJob(workspace, name);
  return { state, folder: join(workspace.store.workDir, key, trainingLiveFolder) };
}

/** A stretch of steps: the mean of each loss over those that computed it, and the shares of steps that learnt. */
export interface LossPoint {
  readonly step: number;
  readonly learningRate: number;
  readonly kl: number;
  readonly pixel: number;
  readonly similarity: number | null;
  readonly onReal: number | null;
  readonly onReconstruction: number | null;
  readonly onSample: number | null;
  readonly accuracy: number | null;
  readonly generatorUpdated: number;
  readonly discriminatorUpdated: number;
}

/** The losses as at most so many points: more cannot be told apart in a figure. */
export function thinLosses(losses: readonly LossRow[], most: number): LossPoint[] {
  const length = Math.ceil(losses.length / most);
  const stretches = Array.from({ length: Math.ceil(losses.length / Math.max(1, length)) }, (_, at) =>
    losses.slice(at * length, (at + 1) * length),
  );
  return stretches.map((stretch) => {
    const mean = (value: (row: LossRow) => number) =>
      stretch.reduce((sum, row) => sum + value(row), 0) / stretch.length;
    const meanKnown = (name: 'similarity' | 'onReal' | 'onReconstruction' | 'onSample' | 'accuracy') => {
      const known = stretch.flatMap((row) => row[name] ?? []);
      return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
    };
    return {
      step: stretch[stretch.length - 1].step,
      learningRate: mean((row) => row.learningRate),
      kl: mean((row) => row.kl),
      pixel: mean((row) => row.pixel),
      similarity: meanKnown('similarity'),
      onReal: meanKnown('onReal'),
      onReconstruction: meanKnown('onReconstruction'),
      onSample: meanKnown('onSample'),
      accuracy: meanKnown('accuracy'),
      generatorUpdated: mean((row) => Number(row.generatorUpdated)),
      discriminatorUpdated: mean((row) => Number(row.discriminatorUpdated)),
    };
  });
}
