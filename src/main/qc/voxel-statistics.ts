import { OrderStatistics } from '../math/select.ts';
import { orthonormalTrends } from './trends.ts';

/** Statistics of every voxel over time, each [nVoxels]. A voxel that is ever NaN or infinite has NaN everywhere. */
export interface VoxelStatistics {
  readonly mean: Float32Array;
  /** Population standard deviation (divided by n), as in nipype's tSNR. */
  readonly sd: Float32Array;
  /** The same of what is left after the trends: polynomials of order 0 to `trendOrder`. */
  readonly detrendedSd: Float32Array;
  /** r1 / r0 of the biased autocovariance about the mean (Yule-Walker of order 1). */
  readonly lag1: Float32Array;
  readonly median: Float32Array;
  readonly smallest: Float32Array;
  readonly largest: Float32Array;
  /** Median absolute deviation from the median. */
  readonly mad: Float32Array;
  /** (75th - 25th percentile) / 1.349, percentiles by the lower neighbour, as FSL and nipype take them. */
  readonly robustSd: Float32Array;
  /** [trendOrder, nVoxels]: weights of the orthonormal trends. */
  readonly trendWeights: Float32Array;
  /** 1 where the voxel is finite throughout and varies (its robust SD is not 0), else 0. */
  readonly usable: Uint8Array;
  readonly nNotFinite: number;
  /** Finite voxels that hold one value at least half of the time, most often throughout. */
  readonly nConstant: number;
}

/** Order of the polynomial trend that is taken out for tSNR and the carpet. */
export const trendOrder = 2;

/** Voxels turned over at a time, so that each one's series lies together. */
const blockVoxels = 64;

/**
 * @param y [nVolumes, nVoxels] row-major
 * @param onBlock called now and then, to look for a cancel
 */
export function voxelStatistics(
  y: Float32Array,
  nVolumes: number,
  onBlock: () => void = () => undefined,
): VoxelStatistics {
  const nVoxels = y.length / nVolumes;
  const result = emptyStatistics(nVoxels);
  const trends = orthonormalTrends(nVolumes, trendOrder);
  const block = new Float32Array(blockVoxels * nVolumes);
  const quartiles = new Quartiles(nVolumes);
  let nNotFinite = 0;
  let nConstant = 0;
  for (let start = 0; start < nVoxels; start += blockVoxels) {
    if (start % (64 * blockVoxels) === 0) onBlock();
    const count = Math.min(blockVoxels, nVoxels - start);
    for (let t = 0; t < nVolumes; t += 1) {
      const at = t * nVoxels + start;
      for (let v = 0; v < count; v += 1) block[v * nVolumes + t] = y[at + v];
    }
    for (let v = 0; v < count; v += 1) {
      const series = block.subarray(v * nVolumes, (v + 1) * nVolumes);
      const state = describe(series, quartiles, trends, start + v, result);
      if (state === 'not finite') nNotFinite += 1;
      else if (state === 'constant') nConstant += 1;
    }
  }
  return { ...result, nNotFinite, nConstant };
}

type Arrays = Omit<VoxelStatistics, 'nNotFinite' | 'nConstant'>;

function emptyStatistics(nVoxels: number): Arrays {
  const empty = (length = nVoxels) => new Float32Array(length).fill(Number.NaN);
  return {
    mean: empty(),
    sd: empty(),
    detrendedSd: empty(),
    lag1: empty(),
    median: empty(),
    smallest: empty(),
    largest: empty(),
    mad: empty(),
    robustSd: empty(),
    trendWeights: empty(trendOrder * nVoxels),
    usable: new Uint8Array(nVoxels),
  };
}

function describe(
  series: Float32Array,
  quartiles: Quartiles,
  [first, second]: readonly Float64Array[],
  voxel: number,
  result: Arrays,
): 'usable' | 'constant' | 'not finite' {
  const n = series.length;
  // About the first value, so that a large mean costs no digits.
  const origin = series[0];
  let sum = 0;
  for (let t = 0; t < n; t += 1) sum += series[t] - origin;
  if (!Number.isFinite(sum)) return 'not finite';
  const shift = sum / n;
  let squares = 0;
  let products = 0;
  let before = 0;
  let firstWeight = 0;
  let secondWeight = 0;
  for (let t = 0; t < n; t += 1) {
    const value = series[t] - origin - shift;
    squares += value * value;
    products += value * before;
    before = value;
    firstWeight += first[t] * value;
    secondWeight += second[t] * value;
  }
  const nVoxels = result.mean.length;
  result.mean[voxel] = origin + shift;
  result.sd[voxel] = Math.sqrt(squares / n);
  const left = Math.max(0, squares - firstWeight * firstWeight - secondWeight * secondWeight);
  result.detrendedSd[voxel] = Math.sqrt(left / n);
  result.trendWeights[voxel] = firstWeight;
  result.trendWeights[nVoxels + voxel] = secondWeight;
  const { median, robustSd, mad, smallest, largest } = quartiles.of(series);
  result.median[voxel] = median;
  result.smallest[voxel] = smallest;
  result.largest[voxel] = largest;
  result.mad[voxel] = mad;
  result.robustSd[voxel] = robustSd;
  result.lag1[voxel] = squares > 0 ? products / squares : 0;
  if (!(robustSd > 0)) return 'constant';
  result.usable[voxel] = 1;
  return 'usable';
}

/** Median, robust SD, median absolute deviation and range of one series after another. */
class Quartiles {
  readonly #order: OrderStatistics;
  readonly #ranks: Int32Array;
  readonly #middle: Int32Array;
  readonly #found = new Float64Array(4);
  readonly #foundMiddle = new Float64Array(2);
  readonly #deviations: Float32Array;

  constructor(n: number) {
    const middle = [(n - 1) >> 1, n >> 1];
    this.#order = new OrderStatistics(n);
    this.#ranks = Int32Array.of(Math.floor(0.25 * (n - 1)), ...middle, Math.floor(0.75 * (n - 1)));
    this.#middle = Int32Array.from(middle);
    this.#deviations = new Float32Array(n);
  }

  of(series: Float32Array) {
    this.#order.find(series, this.#ranks, this.#found);
    const { smallest, largest } = this.#order;
    const [lower, first, second, upper] = this.#found;
    const median = (first + second) / 2;
    const deviations = this.#deviations;
    for (let t = 0; t < series.length; t += 1) deviations[t] = Math.abs(series[t] - median);
    this.#order.find(deviations, this.#middle, this.#foundMiddle);
    return {
      median,
      robustSd: (upper - lower) / 1.349,
      mad: (this.#foundMiddle[0] + this.#foundMiddle[1]) / 2,
      smallest,
      largest,
    };
  }
}
