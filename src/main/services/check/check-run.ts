import { FusiformError, type Problem } from '../../../shared/errors.ts';
import { isDifference } from '../../bids/confounds.ts';
import { readConfoundsTable } from '../../bids/confounds-table.ts';
import type { BidsRun } from '../../bids/dataset.ts';
import { checkEvents, type Events, eventsFromTable, overlappingEvents } from '../../bids/events.ts';
import { readEventsTable } from '../../bids/events-table.ts';
import { repetitionTime, repetitionTimeNotes } from '../../bids/repetition-time.ts';
import type { RoleTable } from '../../bids/roles/role-table.ts';
import { statFileChecked } from '../../formats/files/read.ts';
import { gridOf, readNiftiHeader } from '../../formats/nifti/read.ts';
import { type BoldSeries, openSeries } from '../../formats/nifti/series.ts';
import { isMissing, type Table } from '../../formats/tsv/table.ts';
import { gridMismatchMessage, sameGrid } from '../../imaging/grid.ts';
import { asIssue, issueOf, type StudyIssue } from './issue.ts';

export interface CheckedRun {
  readonly run: BidsRun;
  readonly issues: readonly StudyIssue[];
  /** Null where the image is not there, or cannot be read. */
  readonly series: BoldSeries | null;
  /** Of the image's file; 0 where it is not there. */
  readonly bytes: number;
  /** Seconds; null where nothing tells it. */
  readonly tR: number | null;
  readonly events: Events | null;
  readonly eventsTable: Table | null;
}

/** Fewer volumes are a scan that was broken off, or no run of a task. */
const fewVolumes = 20;

/**
 * Looks at every file of a run: what is missing, what cannot be read, what contradicts what. Of the image only the
 * header is read, unless `deep`.
 *
 * @param roles whose columns the events are read by.
 * @param deep reads every volume: data that are cut short, not finite, or the same throughout.
 */
export async function checkRun(
  run: BidsRun,
  roles: RoleTable | null,
  options: { readonly deep: boolean; readonly signal: AbortSignal },
): Promise<CheckedRun> {
  const issues: StudyIssue[] = [];
  const place = { subject: run.subject, run: run.name };
  const add = (problems: readonly Problem[]): void => {
    issues.push(...problems.map((problem) => asIssue(problem, place)));
  };
  const attempt = async <T>(action: () => Promise<T> | T): Promise<T | null> => {
    try {
      return await action();
    } catch (error) {
      issues.push(issueOf(error, place));
      return null;
    }
  };
  const image = await attempt(() => openImage(run));
  const series = image?.series ?? null;
  const tR = await attempt(() => timing(run, series, add));
  if (series !== null && options.deep) add((await attempt(() => checkData(series, options.signal))) ?? []);
  const confounds = await attempt(() => checkConfounds(run, series, add));
  const eventsTable = await attempt(() => openEvents(run));
  const events =
    eventsTable === null
      ? null
      : await attempt(() => eventsFromTable(eventsTable, usableColumns(roles, eventsTable)));
  // Without its image, a run is as long as its table of confounds.
  const nVolumes = series?.nVolumes ?? confounds?.rows.length ?? null;
  if (events !== null) add(eventProblems(events, nVolumes, tR));
  if (run.maskPath !== null) await attempt(() => checkMask(run.maskPath ?? '', series));
  return { run, issues, series, bytes: image?.bytes ?? 0, tR, events, eventsTable };
}

async function openImage({
  boldPath,
  danglingLink,
}: BidsRun): Promise<{ readonly series: BoldSeries; readonly bytes: number }> {
  if (danglingLink !== null) {
    throw new FusiformError('BIDS_IMAGE_MISSING', `The image is a dangling link to ${danglingLink}.`, {
      file: boldPath,
    });
  }
  const { size } = await statFileChecked(boldPath);
  return { series: await openSeries(boldPath), bytes: size };
}

/** Seconds between volumes; of an image that is not there, what its sidecars say. */
function timing(
  { metadata, boldPath }: BidsRun,
  series: BoldSeries | null,
  add: (problems: readonly Problem[]) => void,
): number | null {
  const told = metadata.RepetitionTime !== undefined && metadata.RepetitionTime !== null;
  if (!told) {
    const header = series?.tR ?? null;
    const instead = header === null ? 'and nothing else tells it' : `the header's ${header} s are taken`;
    add([
      new FusiformError('SIDECAR_MISSING', `No sidecar gives the run's RepetitionTime; ${instead}.`, {
        file: boldPath,
      }).toProblem(),
    ]);
    if (series === null) return null;
  }
  const sources = {
    metadata,
    header: series?.header ?? { tR: null, units: { time: 'unknown' } },
    file: boldPath,
  };
  add(repetitionTimeNotes(sources));
  if (series !== null && series.nVolumes < fewVolumes) {
    add([
      new FusiformError('RUN_SHORT', `The run has ${series.nVolumes} volumes only.`, {
        file: boldPath,
        details: { volumes: series.nVolumes },
      }).toProblem(),
    ]);
  }
  return repetitionTime(sources);
}

