import type { WorkContext } from '../../shared/progress.ts';
import type { Engine } from '../engine/engine.ts';
import { crossProduct, type Matrix, matrix, multiply } from '../math/matrix.ts';
import { orthonormalBasis } from '../math/qr.ts';
import { centredBlock, voxelMeans } from './linear-fit.ts';
import { projectedOut, residualForming, spansConstant } from './nuisance.ts';
import { type VoxelChunk, voxelChunks } from './voxel-chunks.ts';

/** A run as it enters the sums of streaming least squares: its nuisance no longer counts. */
export interface ProjectedRun {
  readonly nTime: number;
  /** Rank of the nuisance: the degrees of freedom that it took. */
  readonly nuisanceRank: number;
  /** [nTime, regressors] without the projection on the nuisance; what nuisance contains is zero. */
  readonly x: Matrix;
  /** [nVoxels]: y'y of the projected data. */
  readonly squares: Float64Array;
}

export interface ProjectOptions {
  readonly work?: WorkContext;
  /** Whether the voxels' means were taken off, which also found every value to be a number; default false. */
  readonly centred?: boolean;
}

/**
 * Projects a run's nuisance out of its design and its data. It changes no sums: when it throws or is aborted, nothing
 * has happened.
 *
 * The projection M is symmetric and idempotent, so that X'MY = (MX)'Y: with the design projected, in float64, the data
 * need be projected for their sum of squares alone. On an engine that is done in float32, by residuals, not by
 * differences of squares: an error in the nuisance's coefficients then enters squared, and float32 is enough. Where the
 * nuisance contains a constant, the voxels' means are taken off in float64 first, so that a signal of 1 on a baseline of
 * 1000 keeps its digits.
 *
 * @param engine null: float64 loops, the reference
 * @param x [nTime, regressors]
 * @param nuisance [nTime, any number]; dependent columns do no harm
 * @param y [nTime, nVoxels]; not changed
 * @param blocks [nTime, size] for each chunk of `voxelChunks`, float64 without an engine, float32 with one: filled with
 *   the data that X'Y is to be made of, on an engine centred and not projected
 * @throws FusiformError DATA_NOT_FINITE
 */
export async function projectRun(
  engine: Engine | null,
  x: Matrix,
  nuisance: Matrix,
  y: Float32Array,
  blocks: readonly (Float32Array | Float64Array)[],
  { work, centred = false }: ProjectOptions = {},
): Promise<ProjectedRun> {
  const nTime = x.rows;
  const nVoxels = y.length / nTime;
  if (nuisance.rows !== nTime || !Number.isInteger(nVoxels)) {
    throw new RangeError(
      `Regressors of ${nTime} volumes, nuisance of ${nuisance.rows} and ${y.length} values are not one run`,
    );
  }
  const found = centred ? null : voxelMeans(y, nTime, nVoxels);
  const { q } = orthonormalBasis(nuisance);
  const means = spansConstant(q) ? found : null;
  const squares = new Float64Array(nVoxels);
  const projection = engine === null ? loopProjection(q) : engineProjection(engine, q);
  try {
    for (const [at, chunk] of voxelChunks(nVoxels).entries()) {
      work?.signal.throwIfAborted();
      work?.report({ done: chunk.start, total: nVoxels, unit: 'voxels' });
      centredBlock(blocks[at], y, means, chunk.start, chunk.size);
      squares.set(await projection.squares(blocks[at], chunk), chunk.start);
    }
  } finally {
    projection.dispose();
  }
  return { nTime, nuisanceRank: q.cols, x: projectedOut(x, q), squares };
}

interface Projection {
  /** Sums of squares of a block's voxels, nuisance taken off. */
  squares(block: Float32Array | Float64Array, chunk: VoxelChunk): Promise<Float32Array | Float64Array>;
  dispose(): void;
}

/** Leaves the block projected. */
function loopProjection(q: Matrix): Projection {
  return {
    squares: async (values, { size }) => {
      const block = matrix(q.rows, size, values);
      const fitted = multiply(q, crossProduct(q, block)).data;
      const sums = new Float64Array(size);
      for (let i = 0; i < fitted.length; i++) {
        values[i] -= fitted[i];
        sums[i % size] += values[i] ** 2;
      }
      return sums;
    },
    dispose: () => {},
  };
}

function engineProjection({ tf }: Engine, q: Matrix): Projection {
  if (q.cols === 0) {
    return {
      squares: async (values, { size }) => {
        const sums = new Float64Array(size);
        for (let i = 0; i < values.length; i++) sums[i % size] += values[i] ** 2;
        return sums;
      },
      dispose: () => {},
    };
  }
  // One product with the whole projection is less work than two with the basis: the data go by once.
  const forming = tf.tensor2d(Float32Array.from(residualForming(q).data), [q.rows, q.rows]);
  return {
    squares: async (values, { size }) => {
      const sums = tf.tidy(() => {
        const block = tf.tensor2d(values as Float32Array, [q.rows, size]);
        return tf.sum(tf.square(tf.matMul(forming, block)), 0);
      });
      try {
        return await sums.data<'float32'>();
      } finally {
        sums.dispose();
      }
    },
    dispose: () => forming.dispose(),
  };
}
