import { mean, median } from '../math/statistics.ts';
import { orthonormalTrends } from './trends.ts';
import type { VolumeStatistics } from './volume-statistics.ts';
import { trendOrder, type VoxelStatistics } from './voxel-statistics.ts';

/**
 * What a run is summed up by. Names are MRIQC's where the definition is the same (Esteban et al. 2017); null where there
 * was nothing to compute it from.
 */
export interface RunMeasures {
  readonly tsnr: number;
  readonly tsnr_detrended: number;
  readonly fd_mean: number | null;
  readonly fd_max: number | null;
  readonly fd_num: number | null;
  readonly fd_perc: number | null;
  readonly dvars_nstd: number;
  readonly dvars_std: number;
  readonly dvars_vstd: number;
  readonly dvars_std_max: number;
  readonly aor: number;
  readonly aor_max: number;
  readonly gcor: number;
  readonly lag1: number;
  readonly signal: number;
  readonly drift_perc: number;
}
export type MeasureName = keyof RunMeasures;

/** What a measure is and in which unit: for sidecars, tables and the report alike. */
export const measureFacts: Readonly<
  Record<MeasureName, { readonly title: string; readonly units: string; readonly description: string }>
> = {
  tsnr: {
    title: 'tSNR',
    units: '',
    description: 'Median over the brain of the temporal signal-to-noise ratio, mean / SD, nothing taken out',
  },
  tsnr_detrended: {
    title: 'tSNR, detrended',
    units: '',
    description: `Median over the brain of mean / SD of what polynomials up to order ${trendOrder} leave`,
  },
  fd_mean: { title: 'mean FD', units: 'mm', description: 'Mean framewise displacement (Power et al. 2012)' },
  fd_max: { title: 'largest FD', units: 'mm', description: 'Largest framewise displacement' },
  fd_num: {
    title: 'volumes over FD',
    units: 'volumes',
    description: 'Volumes whose framewise displacement exceeds the threshold',
  },
  fd_perc: {
    title: 'over FD',
    units: '%',
    description: 'Share of the volumes whose framewise displacement exceeds the threshold',
  },
  dvars_nstd: {
    title: 'DVARS',
    units: '0.1 % of the median signal',
    description: 'Mean DVARS of the run scaled to a median of 1000 (Power et al. 2012)',
  },
  dvars_std: {
    title: 'std. DVARS',
    units: '',
    description: 'Mean of standardised DVARS (Nichols 2017): 1 is what noise alone gives',
  },
  dvars_vstd: {
    title: 'voxelwise std. DVARS',
    units: '',
    description: 'Mean of DVARS with every voxel standardised by itself (Nichols 2017)',
  },
  dvars_std_max: {
    title: 'largest std. DVARS',
    units: '',
    description: 'Largest standardised DVARS of a volume',
  },
  aor: {
    title: 'outliers',
    units: '',
    description: 'Mean over volumes of the share of voxels that are outliers (AFNI 3dToutcount)',
  },
  aor_max: {
    title: 'most outliers',
    units: '',
    description: 'Largest share of voxels that are outliers in a volume',
  },
  gcor: {
    title: 'global correlation',
    units: '',
    description: 'Mean of all pairwise correlations between voxels (Saad et al. 2013)',
  },
  lag1: {
    title: 'lag-1 autocorrelation',
    units: '',
    description: 'Median over the brain of the correlation of neighbouring volumes',
  },
  signal: { title: 'signal', units: 'image units', description: 'Median over voxels and volumes' },
  drift_perc: {
    title: 'drift',
    units: '%',
    description: `Range over the run of the order-${trendOrder} trend of the global signal, of its mean`,
  },
};

/** @param displacement [nVolumes] framewise displacement in mm, null where no motion is known */
export function runMeasures(
  voxels: VoxelStatistics,
  volumes: VolumeStatistics,
  displacement: Float64Array | null,
  fdThreshold: number,
): RunMeasures {
  const known = displacement?.filter(Number.isFinite) ?? null;
  const moved = known !== null && known.length > 0 ? known : null;
  const above = moved === null ? null : moved.filter((value) => value > fdThreshold).length;
  const nVolumes = volumes.globalSignal.length;
  const kept = Uint32Array.from(voxels.usable.keys()).filter((voxel) => voxels.usable[voxel] === 1);
  const usable = (values: (voxel: number) => number) => Float64Array.from(kept, values);
  const changes = (values: Float64Array) => values.filter(Number.isFinite);
  return {
    tsnr: median(usable((voxel) => voxels.mean[voxel] / voxels.sd[voxel])),
    tsnr_detrended: median(usable((voxel) => voxels.mean[voxel] / voxels.detrendedSd[voxel])),
    fd_mean: moved && mean(moved),
    fd_max: moved && Math.max(...moved),
    fd_num: above,
    fd_perc: above === null ? null : (100 * above) / nVolumes,
    dvars_nstd: mean(changes(volumes.dvars)),
    dvars_std: mean(changes(volumes.stdDvars)),
    dvars_vstd: mean(changes(volumes.voxelStdDvars)),
    dvars_std_max: Math.max(...changes(volumes.stdDvars)),
    aor: mean(volumes.outlierFraction),
    aor_max: Math.max(...volumes.outlierFraction),
    gcor: volumes.gcor,
    lag1: median(usable((voxel) => voxels.lag1[voxel])),
    signal: volumes.median,
    drift_perc: drift(volumes.globalSignal),
  };
}

/** Range of the fitted trend of a series, in per cent of its mean. */
function drift(series: Float64Array): number {
  const fitted = new Float64Array(series.length);
  for (const trend of orthonormalTrends(series.length, trendOrder)) {
    const weight = trend.reduce((sum, value, t) => sum + value * series[t], 0);
    for (let t = 0; t < fitted.length; t += 1) fitted[t] += weight * trend[t];
  }
  return (100 * (Math.max(...fitted) - Math.min(...fitted))) / mean(series);
}
