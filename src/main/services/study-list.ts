import { resolve } from 'node:path';
import type { Problem } from '../../shared/errors.ts';
import { chooseMask } from '../bids/choose-mask.ts';
import type { BidsDataset, BidsMask, BidsRun, BidsSurface, Layout } from '../bids/dataset.ts';
import { findSubject } from '../bids/select.ts';
import { writeTsvFile } from '../formats/tsv/write.ts';
import { indexStudy, type StudyRequest } from './study-request.ts';

export interface ListRequest extends StudyRequest {
  /** Default: every subject. */
  readonly subject?: string;
  /** Where to write the runs as a table, which is itself a study (see `indexRunTable`). */
  readonly tsv?: string;
}

export interface StudyList {
  readonly root: string;
  readonly layout: Layout;
  readonly name: string | null;
  readonly subjects: readonly {
    readonly label: string;
    readonly sessions: readonly string[];
    readonly runs: readonly ListedRun[];
    readonly masks: readonly BidsMask[];
    /** The mask that an analysis takes where none is named; null: the brain is looked for in the images. */
    readonly mask: string | null;
    readonly surfaces: readonly BidsSurface[];
    readonly models: readonly string[];
  }[];
  readonly problems: readonly Problem[];
}

export interface ListedRun
  extends Pick<
    BidsRun,
    | 'name'
    | 'session'
    | 'task'
    | 'run'
    | 'version'
    | 'boldPath'
    | 'danglingLink'
    | 'eventsPath'
    | 'confoundsPath'
    | 'maskPath'
  > {
  /** As the sidecars say, whatever that is; null where they do not. */
  readonly repetitionTime: unknown;
}

/** What a study holds, as its file names say: no image and no table is opened. */
export async function listStudyFiles(request: ListRequest): Promise<StudyList> {
  const dataset = await indexStudy(request);
  const subjects = request.subject === undefined ? dataset.subjects : [findSubject(dataset, request.subject)];
  if (request.tsv !== undefined) await writeRuns(resolve(request.tsv), subjects);
  return {
    root: dataset.root,
    layout: dataset.layout,
    name: dataset.name,
    subjects: subjects.map(({ label, sessions, runs, masks, surfaces, models }) => ({
      label,
      sessions,
      runs: runs.map(asListed),
      masks,
      mask: chooseMask(masks, runs),
      surfaces,
      models,
    })),
    problems: [...dataset.problems, ...subjects.flatMap((subject) => subject.problems)],
  };
}

function asListed(run: BidsRun): ListedRun {
  const { name, session, task, version, boldPath, danglingLink, eventsPath, confoundsPath, maskPath } = run;
  return {
    name,
    session,
    task,
    run: run.run,
    version,
    boldPath,
    danglingLink,
    eventsPath,
    confoundsPath,
    maskPath,
    repetitionTime: run.metadata.RepetitionTime ?? null,
  };
}

function writeRuns(path: string, subjects: BidsDataset['subjects']): Promise<void> {
  const columns = [
    'subject',
    'session',
    'task',
    'run',
    'image',
    'events',
    'tr',
    'confounds',
    'mask',
    'version',
  ];
  const rows = subjects.flatMap(({ runs }) =>
    runs.map((run) => {
      const tR = run.metadata.RepetitionTime;
      return [
        run.subject,
        run.session,
        run.task,
        run.run,
        run.boldPath,
        run.eventsPath,
        typeof tR === 'number' ? tR : null,
        run.confoundsPath,
        run.maskPath,
        run.version,
      ];
    }),
  );
  return writeTsvFile(path, columns, rows);
}
