import { join } from 'node:path';
import { FusiformError } from '../../shared/errors.ts';
import { checkpointFolder, trainVaeGanStage } from '../jobs/stages/train-vaegan.ts';
import { listCheckpoints } from '../jobs/training/checkpoint-files.ts';
import { type JobRecord, listJobs as listStoredJobs } from '../store/jobs.ts';
import type { Workspace } from './workspace.ts';

export function listJobs(workspace: Workspace): JobRecord[] {
  return listStoredJobs(workspace.store.sql);
}

/** What a job that trains a model is called. */
export function trainingLabel(kind: string, name: string): string {
  return `train ${kind} "${name}"`;
}

export function isTrainingOf(label: string, name: string): boolean {
  return label.startsWith('train ') && label.endsWith(` "${name}"`);
}

/**
 * The last training of a model that is not finished.
 * @throws FusiformError `NAME_UNKNOWN` with the names that there are.
 */
export function findTrainingJob(workspace: Workspace, name: string): JobRecord {
  const unfinished = listJobs(workspace).filter(
    ({ stage, state }) => stage === trainVaeGanStage.name && state !== 'done',
  );
  const found = unfinished.findLast(({ label }) => isTrainingOf(label, name));
  if (found !== undefined) return found;
  const names = unfinished.map(({ label }) => /"(.*)"$/.exec(label)?.[1] ?? label);
  throw new FusiformError(
    'NAME_UNKNOWN',
    `The project has no model and no unfinished training named "${name}" (unfinished: ${[...new Set(names)].join(', ') || 'none'}).`,
    { file: workspace.store.dir },
  );
}

export interface UnfinishedTraining {
  readonly name: string;
  readonly state: JobRecord['state'];
  /** Steps of its checkpoints, the latest first. */
  readonly checkpoints: readonly number[];
}

/** Trainings that run or were stopped, the latest of each name. */
export async function unfinishedTrainings(workspace: Workspace): Promise<UnfinishedTraining[]> {
  const models = new Set(workspace.entries('model').map(({ name }) => name));
  const latest = new Map<string, JobRecord>();
  for (const job of listJobs(workspace)) {
    const name = /"(.*)"$/.exec(job.label)?.[1];
    if (job.stage !== trainVaeGanStage.name || job.state === 'done' || name === undefined) continue;
    if (job.state === 'running' || !models.has(name)) latest.set(name, job);
  }
  return Promise.all(
    [...latest].map(async ([name, { key, state }]) => {
      const folder = join(workspace.store.workDir, key, checkpointFolder);
      const files = await listCheckpoints(folder).catch(() => []);
      return { name, state, checkpoints: files.map(({ step }) => step).sort((a, b) => b - a) };
    }),
  );
}
