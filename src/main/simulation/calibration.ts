import { voxelCount } from '../imaging/grid.ts';
import type { Region } from '../imaging/regions.ts';
import { mean, median, quantile, variance } from '../math/statistics.ts';
import { evokedSignal, runRandom, simulateRun } from './bold.ts';
import type { SimulatedBrain } from './brain.ts';
import type { ExperimentPlan } from './experiment.ts';

/** How strong signal and noise are in simulated series, measured on the series themselves. */
export interface Calibration {
  /** Median over grey voxels of mean / standard deviation in time. */
  readonly tSnr: number;
  /** Median over grey voxels of the correlation from one volume to the next, signal and drift included. */
  readonly lag1Autocorrelation: number;
  /**
   * Share of the temporal variance that the identity of the faces explains (what differs from face to face, not the
   * response to any face), as a fraction: mean over the best twentieth of a region's voxels, and their median.
   */
  readonly regions: readonly {
    readonly name: Region['name'];
    readonly best: number;
    readonly median: number;
  }[];
}

/**
 * Measures a simulated study. Over seeds 1 to 5 and three runs each: tSNR 68 to 69; best identity shares of
 * occipital 2.9-3.2 %, temporal 2.0-2.3 %, frontoparietal 0.6-0.7 %; medians 1.5-1.6 %, 0.9-1.1 %, below 0.1 %.
 *
 * @param seed as for `simulateRun`.
 * @param nRuns runs to measure, from the first; default 3.
 */
export function measureCalibration(
  brain: SimulatedBrain,
  plan: ExperimentPlan,
  seed: number | string,
  nRuns = 3,
): Calibration {
  const nGrey = brain.greyMask.indices.length;
  const nVoxels = voxelCount(brain.grid);
  const runs = plan.runs.slice(0, nRuns);
  const explained = new Float64Array(nGrey);
  const tSnr = new Float64Array(nGrey);
  const lag1 = new Float64Array(nGrey);
  for (const run of runs) {
    const { series } = simulateRun(brain, run, plan.faces, seed);
    const { identity } = evokedSignal(brain, run, plan.faces, runRandom(seed, run).fork('trials'));
    for (let v = 0; v < nGrey; v += 1) {
      const index = brain.greyMask.indices[v];
      const course = Float64Array.from({ length: run.nVolumes }, (_, t) => series[t * nVoxels + index]);
      const signal = Float64Array.from({ length: run.nVolumes }, (_, t) => identity[t * nGrey + v]);
      const total = variance(course);
      const centre = mean(course);
      const signalVariance = variance(signal) * brain.noise[brain.greyInBrain[v]] ** 2;
      explained[v] += signalVariance / total / runs.length;
      tSnr[v] += centre / Math.sqrt(total) / runs.length;
      let product = 0;
      for (let t = 1; t < run.nVolumes; t += 1) product += (course[t] - centre) * (course[t - 1] - centre);
      lag1[v] += product / ((run.nVolumes - 1) * total) / runs.length;
    }
  }
  return {
    tSnr: median(tSnr),
    lag1Autocorrelation: median(lag1),
    regions: brain.regions.map(({ name, voxels }) => {
      const shares = Float64Array.from(voxels, (voxel) => explained[voxel]);
      const border = quantile(shares, 0.95);
      return { name, best: mean(shares.filter((share) => share >= border)), median: median(shares) };
    }),
  };
}
