import { FusiformError, type Problem } from '../../shared/errors.ts';
import type { BidsDataset, BidsRun, BidsSubject } from './dataset.ts';
import { bareLabel, sameLabel } from './entities.ts';

export interface RunFilter {
  /** With or without `sub-`, `task-`, `ses-`, `run-`; numbers match with or without leading zeros. */
  readonly subject: string;
  readonly task?: string;
  readonly session?: string;
  readonly run?: string;
}

/** How many files an error names; the rest is counted. */
const namedFiles = 3;

/** @throws FusiformError BIDS_NO_SUBJECT, naming the subjects there are */
export function findSubject(dataset: BidsDataset, label: string): BidsSubject {
  const wanted = bareLabel(label, 'sub');
  const exact = dataset.subjects.find((subject) => subject.label === wanted);
  const found = exact ?? dataset.subjects.find((subject) => sameLabel(subject.label, wanted));
  if (found !== undefined) return found;
  const labels = dataset.subjects.map((subject) => subject.label);
  throw new FusiformError(
    'BIDS_NO_SUBJECT',
    `There is no subject "${wanted}"; the dataset has ${labels.join(', ')}.`,
    {
      file: dataset.root,
      details: { subject: wanted, subjects: labels },
    },
  );
}

/**
 * The runs of a subject that a filter lets through, in order.
 *
 * @throws FusiformError BIDS_NO_SUBJECT; BIDS_NO_RUNS where nothing is left, naming what there is
 */
export function selectRuns(dataset: BidsDataset, filter: RunFilter): BidsRun[] {
  const subject = findSubject(dataset, filter.subject);
  const matches = (value: string | null, wanted: string | undefined, key: string): boolean =>
    wanted === undefined || (value !== null && sameLabel(value, bareLabel(wanted, key)));
  const runs = subject.runs.filter(
    (run) =>
      matches(run.task, filter.task, 'task') &&
      matches(run.session, filter.session, 'ses') &&
      matches(run.run, filter.run, 'run'),
  );
  if (runs.length > 0) return runs;
  throw new FusiformError('BIDS_NO_RUNS', noRunsMessage(subject, filter), {
    file: dataset.root,
    details: { filter, runs: subject.runs.map(({ name }) => name) },
  });
}

function noRunsMessage(subject: BidsSubject, filter: RunFilter): string {
  const { surfaces } = subject;
  if (subject.runs.length === 0) {
    const instead = surfaces.length > 0 ? ` of volumes (it has ${surfaces.length} files of surfaces)` : '';
    return `Subject ${subject.label} has no functional runs${instead}.`;
  }
  const asked = (['task', 'session', 'run'] as const)
    .filter((key) => filter[key] !== undefined)
    .map((key) => `${key} "${filter[key]}"`);
  const byTask = Map.groupBy(subject.runs, ({ task }) => task);
  const tasks = [...byTask].map(([task, runs]) => `${task} (${runs.length} runs)`);
  const sessions = subject.sessions.length > 0 ? `; the sessions ${subject.sessions.join(', ')}` : '';
  return `Subject ${subject.label} has no run of ${asked.join(', ')}; it has the tasks ${tasks.join(', ')}${sessions}.`;
}

/**
 * The runs whose images are there. Missing ones are listed; where all are missing there is nothing to go on with.
 *
 * @throws FusiformError BIDS_IMAGE_MISSING with the number of images and the first of them
 */
export function availableRuns(runs: readonly BidsRun[]): { runs: BidsRun[]; problems: Problem[] } {
  const missing = runs.filter(({ danglingLink }) => danglingLink !== null);
  if (missing.length > 0 && missing.length === runs.length) {
    const first = missing.slice(0, namedFiles).map(({ boldPath }) => boldPath);
    const more = missing.length > first.length ? ` and ${missing.length - first.length} more` : '';
    throw new FusiformError(
      'BIDS_IMAGE_MISSING',
      `The content of all ${missing.length} images is missing: they are dangling links (${first.join(', ')}${more}).`,
      { file: missing[0].boldPath, details: { count: missing.length, files: first } },
    );
  }
  const problems = missing.map(({ boldPath, danglingLink }) =>
    new FusiformError(
      'BIDS_IMAGE_MISSING',
      `The image is a dangling link to ${danglingLink}; the run is left out.`,
      {
        file: boldPath,
      },
    ).toProblem(),
  );
  return { runs: runs.filter(({ danglingLink }) => danglingLink === null), problems };
}
