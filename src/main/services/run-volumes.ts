import { join } from 'node:path';
import { FusiformError } from '../../shared/errors.ts';
import { readJsonFile } from '../formats/json/json.ts';
import { isMissing, readTable } from '../formats/tsv/table.ts';
import { readMotionParameters } from '../jobs/quality/head-motion.ts';
import { indexStudy, parseOptions } from './study-request.ts';
import { findSubject } from '../bids/select.ts';
import { latestQuality, qualityFiles } from './quality.ts';
import { studyOf } from './subjects.ts';
import type { StageOutcome, Workspace } from './workspace.ts';

/** A value a volume; null where there is none. */
type Series = readonly (number | null)[];

export interface RunVolumes {
  readonly run: string;
  /** Columns of the table of quality control. */
  readonly columns: Readonly<Record<string, Series>>;
  readonly motion: {
    /** mm */
    readonly translations: Readonly<Record<string, Series>>;
    /** Radians. */
    readonly rotations: Readonly<Record<string, Series>>;
  } | null;
}

/**
 * What quality control found in every volume of a run, and its head motion where the run's confounds have it.
 *
 * @throws FusiformError NAME_UNKNOWN where the run was not examined
 */
export async function runVolumes(
  workspace: Workspace,
  { subject, run }: { readonly subject: string; readonly run: string },
): Promise<RunVolumes> {
  const quality = latestQuality(workspace, subject);
  const file = quality && (await filesOf(quality)).get(run);
  if (quality === null || file === undefined || file === null) {
    throw new FusiformError('NAME_UNKNOWN', `Quality control of subject ${subject} has no run "${run}".`);
  }
  const table = await readTable(join(quality.path, file));
  const columns = table.columns.map((name) => [name, table.rows.map(({ values }) => numberOf(values[name]))]);
  return { run, columns: Object.fromEntries(columns), motion: await motionOf(workspace, subject, run) };
}

/** Tables of volumes in the artefact, by run. */
async function filesOf({ path }: StageOutcome): Promise<Map<string, string>> {
  const { runs } = (await readJsonFile(join(path, qualityFiles.document))) as {
    readonly runs: readonly { readonly run: string; readonly files: { readonly timeseries: string } }[];
  };
  return new Map(runs.map(({ run, files }) => [run, files.timeseries]));
}

async function motionOf(workspace: Workspace, subject: string, name: string): Promise<RunVolumes['motion']> {
  const { source, options } = studyOf(workspace, subject);
  const dataset = await indexStudy({ bids: source, index: parseOptions(options) });
  const run = findSubject(dataset, subject).runs.find((candidate) => candidate.name === name);
  if (run === undefined || run.confoundsPath === null) return null;
  const parameters = await readMotionParameters(run.confoundsPath);
  if (parameters === null) return null;
  const { names, values } = parameters;
  const series = names.map((parameter, axis): [string, Series] => [
    parameter,
    Array.from({ length: values.length / names.length }, (_, volume) => values[volume * names.length + axis]),
  ]);
  return {
    translations: Object.fromEntries(series.slice(0, 3)),
    rotations: Object.fromEntries(series.slice(3)),
  };
}

function numberOf(cell: string): number | null {
  if (isMissing(cell)) return null;
  const word = cell.trim();
  if (word === 'true' || word === 'false') return Number(word === 'true');
  const value = Number(word);
  return Number.isFinite(value) ? value : null;
}
