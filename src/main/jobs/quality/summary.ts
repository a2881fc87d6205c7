import type { JsonObject } from '../../../shared/json.ts';
import { strongestPairs } from '../../qc/design-quality.ts';
import { type QualityThresholds, runLimits } from '../../qc/flags.ts';
import { deviationZ } from '../../qc/study-outliers.ts';
import { type RunQuality, verdictOf, worstFirst } from './run-quality.ts';
import { describeRunColumns } from './tables.ts';

export interface QualitySummaryContent {
  readonly subject: string;
  readonly runs: readonly RunQuality[];
  readonly thresholds: QualityThresholds;
  /** Voxels, and where the mask comes from. */
  readonly mask: { readonly voxels: number; readonly source: string };
  /** By run: what was written for it. */
  readonly files: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Everything of the report as numbers: qc.json. */
export function qualityDocument({
  subject,
  runs,
  thresholds,
  mask,
  files,
}: QualitySummaryContent): JsonObject {
  return {
    subject,
    mask: { ...mask },
    thresholds: { ...thresholds },
    limits: { ...runLimits, deviationZ },
    columns: describeRunColumns(runs) as JsonObject,
    runs: runs.map((run) => ({
      run: run.name,
      verdict: verdictOf(run),
      flags: run.flags.map((flag) => ({ ...flag })),
      volumes: run.nVolumes,
      tr: run.tR,
      ...measuresOf(run),
      flaggedVolumes: [...run.flagged.keys()].filter((volume) => run.flagged[volume] === 1),
      sliceSpikes: run.spikes.map(({ slice, volume, change }) => ({ slice, volume, change })),
      deadSlices: [...run.deadSlices],
      mean_corr: run.meanCorrelation,
      motion: run.motionSource,
      design: run.design && designOf(run.design),
      files: { ...files[run.name] },
    })),
  };
}

function measuresOf({ measures }: RunQuality): JsonObject {
  return Object.fromEntries(
    Object.entries(measures).map(([name, value]) => [name, Number.isFinite(value) ? value : null]),
  );
}

function designOf({ design, quality }: NonNullable<RunQuality['design']>): JsonObject {
  return {
    vif: Object.fromEntries(
      quality.columns.map((column, at) => [
        design.names[column],
        Number.isFinite(quality.vif[at]) ? quality.vif[at] : 'infinite',
      ]),
    ),
    strongest: strongestPairs(quality, 10).map(({ a, b, r }) => ({
      a: design.names[a],
      b: design.names[b],
      r,
    })),
  };
}

/** A run in the summary; NaN measures are null. Units are in the columns of qc.tsv. */
export interface ListedRun {
  readonly label: string;
  readonly verdict: string;
  readonly reasons: readonly string[];
  readonly tsnr_detrended: number;
  /** mm */
  readonly fd_mean: number | null;
  readonly dvars_std_max: number;
  /** Percent of the mean signal. */
  readonly drift_perc: number;
}

/** The runs of a summary, worst first. */
export function listedRuns(summary: JsonObject): readonly ListedRun[] {
  return summary.worst as unknown as readonly ListedRun[];
}

/** What a terminal shows: the runs, worst first, with verdict and reasons. */
export function qualitySummary(content: QualitySummaryContent): JsonObject {
  const { subject, runs, mask } = content;
  const count = (verdict: string) => runs.filter((run) => verdictOf(run) === verdict).length;
  return {
    subject,
    runs: runs.length,
    voxels: mask.voxels,
    bad: count('bad'),
    look: count('look'),
    good: count('good'),
    worst: worstFirst(runs).map((run) => ({
      run: run.name,
      label: run.label,
      verdict: verdictOf(run),
      reasons: run.flags.map(({ reason }) => reason),
      ...measuresOf(run),
      mean_corr: run.meanCorrelation,
    })),
  };
}