async function checkData(series: BoldSeries, signal: AbortSignal): Promise<Problem[]> {
  const { data } = await series.readMean(signal);
  const bad = data.reduce((count, value) => count + (Number.isFinite(value) ? 0 : 1), 0);
  const place = { file: series.path };
  if (bad === data.length) {
    throw new FusiformError('DATA_NOT_FINITE', 'Every voxel holds NaN or Inf in some volume.', place);
  }
  const known = data.filter((value) => Number.isFinite(value));
  if (known.every((value) => value === known[0])) {
    throw new FusiformError('RUN_WITHOUT_DATA', `Every voxel has the same mean (${known[0]}).`, place);
  }
  if (bad === 0) return [];
  const message = `${bad} of ${data.length} voxels hold NaN or Inf in some volume.`;
  return [new FusiformError('VOXELS_WITHOUT_DATA', message, place).toProblem()];
}

async function openEvents({ eventsPath, boldPath }: BidsRun): Promise<Table> {
  if (eventsPath === null) {
    throw new FusiformError('EVENTS_MISSING', 'The run has no events file.', { file: boldPath });
  }
  return readEventsTable(eventsPath);
}

/** Columns of a role table hold for the files that have them; a file of other names is read by those. */
function usableColumns(roles: RoleTable | null, table: Table) {
  return roles !== null && table.columns.includes(roles.columns.onset) ? roles.columns : undefined;
}

function eventProblems(events: Events, nVolumes: number | null, tR: number | null): Problem[] {
  const problems = [...events.problems, ...overlappingEvents(events)];
  if (events.rows.length === 0) {
    problems.push(
      new FusiformError('EVENTS_EMPTY', 'The events file has no rows.', { file: events.file }).toProblem(),
    );
  }
  if (nVolumes === null || tR === null) return problems;
  const end = nVolumes * tR;
  problems.push(...checkEvents(events, { nVolumes, tR }));
  const lasting = events.rows.filter(({ onset, duration }) => onset < end && onset + duration > end + tR);
  if (lasting.length > 0) {
    const [{ trialType, onset, duration, line }] = lasting;
    const message = `${lasting.length} events outlast the run (${end} s); the first is "${trialType}" from ${onset} s for ${duration} s.`;
    problems.push(new FusiformError('EVENTS_OUTLAST_RUN', message, { file: events.file, line }).toProblem());
  }
  return problems;
}

async function checkConfounds(
  { confoundsPath, boldPath }: BidsRun,
  series: BoldSeries | null,
  add: (problems: readonly Problem[]) => void,
): Promise<Table> {
  if (confoundsPath === null) {
    throw new FusiformError('CONFOUNDS_MISSING', 'The run has no table of confounds.', { file: boldPath });
  }
  const table = await readConfoundsTable(confoundsPath);
  const { rows, file } = table;
  if (series !== null && rows.length !== series.nVolumes) {
    const message = `The table has ${rows.length} rows for the run's ${series.nVolumes} volumes.`;
    add([new FusiformError('CONFOUNDS_LENGTH', message, { file }).toProblem()]);
  }
  add(table.columns.flatMap((column) => notFinite(table, column)));
  return table;
}

/** Cells of a column without a number; a difference between volumes has none at the first. */
function notFinite({ rows, file }: Table, column: string): Problem[] {
  const bad = rows.filter(({ values }, volume) => {
    const cell = values[column];
    if (isMissing(cell)) return volume > 0 || !isDifference(column);
    return !Number.isFinite(Number(cell));
  });
  if (bad.length === 0) return [];
  const [{ line, values }] = bad;
  const message = `"${column}" has ${bad.length} cells without a finite number; the first is "${values[column].trim()}".`;
  return [new FusiformError('CONFOUNDS_NOT_FINITE', message, { file, line }).toProblem()];
}

async function checkMask(path: string, series: BoldSeries | null): Promise<void> {
  await statFileChecked(path);
  const grid = gridOf(await readNiftiHeader(path));
  if (series === null || sameGrid(grid, series.grid)) return;
  const message = `The mask is not on the grid of its run: ${gridMismatchMessage(grid, series.grid)}.`;
  throw new FusiformError('MASK_GRID_MISMATCH', message, { file: path });
}
