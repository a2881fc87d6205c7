import { normalIsf } from '../math/distributions.ts';
import { medianOfMany, selectInPlace } from '../math/select.ts';
import { quantile } from '../math/statistics.ts';
import type { VoxelStatistics } from './voxel-statistics.ts';

/** What happens from volume to volume, each [nVolumes]. Differences have no value at the first volume: NaN. */
export interface VolumeStatistics {
  /**
   * DVARS (Power et al. 2012): root mean square over voxels of the change since the volume before, after scaling the run
   * so that its median over voxels and volumes is 1000 (units: 0.1 % of the median signal).
   */
  readonly dvars: Float64Array;
  /**
   * DVARS over its expectation from the voxels' robust SD and lag-1 autocorrelation (Nichols 2017); fMRIPrep's
   * `std_dvars`. 1 is what noise alone gives.
   */
  readonly stdDvars: Float64Array;
  /** How far a volume's DVARS lies above the run's own noise, as a normal deviate (see `dvarsDeviates`). */
  readonly dvarsZ: Float64Array;
  /** The same with each voxel standardised by itself; fMRIPrep's `vx-wisestd_dvars`. */
  readonly voxelStdDvars: Float64Array;
  /** Mean over the usable voxels, in the image's units. */
  readonly globalSignal: Float64Array;
  /** Share of the usable voxels that are outliers (AFNI's 3dToutcount -polort 0 -fraction). */
  readonly outlierFraction: Float64Array;
  /** [nVolumes, nSlices] mean over the usable voxels of each slice, in the image's units; NaN for an empty slice. */
  readonly sliceMeans: Float64Array;
  readonly nSlices: number;
  /** Global correlation (Saad et al. 2013): mean of all pairwise correlations between voxels' series. */
  readonly gcor: number;
  /** Median over all usable voxels and volumes, in the image's units: what DVARS is scaled by. */
  readonly median: number;
}

/** AFNI's q: how rare, in a whole run of normal values, a value must be to count as an outlier. */
const outlierTail = 0.001;
const normalisedMedian = 1000;

/**
 * Statistics of every volume of a run, in one pass over the values.
 *
 * Outliers lie further from the voxel's median than `alpha sqrt(pi / 2) MAD`, alpha the normal deviate that a share of
 * 0.001 / nVolumes exceeds.
 *
 * @param y [nVolumes, nVoxels] row-major
 * @param slices [nVoxels] the slice of each voxel
 */
export function volumeStatistics(
  y: Float32Array,
  nVolumes: number,
  statistics: VoxelStatistics,
  slices: { readonly of: Uint16Array; readonly count: number },
  onVolume: () => void = () => undefined,
): VolumeStatistics {
  const nVoxels = statistics.mean.length;
  const { voxels, medians, means, limits, expected, weights, zScales } = prepare(statistics, nVolumes);
  const n = voxels.length;
  const median = medianOfUsable(y, statistics, voxels);
  const scale = normalisedMedian / median;
  const meanExpected = expected.reduce((sum, value) => sum + value, 0) / n;
  const series = () => new Float64Array(nVolumes).fill(Number.NaN);
  const result = {
    dvars: series(),
    stdDvars: series(),
    voxelStdDvars: series(),
    globalSignal: series(),
    outlierFraction: series(),
    sliceMeans: new Float64Array(nVolumes * slices.count),
  };
  const sliceSizes = new Float64Array(slices.count);
  for (const voxel of voxels) sliceSizes[slices.of[voxel]] += 1;
  let gcor = 0;
  for (let t = 0; t < nVolumes; t += 1) {
    onVolume();
    const now = t * nVoxels;
    const before = now - nVoxels;
    const sliceRow = result.sliceMeans.subarray(t * slices.count, (t + 1) * slices.count);
    let sum = 0;
    let outliers = 0;
    let changes = 0;
    let standardChanges = 0;
    let zSum = 0;
    for (let i = 0; i < n; i += 1) {
      const voxel = voxels[i];
      const value = y[now + voxel];
      sum += value;
      sliceRow[slices.of[voxel]] += value;
      outliers += Number(Math.abs(value - medians[i]) > limits[i]);
      zSum += (value - means[i]) * zScales[i];
      if (t > 0) {
        const change = value - y[before + voxel];
        const square = change * change;
        changes += square;
        standardChanges += square * weights[i];
      }
    }
    result.globalSignal[t] = sum / n;
    result.outlierFraction[t] = outliers / n;
    gcor += (zSum / n) ** 2 / nVolumes;
    for (let slice = 0; slice < slices.count; slice += 1) sliceRow[slice] /= sliceSizes[slice];
    if (t === 0) continue;
    const rms = Math.sqrt(changes / n);
    result.dvars[t] = rms * scale;
    result.stdDvars[t] = rms / meanExpected;
    result.voxelStdDvars[t] = Math.sqrt(standardChanges / n);
  }
  return { ...result, dvarsZ: dvarsDeviates(result.dvars), nSlices: slices.count, gcor, median };
}

