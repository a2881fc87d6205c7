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
