import { median, pearson } from '../../math/statistics.ts';
import type { Flag } from '../../qc/flags.ts';
import { measureFacts } from '../../qc/run-measures.ts';
import { type ComparedName, type Deviation, deviations, deviationZ } from '../../qc/study-outliers.ts';
import { type RunQuality, runLabels } from './run-quality.ts';

/** A run with what the comparison needs of it. */
export interface ComparableRun {
  readonly quality: Omit<RunQuality, 'label' | 'meanCorrelation' | 'deviations'>;
  /** [mask voxels] mean over time; NaN where the run has no use of the voxel. */
  readonly mean: Float32Array;
}

/** Holds every run against the others: mean images, and measures in which one deviates. */
export function compareRuns(runs: readonly ComparableRun[]): RunQuality[] {
  const correlations = meanCorrelations(runs.map(({ mean }) => mean));
  const labels = runLabels(runs.map(({ quality }) => quality.name));
  const found = deviations(
    runs.map(({ quality: { measures } }, run) => ({ ...measures, mean_corr: correlations[run] })),
  );
  return runs.map(({ quality }, run) => ({
    ...quality,
    label: labels[run],
    meanCorrelation: correlations[run],
    deviations: found[run],
    flags: [...quality.flags, ...found[run].map(deviationFlag)],
  }));
}

/**
 * Correlation of each run's mean image with the median of all runs' at every voxel, over voxels that all runs have; null
 * for a lone run. The median keeps one bad run from spoiling what the others are held against.
 */
function meanCorrelations(means: readonly Float32Array[]): (number | null)[] {
  if (means.length < 2) return means.map(() => null);
  const shared: number[] = [];
  const middle: number[] = [];
  const values = new Float32Array(means.length);
  for (let voxel = 0; voxel < means[0].length; voxel += 1) {
    for (let run = 0; run < means.length; run += 1) values[run] = means[run][voxel];
    if (!values.every(Number.isFinite)) continue;
    shared.push(voxel);
    middle.push(median(values));
  }
  return means.map((mean) =>
    pearson(
      Float64Array.from(shared, (voxel) => mean[voxel]),
      middle,
    ),
  );
}

function deviationFlag({ measure, value, median: middle, z }: Deviation): Flag {
  const { title, unit, factor } = comparedFacts(measure);
  const shown = (number: number) => `${short(number * factor)}${unit}`;
  return {
    kind: 'deviates',
    level: 'look',
    reason: `${title} ${shown(value)}, against ${shown(middle)} in the middle run (robust z ${z.toFixed(1)}, limit ${deviationZ})`,
  };
}

/** How a measure is put into a sentence: shares and DVARS in per cent. */
function comparedFacts(measure: ComparedName): { title: string; unit: string; factor: number } {
  if (measure === 'mean_corr') return { title: 'correlation of the mean image', unit: '', factor: 1 };
  const { title } = measureFacts[measure];
  if (measure === 'aor') return { title, unit: ' %', factor: 100 };
  if (measure === 'dvars_nstd') return { title, unit: ' % of the signal', factor: 0.1 };
  return { title, unit: measure === 'fd_mean' ? ' mm' : '', factor: 1 };
}

/** Three digits, without an exponent where it can be avoided. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return 'n/a';
  const size = Math.abs(value);
  return size >= 100
    ? value.toFixed(0)
    : size >= 10
      ? value.toFixed(1)
      : size >= 1
        ? value.toFixed(2)
        : value.toFixed(3);
}
