import { normalIsf } from '../math/distributions.ts';
import type { RunMeasures } from './run-measures.ts';
import type { SliceSpike } from './slice-spikes.ts';
import type { VolumeStatistics } from './volume-statistics.ts';

export interface QualityThresholds {
  /** Framewise displacement of a volume, mm. fMRIPrep's default (and Power et al. 2012) is 0.5. */
  readonly fd: number;
  /**
   * Standardised DVARS of a volume. fMRIPrep's default is 1.5. Noise that many voxels share passes it now and then, so
   * the volume must also stand out of the run's own noise (`dvarsZ`).
   */
  readonly stdDvars: number;
  /** Share of a volume's voxels that are outliers. AFNI's afni_proc.py censors from 0.05 to 0.1 on. */
  readonly outlierFraction: number;
}

export const defaultThresholds: QualityThresholds = { fd: 0.5, stdDvars: 1.5, outlierFraction: 0.1 };

/** What a run is marked by. `bad`: think of leaving it out. `look`: look at it before it is used. */
export interface Flag {
  readonly kind:
    | 'motion'
    | 'jump'
    | 'spike'
    | 'volumes'
    | 'dead slice'
    | 'slice spike'
    | 'drift'
    | 'deviates'
    | 'design';
  readonly level: 'bad' | 'look';
  /** A sentence with value, unit and threshold. */
  readonly reason: string;
}

/** Levels at which a whole run is marked; the report names each. */
export const runLimits = {
  /** Mean framewise displacement, mm (the "lenient" criterion of Parkes et al. 2018 is 0.55). */
  fdMean: 0.5,
  /** A single displacement that large is marked as bad, mm (Parkes et al. 2018). */
  fdMax: 5,
  /** Shares of a run's volumes over a threshold, per cent (Parkes et al. 2018: 20). */
  volumesBad: 20,
  volumesLook: 10,
  /** A single volume is marked from this multiple of a threshold on. */
  singleVolume: 2,
  /** Range of the trend of the global signal, per cent of its mean. */
  drift: 5,
  /** Correlation of two regressors of interest, and variance inflation, from which a design is marked. */
  designCorrelation: 0.9,
  designVif: 10,
} as const;

/** Chance that undisturbed noise marks any volume of a run by DVARS. */
const dvarsChance = 0.05;

/** Standardised DVARS of volumes that stand out of the run's own noise (Bonferroni over volumes); 0 of the others. */
function significantDvars({ stdDvars, dvarsZ }: VolumeStatistics): Float64Array {
  const limit = normalIsf(dvarsChance / stdDvars.length);
  return stdDvars.map((value, t) => (dvarsZ[t] > limit ? value : 0));
}

/** Volumes over a threshold, [nVolumes]: 1 where any of FD, standardised DVARS, outliers or a slice says so. */
export function flaggedVolumes(
  volumes: VolumeStatistics,
  displacement: Float64Array | null,
  spikes: readonly SliceSpike[],
  thresholds: QualityThresholds,
): Uint8Array {
  const flags = new Uint8Array(volumes.globalSignal.length);
  const dvars = significantDvars(volumes);
  for (let t = 0; t < flags.length; t += 1) {
    const over =
      (displacement?.[t] ?? 0) > thresholds.fd ||
      dvars[t] > thresholds.stdDvars ||
      volumes.outlierFraction[t] > thresholds.outlierFraction;
    if (over) flags[t] = 1;
  }
  for (const { volume } of spikes) flags[volume] = 1;
  return flags;
}

export interface RunFindings {
  readonly measures: RunMeasures;
  readonly displacement: Float64Array | null;
  readonly volumes: VolumeStatistics;
  readonly flagged: Uint8Array;
  readonly spikes: readonly SliceSpike[];
  /** From 0. */
  readonly deadSlices: readonly number[];
  /** Seconds between volumes. */
  readonly tR: number;
}

/** What a run is marked by, judged by itself. */
export function runFlags(run: RunFindings, thresholds: QualityThresholds): Flag[] {
  return [
    ...motionFlags(run, thresholds),
    ...volumeFlags(run, thresholds),
    ...sliceFlags(run),
    ...driftFlags(run.measures),
  ];
}

