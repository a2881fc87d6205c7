import { join } from 'node:path';
import { mapFile } from '../../formats/files/mapped-file.ts';
import { type NpyRows, openNpyRows } from '../../formats/npy/rows.ts';
import { trainingPatternsFiles } from '../stages/training-patterns.ts';

/** Numbers of a block of patterns, about 64 MB. */
const numbersAtATime = 16e6;

/** Some trials of the training patterns at some voxels, of which a block is in memory at a time. */
export class PatternSource {
  readonly #file: NpyRows;
  readonly #rows: readonly number[];
  readonly #columns: Uint32Array;

  private constructor(file: NpyRows, rows: readonly number[], columns: Uint32Array) {
    this.#file = file;
    this.#rows = rows;
    this.#columns = columns;
  }

  /** All rows and columns of the file in a folder of `training-patterns`. */
  static async open(folder: string): Promise<PatternSource> {
    const file = await openNpyRows(join(folder, trainingPatternsFiles.patterns), mapFile, 'float32');
    const [nRows, nColumns] = file.shape;
    return new PatternSource(
      file,
      Array.from({ length: nRows }, (_, at) => at),
      Uint32Array.from({ length: nColumns }, (_, at) => at),
    );
  }

  get nTrials(): number {
    return this.#rows.length;
  }

  get nVoxels(): number {
    return this.#columns.length;
  }

  /** @param rows @param columns in the file */
  part(rows: readonly number[], columns: Uint32Array): PatternSource {
    return new PatternSource(this.#file, rows, columns);
  }

  /** [end - start, nVoxels] */
  trials(start: number, end: number): Float32Array {
    const { nVoxels } = this;
    const result = new Float32Array((end - start) * nVoxels);
    for (let at = start; at < end; at += 1) {
      const values = this.#row(at);
      const to = (at - start) * nVoxels;
      for (let voxel = 0; voxel < nVoxels; voxel += 1) result[to + voxel] = values[this.#columns[voxel]];
    }
    return result;
  }

  /** [nTrials, end - start] */
  voxels(start: number, end: number): Float32Array {
    const size = end - start;
    const result = new Float32Array(this.nTrials * size);
    for (let at = 0; at < this.nTrials; at += 1) {
      const values = this.#row(at);
      for (let voxel = 0; voxel < size; voxel += 1) {
        result[at * size + voxel] = values[this.#columns[start + voxel]];
      }
    }
    return result;
  }

  /** Starts and ends of blocks of trials. */
  *trialBlocks(): Generator<readonly [start: number, end: number]> {
    yield* blocks(this.nTrials, this.nVoxels);
  }

  *voxelBlocks(): Generator<readonly [start: number, end: number]> {
    yield* blocks(this.nVoxels, this.nTrials);
  }

  close(): void {
    this.#file.close();
  }

  #row(at: number): Float32Array {
    const bytes = this.#file.row(this.#rows[at]);
    return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  }
}

function* blocks(count: number, width: number): Generator<readonly [start: number, end: number]> {
  const step = Math.max(1, Math.floor(numbersAtATime / width));
  for (let start = 0; start < count; start += step) yield [start, Math.min(count, start + step)];
}
