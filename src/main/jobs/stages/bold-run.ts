import { z } from 'zod';
import { errorFromProblem, FusiformError, type Problem } from '../../../shared/errors.ts';
import type { ConfoundsSidecar } from '../../bids/confound-columns.ts';
import { readConfoundsTable } from '../../bids/confounds-table.ts';
import { eventColumnsSchema } from '../../bids/event-columns.ts';
import { checkEvents, type Events, readEvents } from '../../bids/events.ts';
import { repetitionTime, repetitionTimeNotes } from '../../bids/repetition-time.ts';
import { readJsonFile } from '../../formats/json/json.ts';
import { type BoldSeries, openSeries } from '../../formats/nifti/series.ts';
import { computeBrainMask } from '../../imaging/brain-mask.ts';
import { gridMismatchMessage, sameGrid } from '../../imaging/grid.ts';
import { loadMask } from '../../imaging/load-mask.ts';
import type { Mask } from '../../imaging/mask.ts';
import type { StageContext } from '../stage.ts';
import { finiteValues } from './finite-values.ts';
import { type GlmSettings, needsConfounds } from './glm-settings.ts';
import { agreeingRuns } from './run-agreement.ts';
import { confoundsFromTable, type RunConfounds } from './run-confounds.ts';

/**
 * One run of a BIDS dataset as a stage is told of it. Its files are inputs, named after it: `<name>:bold`,
 * `<name>:events` and, where there are any, `<name>:confounds` and its sidecar, `<name>:confounds-sidecar`.
 */
export const runSpecSchema = z.strictObject({
  /** `sub-01_ses-01_task-faces_run-01` */
  name: z.string(),
  /** RepetitionTime of the merged sidecars; null where they do not say. */
  repetitionTime: z.json(),
  /** Which columns of its events mean what; absent: by their names. */
  eventColumns: eventColumnsSchema.optional(),
});
export type RunSpec = z.output<typeof runSpecSchema>;

/** A run whose header and tables were read and agree; its volumes are still on the disk. */
export interface BoldRun {
  readonly name: string;
  readonly series: BoldSeries;
  /** Seconds. */
  readonly tR: number;
  readonly events: Events;
  /** [nVolumes, columns], null where none were asked for. */
  readonly confounds: RunConfounds | null;
  readonly problems: readonly Problem[];
}

/**
 * Opens a run and checks it: the time between volumes, events within the run, as many confound rows as volumes.
 *
 * @throws FusiformError BIDS_TR_INVALID, EVENTS_BEYOND_RUN, EVENTS_BEFORE_RUN, CONFOUNDS_LENGTH, what the
 *   settings' confounds throw, and what reading throws
 */
export async function openRun(
  spec: RunSpec,
  settings: GlmSettings,
  context: Pick<StageContext, 'inputs'>,
): Promise<BoldRun> {
  const { inputs } = context;
  const bold = inputs[`${spec.name}:bold`];
  const series = await openSeries(bold);
  const timing = {
    metadata: { RepetitionTime: spec.repetitionTime },
    header: series.header,
    file: bold,
  };
  const tR = repetitionTime(timing);
  const events = await readEvents(inputs[`${spec.name}:events`], spec.eventColumns);
  const beyond = checkEvents(events, { nVolumes: series.nVolumes, tR });
  if (beyond.length > 0) throw errorFromProblem(beyond[0]);
  const confounds = needsConfounds(settings) ? await openConfounds(spec, settings, series, context) : null;
  return {
    name: spec.name,
    series,
    tR,
    events,
    confounds,
    problems: [
      ...formsNote(series),
      ...repetitionTimeNotes(timing),
      ...events.problems,
      ...(confounds?.problems ?? []),
    ],
  };
}

/** Says where the two places that a header gives to its voxels are more than half a voxel apart. */
function formsNote({ path, header }: BoldSeries): Problem[] {
  const { formsApart, sformCode, qformCode, zooms } = header;
  if (formsApart === null || formsApart <= Math.min(...zooms.slice(0, 3)) / 2) return [];
  const note = new FusiformError(
    'NIFTI_FORMS_DISAGREE',
    `sform (code ${sformCode}) and qform (code ${qformCode}) put a corner of the grid ` +
      `${formsApart.toFixed(1)} apart; the sform is used.`,
    { file: path, details: { formsApart, sformCode, qformCode } },
  );
  return [note.toProblem()];
}

async function openConfounds(
  spec: RunSpec,
  settings: GlmSettings,
  series: BoldSeries,
  { inputs }: Pick<StageContext, 'inputs'>,
): Promise<RunConfounds> {
  const file = inputs[`${spec.name}:confounds`];
  if (file === undefined) {
    throw new FusiformError('CONFOUNDS_MISSING', `The run ${spec.name} has no table of confounds.`, {
      file: inputs[`${spec.name}:bold`],
    });
  }
  const table = await readConfoundsTable(file);
  if (table.rows.length !== series.nVolumes) {
    throw new FusiformError(
      'CONFOUNDS_LENGTH',
      `The table has ${table.rows.length} rows for the run's ${series.nVolumes} volumes.`,
      { file },
    );
  }
  const sidecar = inputs[`${spec.name}:confounds-sidecar`];
  return confoundsFromTable(
    table,
    sidecar === undefined ? null : ((await readJsonFile(sidecar)) as ConfoundsSidecar),
    settings,
  );
}

