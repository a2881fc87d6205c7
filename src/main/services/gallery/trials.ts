import { type BidsRun, indexDataset } from '../../bids/dataset.ts';
import { readEvents } from '../../bids/events.ts';
import { availableRuns, selectRuns } from '../../bids/select.ts';
import { readSubjectIndex } from '../../jobs/stages/index-subject.ts';
import { faceName, isOneback, modelledEvents } from '../../jobs/stages/roles.ts';
import { parseOptions } from '../study-request.ts';
import { studyOptions } from '../../store/role-tables.ts';
import type { Workspace } from '../workspace.ts';

/** A test face on the screen of the scanner. */
export interface FaceTrial {
  readonly run: string;
  readonly session: string | null;
  /** Line of the run's table of events, its header being line 1. */
  readonly line: number;
  /** Seconds from the first volume. */
  readonly onset: number;
  /** Seconds. */
  readonly duration: number;
  /** The test face by its file name. */
  readonly stimulus: string;
}

/** The usable runs of a subject, in their order, as the study on the disk has them. */
export async function usableRuns(workspace: Workspace, subject: string): Promise<readonly BidsRun[]> {
  const entry = workspace.entry('subject', subject);
  const index = await readSubjectIndex(entry.path);
  const study = parseOptions(studyOptions(workspace.store.sql, subject));
  const dataset = await indexDataset(entry.source ?? '', study);
  const { runs } = availableRuns(selectRuns(dataset, { subject, task: index.task }));
  return runs.filter(({ name }) => index.runs.some((run) => run.name === name));
}

/** Every presentation of a test face, run by run. @throws FusiformError as reading the study and its events */
export async function faceTrials(workspace: Workspace, subject: string): Promise<readonly FaceTrial[]> {
  const index = await readSubjectIndex(workspace.entry('subject', subject).path);
  const trials = await Promise.all(
    (await usableRuns(workspace, subject)).map(async ({ name, session, eventsPath }) => {
      if (eventsPath === null) return [];
      const { rows } = await readEvents(eventsPath, index.eventColumns ?? undefined);
      return modelledEvents(rows, index.roles)
        .filter((row) => index.roles.testFace.includes(row.trialType) && !isOneback(row, index.roles))
        .flatMap(({ line, onset, duration, stimFile }): FaceTrial[] =>
          stimFile === null
            ? []
            : [{ run: name, session, line, onset, duration, stimulus: faceName(stimFile) }],
        );
    }),
  );
  return trials.flat();
}
