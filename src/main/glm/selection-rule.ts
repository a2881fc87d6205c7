import { fdrThreshold } from '../math/multiple-testing.ts';

/** One way to draw the line through a statistic of which larger is better. */
export type SelectionRule =
  /** `statistic` at least. */
  | { readonly kind: 'threshold'; readonly statistic: number }
  /** An uncorrected p-value of at most `p`. */
  | { readonly kind: 'p'; readonly p: number }
  /** False discovery rate (Benjamini & Hochberg 1995). */
  | { readonly kind: 'fdr'; readonly q: number }
  /** The best share of the voxels. */
  | { readonly kind: 'fraction'; readonly keep: number }
  /** The best so many voxels. */
  | { readonly kind: 'count'; readonly keep: number }
  | { readonly kind: 'all' };

/**
 * 1 where a voxel passes. By rank, voxels of equal statistics go by their order; a statistic of 0 or less never passes by
 * its rank alone.
 *
 * @param statistics [nVoxels]
 * @param pValues [nVoxels]
 */
export function applyRule(rule: SelectionRule, statistics: Float64Array, pValues: Float64Array): Uint8Array {
  switch (rule.kind) {
    case 'all':
      return new Uint8Array(statistics.length).fill(1);
    case 'threshold':
      return Uint8Array.from(statistics, (value) => (value >= rule.statistic ? 1 : 0));
    case 'p':
      return Uint8Array.from(pValues, (value) => (value <= rule.p ? 1 : 0));
    case 'fdr': {
      const threshold = fdrThreshold(pValues, rule.q);
      return Uint8Array.from(pValues, (value) => (value <= threshold ? 1 : 0));
    }
    case 'fraction': {
      if (!(rule.keep > 0 && rule.keep <= 1)) {
        throw new RangeError(`The fraction of voxels to keep lies between 0 and 1, not at ${rule.keep}`);
      }
      return best(statistics, Math.max(1, Math.round(rule.keep * statistics.length)));
    }
    case 'count':
      return best(statistics, rule.keep);
  }
}

function best(statistics: Float64Array, kept: number): Uint8Array {
  const order = [...statistics.keys()].sort((a, b) => statistics[b] - statistics[a] || a - b);
  const passes = new Uint8Array(statistics.length);
  for (const v of order.slice(0, kept)) if (statistics[v] > 0) passes[v] = 1;
  return passes;
}

/** `p <= 0.001`, `FDR q <= 0.05`, `best 67 %`, `best 5000`, `at least 3.1`, `all`. */
export function describeRule(rule: SelectionRule): string {
  switch (rule.kind) {
    case 'all':
      return 'all';
    case 'threshold':
      return `at least ${rule.statistic}`;
    case 'p':
      return `p <= ${rule.p}`;
    case 'fdr':
      return `FDR q <= ${rule.q}`;
    case 'fraction':
      return `best ${Number((100 * rule.keep).toPrecision(3))} %`;
    case 'count':
      return `best ${rule.keep}`;
  }
}