function motionFlags({ measures, displacement, tR }: RunFindings, { fd }: QualityThresholds): Flag[] {
  const { fd_mean: mean, fd_max: largest } = measures;
  if (displacement === null || mean === null || largest === null) return [];
  const flags: Flag[] = [];
  if (mean > runLimits.fdMean) {
    flags.push({
      kind: 'motion',
      level: 'bad',
      reason: `mean FD ${mean.toFixed(2)} mm (limit ${runLimits.fdMean} mm)`,
    });
  }
  if (largest > runLimits.singleVolume * fd) {
    flags.push({
      kind: 'jump',
      level: largest > runLimits.fdMax ? 'bad' : 'look',
      reason: `${largest.toFixed(1)} mm from one volume to the next at ${seconds(displacement.indexOf(largest), tR)} (limit ${runLimits.singleVolume * fd} mm)`,
    });
  }
  return flags;
}

function volumeFlags(run: RunFindings, thresholds: QualityThresholds): Flag[] {
  const flags: Flag[] = [];
  const { volumes, flagged, tR } = run;
  const single = significantDvars(volumes)
    .map((value, t) =>
      Math.max(value / thresholds.stdDvars, volumes.outlierFraction[t] / thresholds.outlierFraction),
    )
    .map((ratio) => (ratio > runLimits.singleVolume ? ratio : 0));
  let worst = single.indexOf(Math.max(...single));
  if (single[worst] > 0) {
    // A volume that leaves and one that comes back are one spike, told by where it begins.
    const largest = volumes.stdDvars[worst];
    while (single[worst - 1] > 0) worst -= 1;
    const starts = single.filter((ratio, t) => ratio > 0 && !(single[t - 1] > 0)).length;
    flags.push({
      kind: 'spike',
      level: 'look',
      reason: `${starts === 1 ? 'a spike' : `${starts} spikes, the largest`} at ${seconds(worst, tR)}: standardised DVARS ${largest.toFixed(1)} (limit ${runLimits.singleVolume * thresholds.stdDvars}), ${percent(volumes.outlierFraction[worst])} of the voxels outliers (limit ${percent(runLimits.singleVolume * thresholds.outlierFraction)})`,
    });
  }
  const share = (100 * flagged.reduce((sum, flag) => sum + flag, 0)) / flagged.length;
  if (share > runLimits.volumesLook) {
    flags.push({
      kind: 'volumes',
      level: share > runLimits.volumesBad ? 'bad' : 'look',
      reason: `${share.toFixed(0)} % of the volumes over a threshold (limits ${runLimits.volumesLook} % and ${runLimits.volumesBad} %)`,
    });
  }
  return flags;
}

function sliceFlags({ spikes, deadSlices, tR }: RunFindings): Flag[] {
  const flags: Flag[] = [];
  if (deadSlices.length > 0) {
    flags.push({
      kind: 'dead slice',
      level: 'bad',
      reason: `no signal in ${deadSlices.length === 1 ? 'slice' : 'slices'} ${deadSlices.slice(0, 5).join(', ')} for the whole run`,
    });
  }
  if (spikes.length > 0) {
    const [{ slice, volume, change }] = spikes;
    flags.push({
      kind: 'slice spike',
      level: 'look',
      reason: `${spikes.length === 1 ? 'one slice stands' : `${spikes.length} slices stand`} out in a single volume, most of all slice ${slice} at ${seconds(volume, tR)}: ${change > 0 ? '+' : '-'}${percent(Math.abs(change))}`,
    });
  }
  return flags;
}

function driftFlags({ drift_perc: drift }: RunMeasures): Flag[] {
  if (!(drift > runLimits.drift)) return [];
  return [
    {
      kind: 'drift',
      level: 'look',
      reason: `the global signal drifts by ${drift.toFixed(1)} % (limit ${runLimits.drift} %)`,
    },
  ];
}

function seconds(volume: number, tR: number): string {
  return `${Number((volume * tR).toFixed(1))} s (volume ${volume})`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}
