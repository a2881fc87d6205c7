import { FusiformError, type Problem } from '../../../shared/errors.ts';
import { repetitionTime } from '../../bids/repetition-time.ts';
import { type BoldSeries, openSeries } from '../../formats/nifti/series.ts';
import { gridMismatchMessage, sameGrid } from '../../imaging/grid.ts';
import type { Mask } from '../../imaging/mask.ts';
import { type Carpet, carpetOf } from '../../qc/carpet.ts';
import { designQuality } from '../../qc/design-quality.ts';
import { flaggedVolumes, type QualityThresholds, runFlags } from '../../qc/flags.ts';
import { runMeasures } from '../../qc/run-measures.ts';
import { deadSlices, sliceSpikes } from '../../qc/slice-spikes.ts';
import { volumeStatistics } from '../../qc/volume-statistics.ts';
import { type VoxelStatistics, voxelStatistics } from '../../qc/voxel-statistics.ts';
import type { StageContext } from '../stage.ts';
import { openRun, type RunSpec } from '../stages/bold-run.ts';
import { designOf } from '../stages/glm-fit.ts';
import type { GlmSettings } from '../stages/glm-settings.ts';
import type { CarpetGrouping } from './carpet-groups.ts';
import { designFlags } from './design-flags.ts';
import { type HeadMotion, readHeadMotion } from './head-motion.ts';
import { readQualitySeries } from './read-series.ts';
import type { RunDesign, RunQuality } from './run-quality.ts';

/** A run that can be examined; its volumes are still on the disk. */
export interface OpenedRun {
  readonly name: string;
  readonly series: BoldSeries;
  /** Seconds. */
  readonly tR: number;
  readonly motion: HeadMotion | null;
  readonly design: RunDesign | null;
  readonly problems: readonly Problem[];
}

/** A run's findings before it is compared with the others. */
export interface ExaminedRun {
  readonly quality: Omit<RunQuality, 'label' | 'meanCorrelation' | 'deviations'>;
  readonly voxels: VoxelStatistics;
  /** [nx * ny * nz] mean over time, outside the mask too. */
  readonly meanImage: Float32Array;
  readonly carpet: Carpet;
  readonly problems: readonly Problem[];
}

/** Fewer volumes have no trend, no quartiles and no usual change. */
const fewestVolumes = 10;
const carpetRows = 320;

/**
 * Opens a run, with its motion and its design. Where those cannot be had the run is examined without them, and a problem
 * says so.
 *
 * @throws FusiformError RUN_TOO_SHORT, BIDS_TR_INVALID, and what reading the image's header throws
 */
export async function openQualityRun(
  spec: RunSpec,
  settings: GlmSettings,
  context: StageContext,
): Promise<OpenedRun> {
  const file = context.inputs[`${spec.name}:bold`];
  const series = await openSeries(file);
  if (series.nVolumes < fewestVolumes) {
    throw new FusiformError(
      'RUN_TOO_SHORT',
      `The run has ${series.nVolumes} volumes; quality control needs at least ${fewestVolumes}.`,
      { file },
    );
  }
  const metadata = { RepetitionTime: spec.repetitionTime };
  const tR = repetitionTime({ metadata, header: series.header, file });
  const problems: Problem[] = [];
  const confounds = context.inputs[`${spec.name}:confounds`];
  const motion =
    confounds === undefined
      ? null
      : await tried(() => readHeadMotion(confounds, series.nVolumes), problems, 'Its motion is not shown');
  const design =
    context.inputs[`${spec.name}:events`] === undefined
      ? null
      : await tried(() => designOfRun(spec, settings, context), problems, 'Its design is not shown');
  return { name: spec.name, series, tR, motion, design, problems };
}

async function tried<T>(
  action: () => Promise<T>,
  problems: Problem[],
  consequence: string,
): Promise<T | null> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof FusiformError) || error.code === 'JOB_CANCELLED') throw error;
    problems.push({ ...error.toProblem(), message: `${error.message} ${consequence}.` });
    return null;
  }
}

async function designOfRun(spec: RunSpec, settings: GlmSettings, context: StageContext): Promise<RunDesign> {
  const design = designOf(await openRun(spec, settings, context), settings);
  return { design, quality: designQuality(design.columns) };
}

/**
 * Reads a run's volumes once and examines them.
 *
 * @throws FusiformError RUN_GRID_MISMATCH, RUN_WITHOUT_SIGNAL, and what reading the volumes throws
 */
export async function examineRun(
  run: OpenedRun,
  { mask, grouping, thresholds }: { mask: Mask; grouping: CarpetGrouping; thresholds: QualityThresholds },
  { signal }: StageContext,
  onVolume: () => void,
): Promise<ExaminedRun> {
  const { series, tR, motion, design } = run;
  if (!sameGrid(series.grid, mask.grid)) {
    throw new FusiformError(
      'RUN_GRID_MISMATCH',
      `The run is not on the grid of the mask: ${gridMismatchMessage(series.grid, mask.grid)}.`,
      { file: series.path },
    );
  }
  const { nVolumes } = series;
  const { y, mean } = await readQualitySeries(series, mask.indices, signal, onVolume);
  const check = () => signal.throwIfAborted();
  const voxels = voxelStatistics(y, nVolumes, check);
  if (!voxels.usable.includes(1)) {
    throw new FusiformError('RUN_WITHOUT_SIGNAL', 'No voxel of the mask varies over the run.', {
      file: series.path,
    });
  }
  const slices = slicesOf(mask);
  const volumes = volumeStatistics(y, nVolumes, voxels, slices, check);
  const sizes = new Float64Array(slices.count);
  for (const [voxel, slice] of slices.of.entries()) sizes[slice] += voxels.usable[voxel];
  const spikes = sliceSpikes(volumes, sizes);
  const displacement = motion?.displacement ?? null;
  const findings = {
    measures: runMeasures(voxels, volumes, displacement, thresholds.fd),
    displacement,
    volumes,
    flagged: flaggedVolumes(volumes, displacement, spikes, thresholds),
    spikes,
    deadSlices: deadSlices(slices, voxels.mean, voxels.usable),
    tR,
  };
  return {
    quality: {
      ...findings,
      name: run.name,
      nVolumes,
      motionSource: motion?.source ?? null,
      nConstant: voxels.nConstant,
      nNotFinite: voxels.nNotFinite,
      design,
      flags: [...runFlags(findings, thresholds), ...designFlags(design)],
    },
    voxels,
    meanImage: mean,
    carpet: carpetOf(y, nVolumes, voxels, grouping, carpetRows),
    problems: notFiniteProblem(voxels, series),
  };
}

/** The slice of each voxel: its place along the third axis of the image. */
function slicesOf({ grid, indices }: Mask): { of: Uint16Array; count: number } {
  const plane = grid.shape[0] * grid.shape[1];
  return { of: Uint16Array.from(indices, (index) => Math.floor(index / plane)), count: grid.shape[2] };
}

function notFiniteProblem({ nNotFinite }: VoxelStatistics, series: BoldSeries): Problem[] {
  if (nNotFinite === 0) return [];
  const note = new FusiformError(
    'VOXELS_WITHOUT_DATA',
    `${nNotFinite} voxels of the mask hold NaN or Inf and are left out.`,
    { file: series.path, details: { voxels: nNotFinite } },
  );
  return [note.toProblem()];
}
