import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { FusiformError, type Problem } from '../../shared/errors.ts';
import { type BidsDataset, type BidsRun, type IndexOptions, indexDataset } from '../bids/dataset.ts';
import type { EventColumns } from '../bids/event-columns.ts';
import { availableRuns, findSubject, type RunFilter, selectRuns } from '../bids/select.ts';
import { statFileChecked } from '../formats/files/read.ts';
import type { RunSpec } from '../jobs/stages/bold-run.ts';
import type { Input } from './workspace.ts';

export interface RunInputs {
  readonly dataset: BidsDataset;
  readonly runs: readonly BidsRun[];
  readonly specs: readonly RunSpec[];
  readonly inputs: Readonly<Record<string, Input>>;
  readonly problems: readonly Problem[];
}

/** Hashes a file, and may remember what it found. */
export type HashFile = (path: string) => Promise<string>;

export interface CollectOptions {
  /** Whether the analysis reads confounds. */
  readonly confounds: boolean;
  /** Whether a run without events is left out; default true. */
  readonly eventsRequired?: boolean;
  /** Which layout and version of the runs. */
  readonly index?: IndexOptions;
  /** Which columns of the events mean what; absent: by their names. */
  readonly eventColumns?: EventColumns;
  /** Names of the runs that are wanted; absent: all that the filter lets through. */
  readonly only?: readonly string[];
}

/** Finds the runs of a subject and names every file that an analysis of them reads. */
export async function collectRuns(
  bidsDir: string,
  filter: RunFilter,
  hash: HashFile,
  options: CollectOptions,
): Promise<RunInputs> {
  const dataset = await indexDataset(resolve(bidsDir), options.index);
  const selected = availableRuns(named(selectRuns(dataset, filter), options.only));
  const problems = [
    ...dataset.problems,
    ...findSubject(dataset, filter.subject).problems,
    ...selected.problems,
  ];
  const runs: BidsRun[] = [];
  const inputs: Record<string, Input> = {};
  let firstRefusal: FusiformError | undefined;
  for (const run of selected.runs) {
    try {
      if (run.eventsPath === null && options.eventsRequired !== false) {
        throw new FusiformError('EVENTS_MISSING', 'The run has no events file.', { file: run.boldPath });
      }
      const files: [string, string | null][] = [
        ['bold', run.boldPath],
        ['events', run.eventsPath],
        ['confounds', options.confounds ? run.confoundsPath : null],
        ['confounds-sidecar', options.confounds ? sidecarOf(run.confoundsPath) : null],
      ];
      for (const [kind, path] of files) {
        if (path === null) continue;
        await statFileChecked(path);
        inputs[`${run.name}:${kind}`] = { path, hash: await hash(path) };
      }
      runs.push(run);
    } catch (error) {
      if (!(error instanceof FusiformError)) throw error;
      firstRefusal ??= error;
      problems.push({ ...error.toProblem(), message: `Run ${run.name} is left out: ${error.message}` });
    }
  }
  if (runs.length === 0 && firstRefusal) throw firstRefusal;
  const specs = runs.map((run) => ({
    name: run.name,
    repetitionTime: (run.metadata.RepetitionTime ?? null) as RunSpec['repetitionTime'],
    ...(options.eventColumns === undefined ? {} : { eventColumns: options.eventColumns }),
  }));
  return { dataset, runs, specs, inputs, problems };
}

/** @throws FusiformError BIDS_NO_RUNS where one of the names is that of no run */
function named(runs: readonly BidsRun[], names: readonly string[] | undefined): readonly BidsRun[] {
  if (names === undefined) return runs;
  const unknown = names.filter((name) => !runs.some((run) => run.name === name));
  if (unknown.length > 0) {
    const there = runs.map(({ name }) => name).join(', ');
    throw new FusiformError('BIDS_NO_RUNS', `There is no run ${unknown.join(', ')}; there are ${there}.`);
  }
  return runs.filter(({ name }) => names.includes(name));
}

/** The JSON file beside a table, if there is one. */
function sidecarOf(path: string | null): string | null {
  const sidecar = path?.replace(/\.tsv$/, '.json') ?? null;
  return sidecar !== null && sidecar !== path && existsSync(sidecar) ? sidecar : null;
}

/** A file of the user's as an input. */
export async function fileInput(path: string, hash: HashFile): Promise<Input> {
  const file = resolve(path);
  await statFileChecked(file);
  return { path: file, hash: await hash(file) };
}
