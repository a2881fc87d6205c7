/** Where the voxels of an image lie: its size and its place in the scanner's or template's space. */
export interface Grid {
  /** Voxels along i, j, k. */
  readonly shape: readonly [number, number, number];
  /** 4x4 row-major, from voxel indices (i, j, k, 1) to RAS+ millimetres. */
  readonly affine: Float64Array;
}

/** One value a voxel. */
export interface Volume {
  readonly grid: Grid;
  /** [nx * ny * nz], x fastest, as NIfTI stores it. */
  readonly data: Float32Array;
}
