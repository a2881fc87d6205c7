import { median } from '../math/statistics.ts';
import type { VolumeStatistics } from './volume-statistics.ts';

/** A slice whose signal leaves that of the others in one volume: a dropped or corrupted slice. */
export interface SliceSpike {
  /** Both from 0. */
  readonly volume: number;
  readonly slice: number;
  /** Change against the slice's own median and the change of the whole volume, as a share of the median. */
  readonly change: number;
  /** The same over the slice's usual change (1.4826 MAD). */
  readonly z: number;
}

/** MRIQC counts a slice of one volume as a spike from this z on. */
export const spikeZ = 6;
/** Smaller changes are of no consequence, however steady the slice is: a share of its median. */
export const smallestChange = 0.03;
/** Slices with fewer voxels of the brain are not judged. */
const fewestVoxels = 20;
const normalMad = 1.4826;

/**
 * Slices that stand out in single volumes, worst first. Each slice's mean over the brain is taken relative to its median
 * over the run, and the median over slices of the same volume is taken off, so that what befalls the whole volume is no
 * slice's fault.
 *
 * @param sizes [nSlices] voxels of the brain in each slice
 */
export function sliceSpikes(
  { sliceMeans, nSlices }: Pick<VolumeStatistics, 'sliceMeans' | 'nSlices'>,
  sizes: ArrayLike<number>,
): SliceSpike[] {
  const nVolumes = sliceMeans.length / nSlices;
  const judged = Array.from({ length: nSlices }, (_, slice) => slice).filter(
    (slice) => sizes[slice] >= fewestVoxels,
  );
  // Of two slices neither can be told to be the odd one.
  if (judged.length < 3) return [];
  const changes = judged.map((slice) => {
    const course = Float64Array.from({ length: nVolumes }, (_, t) => sliceMeans[t * nSlices + slice]);
    const level = median(course);
    return course.map((value) => value / level - 1);
  });
  for (let t = 0; t < nVolumes; t += 1) {
    const common = median(changes.map((change) => change[t]));
    for (const change of changes) change[t] -= common;
  }
  const spikes = changes.flatMap((change, at) => {
    const centre = median(change);
    const usual = normalMad * median(change.map((value) => Math.abs(value - centre)));
    return [...change.keys()].flatMap((volume): SliceSpike[] => {
      const difference = change[volume] - centre;
      const z = difference / usual;
      const stands = Math.abs(z) > spikeZ && Math.abs(difference) > smallestChange;
      return stands ? [{ volume, slice: judged[at], change: difference, z }] : [];
    });
  });
  return spikes.sort((a, b) => Math.abs(b.change) - Math.abs(a.change));
}

/**
 * Slices without signal for the whole run: most of their voxels never vary, or their mean is below half of both
 * neighbours'.
 *
 * @param voxels of the brain: the slice and the mean of each, and whether it varies
 */
export function deadSlices(
  slices: { readonly of: Uint16Array; readonly count: number },
  mean: ArrayLike<number>,
  usable: ArrayLike<number>,
): number[] {
  const size = new Float64Array(slices.count);
  const dead = new Float64Array(slices.count);
  const sum = new Float64Array(slices.count);
  for (let voxel = 0; voxel < slices.of.length; voxel += 1) {
    const slice = slices.of[voxel];
    size[slice] += 1;
    if (usable[voxel] === 0) dead[slice] += 1;
    if (Number.isFinite(mean[voxel])) sum[slice] += mean[voxel];
  }
  const level = (slice: number) => (size[slice] >= fewestVoxels ? sum[slice] / size[slice] : Number.NaN);
  return [...size.keys()].filter((slice) => {
    if (size[slice] < fewestVoxels) return false;
    const neighbours = Math.min(level(slice - 1), level(slice + 1));
    return dead[slice] > size[slice] / 2 || level(slice) < neighbours / 2;
  });
}
