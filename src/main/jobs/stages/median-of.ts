/** The median of some voxels' values (the upper one of two); null where there are no voxels. */
export function medianOf(values: Float64Array, voxels: Uint32Array): number | null {
  const sorted = Float64Array.from(voxels, (voxel) => values[voxel]).sort();
  return sorted.length === 0 ? null : sorted[sorted.length >> 1];
}