/** What each usable voxel is held against, in the order of `voxels`. */
function prepare(statistics: VoxelStatistics, nVolumes: number) {
  const { usable, mean, median, mad, lag1, robustSd, sd } = statistics;
  const voxels = positionsOf(usable);
  const alpha = normalIsf(outlierTail / nVolumes) * Math.sqrt(Math.PI / 2);
  const pick = (value: (voxel: number) => number) => {
    const picked = new Float64Array(voxels.length);
    for (let i = 0; i < voxels.length; i += 1) picked[i] = value(voxels[i]);
    return picked;
  };
  /** SD of the change between neighbouring volumes that a stationary AR(1) series would have. */
  const expected = pick((voxel) => Math.sqrt(2 * (1 - lag1[voxel])) * robustSd[voxel]);
  return {
    voxels,
    means: pick((voxel) => mean[voxel]),
    medians: pick((voxel) => median[voxel]),
    limits: pick((voxel) => alpha * mad[voxel]),
    expected,
    weights: expected.map((sdOfChange) => 1 / (sdOfChange * sdOfChange)),
    zScales: pick((voxel) => 1 / sd[voxel]),
  };
}

/**
 * DVARS as normal deviates against the run's own noise, after Afyouni & Nichols (2018), NeuroImage 172:291: the square of
 * DVARS is close to a scaled chi-squared variable, whose cube root is close to normal; its centre is the median and its
 * spread comes from the lower half alone, which spikes do not reach.
 *
 * @param dvars [nVolumes], NaN at the first volume
 */
export function dvarsDeviates(dvars: Float64Array): Float64Array {
  const roots = dvars.map((value) => Math.cbrt(value * value));
  const known = roots.filter(Number.isFinite);
  const centre = quantile(known, 0.5);
  const spread = (centre - quantile(known, 0.25)) / normalQuartile;
  return roots.map((value) => (value - centre) / spread);
}

/** Upper quartile of the standard normal distribution. */
const normalQuartile = 0.6744897501960817;

function positionsOf(flags: Uint8Array): Uint32Array {
  const positions = new Uint32Array(flags.length);
  let count = 0;
  for (let i = 0; i < flags.length; i += 1) {
    if (flags[i] === 0) continue;
    positions[count] = i;
    count += 1;
  }
  return positions.slice(0, count);
}

/** Share of the voxels, on both sides of the middle one, between whose medians the median of everything is looked for. */
const bracket = 0.02;

/**
 * The median over usable voxels and volumes. Most voxels lie on one side of it for the whole run, which their smallest and
 * largest values tell: only the others are looked at value by value. Where that does not settle it, all are.
 */
function medianOfUsable(y: Float32Array, statistics: VoxelStatistics, voxels: Uint32Array): number {
  const { median, smallest, largest } = statistics;
  const medians = Float64Array.from({ length: voxels.length }, (_, i) => median[voxels[i]]);
  const lower = quantile(medians, 0.5 - bracket);
  const upper = quantile(medians, 0.5 + bracket);
  const nVolumes = y.length / median.length;
  const total = voxels.length * nVolumes;
  const below = voxels.filter((voxel) => largest[voxel] < lower).length * nVolumes;
  const doubtful = voxels.filter((voxel) => largest[voxel] >= lower && smallest[voxel] <= upper);
  const ranks = [((total - 1) >> 1) - below, (total >> 1) - below];
  if (ranks[0] >= 0 && ranks[1] < doubtful.length * nVolumes) {
    const values = gather(y, median.length, doubtful);
    const [low, high] = ranks.map((rank) => selectInPlace(values, rank));
    if (low >= lower && high <= upper) return (low + high) / 2;
  }
  return medianOfMany(voxels.length === median.length ? y : gather(y, median.length, voxels));
}

/** [nVolumes, voxels.length] values of some voxels. */
function gather(y: Float32Array, nVoxels: number, voxels: Uint32Array): Float32Array {
  const values = new Float32Array((y.length / nVoxels) * voxels.length);
  for (let start = 0, at = 0; start < y.length; start += nVoxels, at += voxels.length) {
    for (let i = 0; i < voxels.length; i += 1) values[at + i] = y[start + voxels[i]];
  }
  return values;
}