export interface UsableRuns<T> {
  readonly results: readonly T[];
  readonly problems: readonly Problem[];
}

/**
 * Does something to every run. A run whose data are refused is listed and left out; where every run is refused, the
 * first refusal is the answer.
 */
export async function forEachRun<Run extends { readonly name: string }, T>(
  runs: readonly Run[],
  action: (run: Run, index: number) => Promise<T>,
): Promise<UsableRuns<T>> {
  const results: T[] = [];
  const problems: Problem[] = [];
  let first: FusiformError | undefined;
  for (const [index, run] of runs.entries()) {
    try {
      results.push(await action(run, index));
    } catch (error) {
      if (!(error instanceof FusiformError) || error.code === 'JOB_CANCELLED') throw error;
      first ??= error;
      problems.push({ ...error.toProblem(), message: `Run ${run.name} is left out: ${error.message}` });
    }
  }
  if (results.length === 0 && first) throw first;
  return { results, problems };
}

/**
 * Opens runs that are analysed together. Those that are refused, and those on another grid than most, are listed and left
 * out.
 */
export async function openRuns(
  specs: readonly RunSpec[],
  settings: GlmSettings,
  context: StageContext,
): Promise<UsableRuns<BoldRun>> {
  const opened = await forEachRun(specs, (spec) => openRun(spec, settings, context));
  const agreed = agreeingRuns(opened.results);
  return { results: agreed.runs, problems: [...opened.problems, ...agreed.problems] };
}

/**
 * The voxels to analyse: a mask that was given, or the brain found in the mean image of the first run whose data can be
 * read.
 *
 * Without a mask, voxels that are NaN in every volume count as outside the field of view, as SPM's resampling leaves
 * them; one that is NaN in some volumes only is a fault of the data.
 *
 * @param runs on one grid, at least one.
 * @throws FusiformError what the first run's data were refused with, where no run's can be read
 */
export async function analysisMask(
  path: string | undefined,
  runs: readonly BoldRun[],
  signal: AbortSignal,
  threshold?: number,
): Promise<{ mask: Mask; problems: readonly Problem[] }> {
  const [{ series: first }] = runs;
  if (path !== undefined) return loadMask(path, first.grid, threshold);
  let refusal: FusiformError | undefined;
  for (const { series } of runs) {
    try {
      const average = await series.readMean(signal);
      const problems = await missingVoxels(average.data, series, signal);
      return { mask: computeBrainMask(average), problems };
    } catch (error) {
      if (!(error instanceof FusiformError) || error.code === 'JOB_CANCELLED') throw error;
      refusal ??= error;
    }
  }
  throw refusal ?? new RangeError('no runs to find a brain in');
}

async function missingVoxels(
  average: Float32Array,
  series: BoldSeries,
  signal: AbortSignal,
): Promise<Problem[]> {
  const missing = Uint32Array.from([...average.keys()].filter((voxel) => !Number.isFinite(average[voxel])));
  if (missing.length === 0) return [];
  const values = await series.readMasked(missing, signal);
  const seen = values.findIndex((value) => Number.isFinite(value));
  if (seen >= 0) {
    const voxel = missing[seen % missing.length];
    throw new FusiformError(
      'DATA_NOT_FINITE',
      `${missing.length} voxels hold NaN or Inf, and not in all volumes (the first is voxel ${voxel}).`,
      { file: series.path, details: { voxels: missing.length, first: voxel } },
    );
  }
  const note = new FusiformError(
    'VOXELS_WITHOUT_DATA',
    `${missing.length} voxels hold NaN or Inf in every volume and count as outside the field of view.`,
    { file: series.path, details: { voxels: missing.length } },
  );
  return [note.toProblem()];
}

/** @throws FusiformError RUN_GRID_MISMATCH where a run lies on another grid than the mask */
export function checkGrid({ series }: BoldRun, mask: Mask): void {
  if (sameGrid(series.grid, mask.grid)) return;
  throw new FusiformError(
    'RUN_GRID_MISMATCH',
    `The run is not on the grid of the mask: ${gridMismatchMessage(series.grid, mask.grid)}.`,
    { file: series.path },
  );
}

/** [nVolumes, voxels of the mask]. @throws FusiformError RUN_GRID_MISMATCH, DATA_NOT_FINITE, what reading throws */
export async function readRun(run: BoldRun, mask: Mask, signal: AbortSignal): Promise<Float32Array> {
  checkGrid(run, mask);
  return await finiteValues(run.series, mask.indices, signal);
}

/**
 * When each volume was taken, in seconds: nilearn's frame times.
 * @param sliceTimeReference 0 for the start of a volume, 0.5 for its middle
 */
export function frameTimes(nVolumes: number, tR: number, sliceTimeReference = 0): Float64Array {
  return Float64Array.from({ length: nVolumes }, (_, volume) => (volume + sliceTimeReference) * tR);
}
