import { median } from '../math/statistics.ts';
import type { MeasureName } from './run-measures.ts';

/** A run that differs from the other runs of the study in one measure. */
export interface Deviation {
  readonly measure: ComparedName;
  readonly value: number;
  /** Over all runs. */
  readonly median: number;
  readonly z: number;
}

/** `mean_corr`: correlation of the run's mean image with the median of all runs' mean images. */
export type ComparedName =
  | Extract<MeasureName, 'tsnr_detrended' | 'fd_mean' | 'dvars_nstd' | 'aor' | 'gcor' | 'signal'>
  | 'mean_corr';

interface Rule {
  readonly worse: 'low' | 'high' | 'both';
  /** Least spread that runs are granted, so that runs which hardly differ do not accuse each other. */
  readonly leastSpread: { readonly absolute: number } | { readonly ofMedian: number };
}

/** z beyond which a run deviates: Iglewicz & Hoaglin's (1993) for the modified z score. */
export const deviationZ = 3.5;
/** Runs from which a spread can be told. */
export const fewestRuns = 5;
const normalMad = 1.4826;

/** With z of 3.5 a run is let through that differs by less than 3.5 times the least spread. */
export const comparisonRules: Readonly<Record<ComparedName, Rule>> = {
  tsnr_detrended: { worse: 'low', leastSpread: { ofMedian: 0.03 } },
  fd_mean: { worse: 'high', leastSpread: { absolute: 0.03 } },
  dvars_nstd: { worse: 'high', leastSpread: { ofMedian: 0.03 } },
  aor: { worse: 'high', leastSpread: { absolute: 0.003 } },
  gcor: { worse: 'high', leastSpread: { absolute: 0.015 } },
  signal: { worse: 'both', leastSpread: { ofMedian: 0.03 } },
  mean_corr: { worse: 'low', leastSpread: { absolute: 0.003 } },
};

/**
 * Robust z of every run in one measure: distance from the median over 1.4826 times the median absolute deviation, or
 * over the least spread where that is larger. Null where there are fewer than five runs with a value.
 */
export function robustZ(measure: ComparedName, values: readonly (number | null)[]): (number | null)[] {
  const known = values.filter((value) => value !== null && Number.isFinite(value)) as number[];
  if (known.length < fewestRuns) return values.map(() => null);
  const centre = median(known);
  const { leastSpread } = comparisonRules[measure];
  const least = 'absolute' in leastSpread ? leastSpread.absolute : leastSpread.ofMedian * Math.abs(centre);
  const spread = Math.max(least, normalMad * median(known.map((value) => Math.abs(value - centre))));
  return values.map((value) =>
    value === null || !Number.isFinite(value) ? null : (value - centre) / spread,
  );
}

/** What each run deviates in, the largest first. */
export function deviations(runs: readonly Readonly<Record<ComparedName, number | null>>[]): Deviation[][] {
  const found = runs.map((): Deviation[] => []);
  for (const measure of Object.keys(comparisonRules) as ComparedName[]) {
    const values = runs.map((run) => run[measure]);
    const { worse } = comparisonRules[measure];
    const centre = median(values.filter((value) => value !== null) as number[]);
    for (const [run, z] of robustZ(measure, values).entries()) {
      const value = values[run];
      if (z === null || value === null || Math.abs(z) <= deviationZ) continue;
      if ((worse === 'low' && z > 0) || (worse === 'high' && z < 0)) continue;
      found[run].push({ measure, value, median: centre, z });
    }
  }
  return found.map((list) => list.sort((a, b) => Math.abs(b.z) - Math.abs(a.z)));
}
