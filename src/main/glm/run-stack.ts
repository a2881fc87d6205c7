import { voxelChunks } from './voxel-chunks.ts';

/** Volumes that an engine multiplies at a time, of as many runs as that takes ... */
const stackedVolumes = 1024;
/** ... but no more memory than this: 600 volumes of 100,000 voxels. */
const stackedBytes = 250e6;

/**
 * Room for the data of runs that wait to be multiplied, one below the other in chunks of voxels. The memory is used
 * again and again: where the system hands out pages slowly, new memory for every run costs more than the product.
 */
export class RunStack {
  readonly #nVoxels: number;
  /** [capacity, size] for each chunk. */
  #buffers: readonly Float32Array[] = [];
  #capacity = 0;
  #volumes = 0;

  constructor(nVoxels: number) {
    this.#nVoxels = nVoxels;
  }

  /** Volumes that wait. */
  get volumes(): number {
    return this.#volumes;
  }

  hasRoom(volumes: number): boolean {
    return this.#volumes === 0 || this.#volumes + volumes <= this.#capacity;
  }

  /** Room for a run, below those that wait: [volumes, size] for each chunk of `voxelChunks`. */
  take(volumes: number): Float32Array[] {
    if (!this.hasRoom(volumes)) throw new RangeError('The stack is full');
    if (this.#capacity < volumes) this.#make(volumes);
    const first = this.#volumes;
    this.#volumes += volumes;
    return this.#rows(first, volumes);
  }

  /** Takes the run that was put there last away again. */
  giveBack(volumes: number): void {
    this.#volumes -= volumes;
  }

  /** All that waits: [volumes, size] for each chunk. */
  all(): Float32Array[] {
    return this.#rows(0, this.#volumes);
  }

  clear(): void {
    this.#volumes = 0;
  }

  #make(volumes: number): void {
    const usual = Math.min(stackedVolumes, Math.floor(stackedBytes / (4 * this.#nVoxels)));
    this.#capacity = Math.max(usual, volumes);
    this.#buffers = voxelChunks(this.#nVoxels).map(({ size }) => new Float32Array(this.#capacity * size));
  }

  #rows(first: number, count: number): Float32Array[] {
    return voxelChunks(this.#nVoxels).map(({ size }, at) =>
      this.#buffers[at].subarray(first * size, (first + count) * size),
    );
  }
}
