/** Some of the voxels: start .. start + size. */
export interface VoxelChunk {
  readonly start: number;
  readonly size: number;
}

/** Voxels that go through an engine at a time: a product of 1100 regressors by them is 18 MB. */
const chunkSize = 4096;

/** All voxels in pieces of one size; the last may be smaller. */
export function voxelChunks(nVoxels: number, size = chunkSize): VoxelChunk[] {
  return Array.from({ length: Math.ceil(nVoxels / size) }, (_, at) => ({
    start: at * size,
    size: Math.min(size, nVoxels - at * size),
  }));
}
