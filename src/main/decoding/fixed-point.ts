import { type FixedPointKernel, fixedPointKernel, sumBytes } from '../engine/wasm/fixed-point.ts';

/** Voxels of a block, which has a scale of its own: a pattern's block stays in the processor's nearest cache. */
export const blockVoxels = 4096;

const weightRange = 2 ** 15 - 1;
/** A pattern's numbers have 22 bits with their sign, the lower 11 of which are multiplied apart. */
const lowRange = 2 ** 11;
const patternRange = 2 ** 21 - 1;

const pageBytes = 65_536;
const sumsOfRow = sumBytes / Float64Array.BYTES_PER_ELEMENT;

/**
 * Weights of voxels in 16 bits: `values * scale`, a scale for every row of every block of voxels. A weight is off by at most
 * half a scale, 1/65534 of the largest weight of its row and block. Half the bytes of float32 go by in half the time,
 * and sums of integers are exact: no order of them changes a bit.
 */
export interface FixedPointWeights {
  readonly nRows: number;
  readonly nVoxels: number;
  /** [blocks, nRows, blockVoxels], zero behind the last voxel */
  readonly values: Int16Array;
  /** [blocks, nRows] */
  readonly scales: Float64Array;
}

export function blocksOf(nVoxels: number): number {
  return Math.ceil(nVoxels / blockVoxels);
}

/** @param weights [nRows, nVoxels], finite */
export function toFixedPoint(weights: Float32Array, nVoxels: number): FixedPointWeights {
  const nRows = weights.length / nVoxels;
  const nBlocks = blocksOf(nVoxels);
  const values = new Int16Array(nBlocks * nRows * blockVoxels);
  const scales = new Float64Array(nBlocks * nRows);
  for (let block = 0; block < nBlocks; block += 1) {
    const start = block * blockVoxels;
    for (let row = 0; row < nRows; row += 1) {
      const part = weights.subarray(
        row * nVoxels + start,
        row * nVoxels + Math.min(nVoxels, start + blockVoxels),
      );
      const place = block * nRows + row;
      const scale = largest(part) / weightRange;
      scales[place] = scale;
      if (scale === 0) continue;
      const to = place * blockVoxels;
      for (let at = 0; at < part.length; at += 1) values[to + at] = Math.round(part[at] / scale);
    }
  }
  return { nRows, nVoxels, values, scales };
}

/** A pattern in integers: `(high * 2048 + low) * scale`, a scale for every block. */
export interface FixedPointPattern {
  /** [blocks, 2, blockVoxels], high before low */
  readonly parts: Int16Array;
  /** [blocks] */
  readonly scales: Float64Array;
}

export function splitPattern(pattern: Float32Array): FixedPointPattern {
  const nBlocks = blocksOf(pattern.length);
  const parts = new Int16Array(nBlocks * 2 * blockVoxels);
  const scales = new Float64Array(nBlocks);
  for (let block = 0; block < nBlocks; block += 1) {
    const part = pattern.subarray(block * blockVoxels, (block + 1) * blockVoxels);
    const scale = largest(part) / patternRange;
    scales[block] = scale;
    if (scale === 0) continue;
    const to = block * 2 * blockVoxels;
    for (let at = 0; at < part.length; at += 1) {
      const value = Math.round(part[at] / scale);
      const high = (value + lowRange / 2) >> 11;
      parts[to + at] = high;
      parts[to + blockVoxels + at] = value - high * lowRange;
    }
  }
  return { parts, scales };
}

function largest(values: Float32Array): number {
  let size = 0;
  for (let at = 0; at < values.length; at += 1) {
    const value = Math.abs(values[at]);
    if (value > size) size = value;
  }
  return size;
}

/** Some blocks of such weights where WebAssembly multiplies them. */
export class WeightBlocks {
  readonly #nRows: number;
  readonly #nBlocks: number;
  readonly #kernel: FixedPointKernel;
  readonly #buffer: ArrayBuffer;
  readonly #sumsAt: number;
  readonly #weightsAt: number;
  /** Room for the blocks' values, from a multiple of 65,536 bytes on; zeros until it is filled, or a file is put in its place. */
  readonly room: Uint8Array;

  /** @param skip bytes of the room before the first value */
  constructor(nRows: number, nBlocks: number, skip = 0) {
    this.#nRows = nRows;
    this.#nBlocks = nBlocks;
    this.#sumsAt = nBlocks * 2 * blockVoxels * Int16Array.BYTES_PER_ELEMENT;
    const roomAt = Math.ceil((this.#sumsAt + nBlocks * nRows * sumBytes) / pageBytes) * pageBytes;
    this.#weightsAt = roomAt + skip;
    const end = this.#weightsAt + nBlocks * this.#blockBytes;
    const pages = Math.ceil(end / pageBytes);
    const { kernel, buffer } = fixedPointKernel(pages);
    this.#kernel = kernel;
    this.#buffer = buffer;
    this.room = new Uint8Array(buffer, roomAt, pages * pageBytes - roomAt);
  }

  /**
   * @param parts of a `FixedPointPattern`, of these blocks
   * @returns [blocks, nRows, 4]: sums of the products with the high parts, and with the low ones, each in two
   */
  multiply(parts: Int16Array): Float64Array<ArrayBuffer> {
    new Int16Array(this.#buffer, 0, parts.length).set(parts);
    const partBytes = blockVoxels * Int16Array.BYTES_PER_ELEMENT;
    for (let block = 0; block < this.#nBlocks; block += 1) {
      this.#kernel.rowProducts(
        this.#weightsAt + block * this.#blockBytes,
        2 * block * partBytes,
        (2 * block + 1) * partBytes,
        this.#sumsAt + block * this.#nRows * sumBytes,
        this.#nRows,
        partBytes,
      );
    }
    return new Float64Array(this.#buffer, this.#sumsAt, this.#nBlocks * this.#nRows * sumsOfRow).slice();
  }

  get #blockBytes(): number {
    return this.#nRows * blockVoxels * Int16Array.BYTES_PER_ELEMENT;
  }
}

/**
 * `weights pattern`, [nRows], of the sums of all blocks.
 *
 * @param sums of `WeightBlocks`, by consecutive blocks
 */
export function productOf(
  sums: Float64Array,
  weightScales: Float64Array,
  patternScales: Float64Array,
): Float64Array {
  const nRows = weightScales.length / patternScales.length;
  const product = new Float64Array(nRows);
  for (let place = 0; place < weightScales.length; place += 1) {
    const from = place * sumsOfRow;
    const high = sums[from] + sums[from + 1];
    const low = sums[from + 2] + sums[from + 3];
    const scale = weightScales[place] * patternScales[Math.floor(place / nRows)];
    product[place % nRows] += (high * lowRange + low) * scale;
  }
  return product;
}

/** Multiplies patterns by weights that are in memory, one pattern at a time. */
export function fixedPointProducts(weights: FixedPointWeights): (pattern: Float32Array) => Float64Array {
  const { nRows, nVoxels, values, scales } = weights;
  const blocks = new WeightBlocks(nRows, blocksOf(nVoxels));
  blocks.room.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return (pattern) => {
    const { parts, scales: patternScales } = splitPattern(pattern);
    return productOf(blocks.multiply(parts), scales, patternScales);
  };
}
