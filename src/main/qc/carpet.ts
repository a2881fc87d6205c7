import { medianOfMany } from '../math/select.ts';
import { orthonormalTrends } from './trends.ts';
import { trendOrder, type VoxelStatistics } from './voxel-statistics.ts';

/** Voxels that are drawn together, such as grey matter. */
export interface CarpetGroup {
  readonly name: string;
  /** Rows of the carpet, from the top. */
  readonly rows: number;
  readonly voxels: number;
}

/** All voxels of a run over time, in few enough rows to look at (Power 2017). */
export interface Carpet {
  /** [nRows, nVolumes]: the mean of neighbouring voxels in the row's own robust SDs. */
  readonly values: Float32Array;
  readonly nRows: number;
  readonly nVolumes: number;
  /** From the top. */
  readonly groups: readonly CarpetGroup[];
}

const normalMad = 1.4826;

/**
 * The carpet of a run. Voxels are ordered by group and within it by mean signal, bright at the top; each row is the mean
 * of as many neighbours in that order as it takes. Trends up to order 2 are taken out of every voxel and its changes
 * are measured in its robust SD; rows are then scaled by their own (1.4826 MAD).
 *
 * @param y [nVolumes, nVoxels]
 * @param groupOf [nVoxels] the group of each voxel, a position in `names`
 * @param nRows about how many rows
 */
export function carpetOf(
  y: Float32Array,
  nVolumes: number,
  statistics: VoxelStatistics,
  grouping: { readonly of: Uint8Array; readonly names: readonly string[] },
  nRows: number,
): Carpet {
  const { mean, robustSd, trendWeights, usable } = statistics;
  const nVoxels = mean.length;
  const { rowOf, groups } = arrange(statistics, grouping, nRows);
  const total = groups.reduce((sum, group) => sum + group.rows, 0);
  const values = new Float32Array(total * nVolumes);
  // What is taken off is linear, so that it is summed up by row once, and only the values volume by volume.
  const weights = new Float64Array(nVoxels);
  const constants = new Float64Array(total);
  const trends = [new Float64Array(total), new Float64Array(total)];
  for (let voxel = 0; voxel < nVoxels; voxel += 1) {
    if (usable[voxel] === 0) continue;
    const row = rowOf[voxel];
    weights[voxel] = 1 / robustSd[voxel];
    constants[row] += mean[voxel] * weights[voxel];
    trends[0][row] += trendWeights[voxel] * weights[voxel];
    trends[1][row] += trendWeights[nVoxels + voxel] * weights[voxel];
  }
  const [first, second] = orthonormalTrends(nVolumes, trendOrder);
  const sums = new Float64Array(total);
  for (let t = 0; t < nVolumes; t += 1) {
    const start = t * nVoxels;
    sums.fill(0);
    for (let voxel = 0; voxel < nVoxels; voxel += 1) {
      const weight = weights[voxel];
      if (weight > 0) sums[rowOf[voxel]] += y[start + voxel] * weight;
    }
    for (let row = 0; row < total; row += 1) {
      values[row * nVolumes + t] =
        sums[row] - constants[row] - trends[0][row] * first[t] - trends[1][row] * second[t];
    }
  }
  for (let row = 0; row < total; row += 1) standardise(values.subarray(row * nVolumes, (row + 1) * nVolumes));
  return { values, nRows: total, nVolumes, groups };
}

/** The row of each voxel ([nVoxels]): every group gets rows by its share of the voxels, at least one. */
function arrange(
  { mean, usable }: VoxelStatistics,
  grouping: { readonly of: Uint8Array; readonly names: readonly string[] },
  nRows: number,
): { rowOf: Uint32Array; groups: CarpetGroup[] } {
  const members = grouping.names.map((): number[] => []);
  for (let voxel = 0; voxel < mean.length; voxel += 1) {
    if (usable[voxel] === 1) members[grouping.of[voxel]].push(voxel);
  }
  const count = members.reduce((sum, { length }) => sum + length, 0);
  const rowOf = new Uint32Array(mean.length);
  const groups: CarpetGroup[] = [];
  let firstRow = 0;
  for (const [group, voxels] of members.entries()) {
    if (voxels.length === 0) continue;
    voxels.sort((a, b) => mean[b] - mean[a] || a - b);
    const rows = Math.min(voxels.length, Math.max(1, Math.round((nRows * voxels.length) / count)));
    for (const [position, voxel] of voxels.entries()) {
      rowOf[voxel] = firstRow + Math.floor((position * rows) / voxels.length);
    }
    groups.push({ name: grouping.names[group], rows, voxels: voxels.length });
    firstRow += rows;
  }
  return { rowOf, groups };
}

function standardise(row: Float32Array): void {
  const centre = medianOfMany(row);
  const spread = normalMad * medianOfMany(row.map((value) => Math.abs(value - centre)));
  for (let t = 0; t < row.length; t += 1) row[t] = spread > 0 ? (row[t] - centre) / spread : 0;
}
