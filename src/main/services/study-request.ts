import { resolve } from 'node:path';
import { z } from 'zod';
import { FusiformError, type Problem } from '../../shared/errors.ts';
import type { JsonObject } from '../../shared/json.ts';
import { type BidsDataset, type BidsRun, type IndexOptions, indexDataset, layouts } from '../bids/dataset.ts';
import { findSubject, selectRuns } from '../bids/select.ts';

export { type IndexOptions, type Layout, layouts } from '../bids/dataset.ts';

/** A study on the disk: what every command on its runs asks for. */
export interface StudyRequest {
  /** A folder, or a table of runs. */
  readonly bids: string;
  readonly index?: IndexOptions;
}

const indexOptionsSchema = z.object({
  layout: z.enum(layouts).exactOptional(),
  derivatives: z.array(z.string()).exactOptional(),
  space: z.string().exactOptional(),
  resolution: z.string().exactOptional(),
  prefix: z.string().exactOptional(),
});

/** As the project keeps them: folders by their whole path. */
export function keptOptions(options: IndexOptions = {}): JsonObject {
  const { derivatives, ...rest } = options;
  return { ...rest, ...(derivatives ? { derivatives: derivatives.map((folder) => resolve(folder)) } : {}) };
}

export function parseOptions(kept: JsonObject): IndexOptions {
  return indexOptionsSchema.parse(kept);
}

export interface SubjectRuns {
  readonly label: string;
  readonly task: string;
  readonly runs: readonly BidsRun[];
  readonly problems: readonly Problem[];
}

/**
 * The runs of one task of one subject, whether their images are there or not.
 *
 * @param task default: the only one, or the one named "faces".
 * @throws FusiformError BIDS_NO_SUBJECT, BIDS_NO_RUNS
 */
export function runsOfTask(dataset: BidsDataset, subject: string, task?: string): SubjectRuns {
  const chosen = task ?? chooseTask(dataset, subject);
  const runs = selectRuns(dataset, { subject, task: chosen });
  const { label, problems } = findSubject(dataset, subject);
  return { label, task: chosen, runs, problems };
}

/** The only task of a subject, or the one named "faces". @throws FusiformError BIDS_NO_RUNS, BIDS_NO_SUBJECT */
export function chooseTask(dataset: BidsDataset, subject: string): string {
  const tasks = [...new Set(findSubject(dataset, subject).runs.map((run) => run.task))];
  if (tasks.length === 1) return tasks[0];
  const faces = tasks.find((task) => task === 'faces');
  if (faces !== undefined) return faces;
  const message =
    tasks.length === 0
      ? `Subject ${subject} has no functional runs.`
      : `The subject has the tasks ${tasks.join(', ')}; name one (--task).`;
  throw new FusiformError('BIDS_NO_RUNS', message, { file: dataset.root });
}

export function indexStudy({ bids, index }: StudyRequest): Promise<BidsDataset> {
  return indexDataset(resolve(bids), index);
}
