import { FusiformError } from '../../shared/errors.ts';
import { trainVaeGanStage } from '../jobs/stages/train-vaegan.ts';
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
