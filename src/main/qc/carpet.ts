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
  const { mean, robustSd, trendWeights } = statistics;
  const nVoxels = mean.length;
  const { order, rowOf, groups } = arrange(statistics, grouping, nRows);
  const total = groups.reduce((sum, group) => sum + group.rows, 0);
  const values = new Float32Array(total * nVolumes);
  const scales = Float64Array.from(order, (voxel) => 1 / robustSd[voxel]);
  const [first, second] = orthonormalTrends(nVolumes, trendOrder);
  for (let t = 0; t < nVolumes; t += 1) {
    for (let i = 0; i < order.length; i += 1) {
      const voxel = order[i];
      const trend = trendWeights[voxel] * first[t] + trendWeights[nVoxels + voxel] * second[t];
      values[rowOf[i] * nVolumes + t] += (y[t * nVoxels + voxel] - mean[voxel] - trend) * scales[i];
    }
  }
  for (let row = 0; row < total; row += 1) standardise(values.subarray(row * nVolumes, (row + 1) * nVolumes));
  return { values, nRows: total, nVolumes, groups };
}

/** Which voxels stand where: every group gets rows by its share of the voxels, at least one. */
function arrange(
  { mean, usable }: VoxelStatistics,
  grouping: { readonly of: Uint8Array; readonly names: readonly string[] },
  nRows: number,
): { order: Uint32Array; rowOf: Uint32Array; groups: CarpetGroup[] } {
  const members = grouping.names.map((): number[] => []);
  for (let voxel = 0; voxel < mean.length; voxel += 1) {
    if (usable[voxel] === 1) members[grouping.of[voxel]].push(voxel);
  }
  const count = members.reduce((sum, { length }) => sum + length, 0);
  const order = new Uint32Array(count);
  const rowOf = new Uint32Array(count);
  const groups: CarpetGroup[] = [];
  let at = 0;
  let firstRow = 0;
  for (const [group, voxels] of members.entries()) {
    if (voxels.length === 0) continue;
    voxels.sort((a, b) => mean[b] - mean[a] || a - b);
    const rows = Math.min(voxels.length, Math.max(1, Math.round((nRows * voxels.length) / count)));
    for (const [position, voxel] of voxels.entries()) {
      order[at] = voxel;
      rowOf[at] = firstRow + Math.floor((position * rows) / voxels.length);
      at += 1;
    }
    groups.push({ name: grouping.names[group], rows, voxels: voxels.length });
    firstRow += rows;
  }
  return { order, rowOf, groups };
}

function standardise(row: Float32Array): void {
  const centre = medianOfMany(row);
  const spread = normalMad * medianOfMany(row.map((value) => Math.abs(value - centre)));
  for (let t = 0; t < row.length; t += 1) row[t] = spread > 0 ? (row[t] - centre) / spread : 0;
}
