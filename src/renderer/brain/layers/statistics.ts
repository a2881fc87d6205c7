/** What a volume's finite values are like. */
export interface ValueRange {
  readonly min: number;
  readonly max: number;
  /** The 2nd and 98th percentile of values that are not 0; of sizes where both signs occur. */
  readonly low: number;
  readonly high: number;
  readonly hasNegative: boolean;
  /** Finite values that are not 0, and those that are not finite. */
  readonly count: number;
  readonly notFinite: number;
  /** Whether all values are whole numbers. */
  readonly isWhole: boolean;
}

const bins = 4096;

/** One pass for the ends, one for a histogram: percentiles to 1/4096 of the range. */
export function valueRange(data: Float32Array): ValueRange {
  let [min, max, count, notFinite] = [Infinity, -Infinity, 0, 0];
  let isWhole = true;
  for (const value of data) {
    if (value - value !== 0) {
      notFinite += 1;
      continue;
    }
    if (value < min) min = value;
    if (value > max) max = value;
    if (value !== 0) count += 1;
    if (isWhole && value !== Math.round(value)) isWhole = false;
  }
  if (min > max) return { min: 0, max: 0, low: 0, high: 1, hasNegative: false, count, notFinite, isWhole };
  const hasNegative = min < 0;
  const [from, to] = hasNegative ? [0, Math.max(max, -min)] : [min, max];
  const histogram = new Uint32Array(bins);
  const factor = (bins - 1) / (to - from || 1);
  for (const value of data) {
    if (value - value !== 0 || value === 0) continue;
    histogram[(((hasNegative ? Math.abs(value) : value) - from) * factor) | 0] += 1;
  }
  const at = (share: number): number => {
    let seen = 0;
    for (let bin = 0; bin < bins; bin += 1) {
      seen += histogram[bin];
      if (seen >= share * count) return from + (bin + 0.5) / factor;
    }
    return to;
  };
  return {
    min,
    max,
    low: at(0.02),
    high: Math.min(at(0.98), to) || 1,
    hasNegative,
    count,
    notFinite,
    isWhole,
  };
}
