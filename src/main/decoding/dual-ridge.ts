import type { Engine } from '../engine/engine.ts';
import { crossProduct, type Matrix, matrix, multiply, transpose } from '../math/matrix.ts';
import { symmetricEigen } from '../math/symmetric-eigen.ts';
import type { AffineDecoder } from './affine-decoder.ts';
import { BandedKernel } from './banded-kernel.ts';
import type { VoxelBlocks } from './pattern-kernel.ts';
import { timesWide } from './products.ts';

/** Trials up to which the eigen decomposition in float64 loops is the faster way. */
const fewTrials = 500;

/** Solutions of (K + alpha I) A = Y for one K and Y and any alpha. */
interface KernelSolver {
  /** [n, nTargets] */
  solve(alpha: number): Promise<Matrix>;
  /** `rows (K + alpha I)^-1 Y` for some rows [m, n] and any alpha. */
  predictor(rows: Matrix): Promise<Predictor>;
  dispose(): void;
}

interface Predictor {
  /** [m, nTargets] */
  at(alpha: number): Promise<Float32Array>;
  dispose(): void;
}

/**
 * Ridge regression of codes on patterns in its dual form, `A = (K + alpha I)^-1 Y` with `K = X X'`, X and Y about the
 * means of the training trials (Saunders, Gammerman & Vovk 1998, ICML): with more voxels than trials all is done among
 * trials. K is made and decomposed once for any number of penalties. `alpha = penalty * trace(K) / n`: neither the scale of the
 * patterns nor the number of voxels changes the meaning of a penalty.
 */
export class DualRidge {
  readonly #kernel: Matrix;
  readonly #solver: KernelSolver;
  /** [nLatents] */
  readonly meanCode: Float64Array;

  private constructor(kernel: Matrix, solver: KernelSolver, meanCode: Float64Array) {
    this.#kernel = kernel;
    this.#solver = solver;
    this.meanCode = meanCode;
  }

  /**
   * @param kernel [n, n] of patterns about their mean
   * @param codes [n, nLatents]
   * @param engine for many trials; null: float64 loops, the reference
   */
  static async of(
    kernel: Matrix,
    codes: Float32Array,
    engine: Engine | null = null,
    signal?: AbortSignal,
  ): Promise<DualRidge> {
    const n = kernel.rows;
    const nLatents = codes.length / n;
    const meanCode = new Float64Array(nLatents);
    for (let at = 0; at < codes.length; at += 1) meanCode[at % nLatents] += codes[at] / n;
    const centred = matrix(n, nLatents);
    for (let at = 0; at < codes.length; at += 1) centred.data[at] = codes[at] - meanCode[at % nLatents];
    const solver =
      engine === null || n <= fewTrials
        ? eigenSolver(kernel, centred)
        : await BandedKernel.of(engine, kernel, centred, signal);
    return new DualRidge(kernel, solver, meanCode);
  }

  /** What a relative penalty stands for, as scikit-learn's `KernelRidge(alpha)`. */
  alpha(penalty: number): number {
    const { rows: n, data } = this.#kernel;
    let trace = 0;
    for (let at = 0; at < n; at += 1) trace += data[at * n + at];
    return trace > 0 ? (penalty * trace) / n : 1;
  }

  /** [n, nLatents] */
  coefficients(penalty: number): Promise<Matrix> {
    return this.#solver.solve(this.alpha(penalty));
  }

  /**
   * Codes of other patterns, [m, nLatents], under each of some penalties.
   *
   * @param between [m, n]: products of these with the training patterns, both about the training mean
   */
  async *predict(between: Matrix, penalties: readonly number[]): AsyncGenerator<Float32Array> {
    const predictor = await this.#solver.predictor(between);
    const { meanCode } = this;
    try {
      for (const penalty of penalties) {
        const codes = await predictor.at(this.alpha(penalty));
        yield codes.map((value, at) => value + meanCode[at % meanCode.length]);
      }
    } finally {
      predictor.dispose();
    }
  }

  /** Gives back what an engine holds. */
  dispose(): void {
    this.#solver.dispose();
  }
}

function eigenSolver(kernel: Matrix, targets: Matrix): KernelSolver {
  const { values, vectors } = symmetricEigen(kernel);
  const projected = crossProduct(vectors, targets);
  const shrunk = (alpha: number) => {
    const scaled = matrix(projected.rows, projected.cols, projected.data.slice());
    for (let at = 0; at < scaled.data.length; at += 1) {
      scaled.data[at] /= Math.max(0, values[Math.floor(at / scaled.cols)]) + alpha;
    }
    return scaled;
  };
  return {
    solve: async (alpha) => multiply(vectors, shrunk(alpha)),
    predictor: async (rows) => {
      const rotated = multiply(rows, vectors);
      return {
        at: async (alpha) => Float32Array.from(multiply(rotated, shrunk(alpha)).data),
        dispose: () => undefined,
      };
    },
    dispose: () => undefined,
  };
}

/**
 * The decoder that dual coefficients stand for: `matrix = A' X`, made of some voxels at a time.
 *
 * @param coefficients [nTrials, nLatents] @param meanPattern [nVoxels] of the training trials @param meanCode [nLatents]
 */
export async function dualDecoder(
  coefficients: Matrix,
  patterns: VoxelBlocks,
  meanPattern: Float64Array,
  meanCode: Float64Array,
  engine: Engine | null = null,
): Promise<AffineDecoder> {
  const { nVoxels } = patterns;
  const nLatents = coefficients.cols;
  const transposed = transpose(coefficients);
  const weights = new Float32Array(nLatents * nVoxels);
  const offset = meanCode.map((value) => -value);
  for (const [start, end] of patterns.voxelBlocks()) {
    const size = end - start;
    const block = patterns.voxels(start, end);
    for (let at = 0; at < block.length; at += 1) block[at] -= meanPattern[start + (at % size)];
    const part = await timesWide(engine, transposed, block, size);
    for (let latent = 0; latent < nLatents; latent += 1) {
      weights.set(part.subarray(latent * size, (latent + 1) * size), latent * nVoxels + start);
      for (let voxel = 0; voxel < size; voxel += 1) {
        offset[latent] += part[latent * size + voxel] * meanPattern[start + voxel];
      }
    }
  }
  return { nLatents, nVoxels, matrix: weights, offset, posterior: null };
}
