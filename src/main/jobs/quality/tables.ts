import { columnDescriptions, type TableColumn } from '../../formats/table/columns.ts';
import { type MeasureName, measureFacts } from '../../qc/run-measures.ts';
import { type RunQuality, verdictOf } from './run-quality.ts';

/** A row a run: verdict, reasons, measures. */
export function runColumns(runs: readonly RunQuality[]): TableColumn[] {
  const measures = (Object.keys(measureFacts) as MeasureName[]).map((name): TableColumn => {
    const { description, units } = measureFacts[name];
    return {
      name,
      type: name === 'fd_num' ? 'int' : 'double',
      values: runs.map((run) => run.measures[name]),
      description,
      ...(units === '' ? {} : { units }),
    };
  });
  return [
    {
      name: 'run',
      type: 'string',
      values: runs.map(({ name }) => name),
      description: 'Name of the run, without its suffix',
    },
    {
      name: 'verdict',
      type: 'string',
      values: runs.map(verdictOf),
      description: 'good, look (look at it before it is used), or bad (think of leaving it out)',
    },
    {
      name: 'reasons',
      type: 'string',
      values: runs.map(({ flags }) => flags.map(({ reason }) => reason).join('; ') || null),
      description: 'What the run was marked for, with the limits',
    },
    { name: 'volumes', type: 'int', values: runs.map(({ nVolumes }) => nVolumes), description: 'Volumes' },
    {
      name: 'volumes_flagged',
      type: 'int',
      values: runs.map(({ flagged }) => flagged.reduce((sum, flag) => sum + flag, 0)),
      description:
        'Volumes over a threshold of FD, standardised DVARS or outliers, or with a slice that stands out',
    },
    {
      name: 'tr',
      type: 'double',
      values: runs.map(({ tR }) => tR),
      description: 'Repetition time',
      units: 's',
    },
    ...measures,
    {
      name: 'slice_spikes',
      type: 'int',
      values: runs.map(({ spikes }) => spikes.length),
      description: 'Slices that stand out in a single volume',
    },
    {
      name: 'dead_slices',
      type: 'int',
      values: runs.map(({ deadSlices }) => deadSlices.length),
      description: 'Slices without signal for the whole run',
    },
    {
      name: 'mean_corr',
      type: 'double',
      values: runs.map(({ meanCorrelation }) => meanCorrelation),
      description: "Correlation of the run's mean image with the median of all runs' mean images",
    },
    {
      name: 'vif_max',
      type: 'double',
      values: runs.map(({ design }) => (design ? largestVif(design) : null)),
      description: 'Largest variance inflation factor of a condition in the design',
    },
    {
      name: 'voxels_constant',
      type: 'int',
      values: runs.map(({ nConstant }) => nConstant),
      description: 'Voxels of the mask that do not vary, and are left out',
    },
    {
      name: 'voxels_not_finite',
      type: 'int',
      values: runs.map(({ nNotFinite }) => nNotFinite),
      description: 'Voxels of the mask that hold NaN or infinity, and are left out',
    },
  ];
}

/** Of the conditions and modulators: what is asked about. */
export function largestVif({ design, quality }: NonNullable<RunQuality['design']>): number {
  const asked = quality.columns.flatMap((column, at) =>
    ['condition', 'modulator'].includes(design.roles[column]) ? [quality.vif[at]] : [],
  );
  return asked.length > 0 ? Math.max(...asked) : Number.NaN;
}

/** A row a volume, in the words of fMRIPrep's confounds where the definition is the same. */
export function volumeColumns(
  run: Pick<RunQuality, 'volumes' | 'displacement' | 'flagged' | 'spikes' | 'nVolumes' | 'motionSource'>,
): TableColumn[] {
  const { volumes, displacement, flagged, spikes, nVolumes } = run;
  const spikesAt = new Int32Array(nVolumes);
  for (const { volume } of spikes) spikesAt[volume] += 1;
  return [
    {
      name: 'framewise_displacement',
      type: 'double',
      values: displacement ?? new Float64Array(nVolumes).fill(Number.NaN),
      description: `Framewise displacement (Power et al. 2012); ${run.motionSource ?? 'no motion is known'}`,
      units: 'mm',
    },
    {
      name: 'dvars',
      type: 'double',
      values: volumes.dvars,
      description: 'Root mean square change since the volume before, the run scaled to a median of 1000',
      units: '0.1 % of the median signal',
    },
    {
      name: 'std_dvars',
      type: 'double',
      values: volumes.stdDvars,
      description: 'DVARS over what noise alone would give (Nichols 2017)',
    },
    {
      name: 'vx_std_dvars',
      type: 'double',
      values: volumes.voxelStdDvars,
      description: 'DVARS with every voxel standardised by itself (Nichols 2017)',
    },
    {
      name: 'global_signal',
      type: 'double',
      values: volumes.globalSignal,
      description: 'Mean over the brain',
      units: 'image units',
    },
    {
      name: 'outlier_fraction',
      type: 'double',
      values: volumes.outlierFraction,
      description: 'Share of the voxels that are outliers (AFNI 3dToutcount -polort 0 -fraction)',
    },
    {
      name: 'slice_spikes',
      type: 'int',
      values: spikesAt,
      description: 'Slices that stand out in this volume',
    },
    {
      name: 'flagged',
      type: 'bool',
      values: Array.from(flagged, (flag) => flag === 1),
      description: 'Whether any threshold is passed',
    },
  ];
}

/** What qc.json says of the columns of qc.tsv, under `columns`. */
export function describeRunColumns(runs: readonly RunQuality[]) {
  return columnDescriptions(runColumns(runs));
}
