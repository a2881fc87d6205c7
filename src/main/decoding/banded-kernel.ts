import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Engine } from '../engine/engine.ts';
import { otherWork } from '../engine/other-work.ts';
import { choleskyFactor } from '../math/cholesky.ts';
import { type Matrix, matrix, multiply, multiplyTransposed, transpose } from '../math/matrix.ts';
import { upperTriangularInverse } from '../math/qr.ts';
import { orthonormalise, reflectionOf } from './panel-reflection.ts';

/** Columns reduced at a time: wide enough for products to be fast, narrow enough for float64 loops within the band. */
const width = 128;

/** I - V T V' on the rows from `from` on. */
interface Reflection {
  readonly from: number;
  readonly v: Tensor2D;
  readonly t: Tensor2D;
}

/**
 * A symmetric positive semidefinite K as Q B Q', B block tridiagonal: (K + alpha I) A = Y is then solved within the band for
 * any number of alphas, at a small part of the cost of making K.
 *
 * Block Householder reduction to a band (Bischof, Lang & Sun 2000, ACM TOMS 26:581): of each panel of columns an
 * orthonormal basis is made and turned into reflections, and both sides of the rest are multiplied by them: products of large
 * matrices all, 2 n^3 operations, in float32 on an engine. What is in the band is solved in float64 where it decides.
 */
export class BandedKernel {
  readonly #engine: Engine;
  readonly #reflections: Reflection[] = [];
  /** Blocks of the diagonal, and below it. */
  readonly #diagonal: Matrix[] = [];
  readonly #below: Matrix[] = [];
  /** Q'Y, by blocks. */
  readonly #targets: Tensor2D[] = [];

  private constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** @param kernel [n, n] @param targets [n, nTargets] */
  static async of(
    engine: Engine,
    kernel: Matrix,
    targets: Matrix,
    signal?: AbortSignal,
  ): Promise<BandedKernel> {
    const result = new BandedKernel(engine);
    await result.#reduce(kernel, targets, signal);
    return result;
  }

  /** (K + alpha I)^-1 Y, [n, nTargets]. */
  async solve(alpha: number): Promise<Matrix> {
    const { tf } = this.#engine;
    const inBand = this.#solveBand(alpha);
    let rotated = tf.tidy(() => tf.concat2d(inBand, 0));
    tf.dispose(inBand);
    for (const { from, v, t } of [...this.#reflections].reverse()) {
      const [rows, cols] = rotated.shape;
      const next = tf.tidy(() => {
        const rest = tf.slice2d(rotated, [from, 0], [rows - from, cols]);
        const reflected = tf.sub(rest, tf.matMul(v, tf.matMul(t, tf.matMul(v, rest, true))));
        return tf.concat2d([tf.slice2d(rotated, [0, 0], [from, cols]), reflected as Tensor2D], 0);
      });
      rotated.dispose();
      rotated = next;
    }
    const values = await rotated.data<'float32'>();
    const [rows, cols] = rotated.shape;
    rotated.dispose();
    return matrix(rows, cols, Float64Array.from(values));
  }

  /** Products of some rows with the solutions: `rows (K + alpha I)^-1 Y`, rotated into the band once. @param rows [m, n] */
  async predictor(rows: Matrix): Promise<{ at(alpha: number): Promise<Float32Array>; dispose(): void }> {
    const { tf } = this.#engine;
    let rotated = tf.tensor2d(Float32Array.from(rows.data), [rows.rows, rows.cols]);
    for (const { from, v, t } of this.#reflections) {
      const next = tf.tidy(() => {
        const rest = tf.slice2d(rotated, [0, from], [rows.rows, rows.cols - from]);
        const reflected = tf.sub(rest, tf.matMul(tf.matMul(tf.matMul(rest, v), t), v, false, true));
        return tf.concat2d([tf.slice2d(rotated, [0, 0], [rows.rows, from]), reflected as Tensor2D], 1);
      });
      rotated.dispose();
      rotated = next;
    }
    return {
      at: async (alpha) => {
        const inBand = this.#solveBand(alpha);
        const product = tf.tidy(() => tf.matMul(rotated, tf.concat2d(inBand, 0)));
        tf.dispose(inBand);
        const values = await product.data<'float32'>();
        product.dispose();
        return values as Float32Array;
      },
      dispose: () => rotated.dispose(),
    };
  }

  dispose(): void {
    this.#engine.tf.dispose([...this.#targets, ...this.#reflections.flatMap(({ v, t }) => [v, t])]);
  }

  async #reduce(kernel: Matrix, targets: Matrix, signal?: AbortSignal): Promise<void> {
    const { tf } = this.#engine;
    const n = kernel.rows;
    let rest = tf.tensor2d(Float32Array.from(kernel.data), [n, n]);
    let right = tf.tensor2d(Float32Array.from(targets.data), [n, targets.cols]);
    let from = 0;
    while (from < n) {
      await otherWork(signal);
      const left = n - from;
      const b = Math.min(width, left);
      const below = left - b;
      this.#diagonal.push(await this.#read(tf.slice2d(rest, [0, 0], [b, b])));
      this.#targets.push(tf.slice2d(right, [0, 0], [b, targets.cols]));
      if (below === 0) break;
      const panel = await this.#read(tf.slice2d(rest, [b, 0], [below, b]));
      const basis = below > b ? await orthonormalise(this.#engine, panel) : null;
      if (basis === null) {
        // Of no more rows than columns, or zero: nothing is below the band.
        this.#below.push(below > b ? matrix(b, b, panel.data.slice(0, b * b)) : panel);
        [rest, right] = this.#next(rest, right, b, null);
      } else {
        const { v, t, r } = reflectionOf(basis.q, basis.r);
        this.#below.push(r);
        const reflection: Reflection = {
          from: from + b,
          v: tf.tensor2d(v, [below, b]),
          t: tf.tensor2d(Float32Array.from(t.data), [b, b]),
        };
        this.#reflections.push(reflection);
        [rest, right] = this.#next(rest, right, b, reflection);
      }
      from += b;
    }
    tf.dispose([rest, right]);
  }

  /** What is left behind a panel, multiplied by its reflections: C - W V' - V W', with W = X - V (T' V' X) / 2 and X = C V T. */
  #next(rest: Tensor2D, right: Tensor2D, b: number, reflection: Reflection | null): [Tensor2D, Tensor2D] {
    const { tf } = this.#engine;
    const below = rest.shape[0] - b;
    const cols = right.shape[1];
    const lower = tf.slice2d(right, [b, 0], [below, cols]);
    const corner = tf.slice2d(rest, [b, b], [below, below]);
    tf.dispose([rest, right]);
    if (reflection === null) return [corner, lower];
    const { v, t } = reflection;
    const result = tf.tidy((): [Tensor2D, Tensor2D] => {
      const x = tf.matMul(tf.matMul(corner, v), t);
      const middle = tf.matMul(tf.matMul(t, v, true, true), x);
      const w = tf.sub(x, tf.mul(tf.matMul(v, middle), 0.5)) as Tensor2D;
      const taken = tf.matMul(tf.concat2d([w, v], 1), tf.concat2d([v, w], 1), false, true);
      const turned = tf.sub(lower, tf.matMul(v, tf.matMul(t, tf.matMul(v, lower, true), true)));
      return [tf.sub(corner, taken) as Tensor2D, turned as Tensor2D];
    });
    tf.dispose([corner, lower]);
    return result;
  }

  /** Blocks of (B + alpha I)^-1 Q'Y, by Cholesky's factors of the blocks. */
  #solveBand(alpha: number): Tensor2D[] {
    const { tf } = this.#engine;
    const inverses: Tensor2D[] = [];
    const couplings: Tensor2D[] = [];
    const forward: Tensor2D[] = [];
    let coupling: Matrix | null = null;
    for (const [at, diagonal] of this.#diagonal.entries()) {
      const b = diagonal.rows;
      const block = matrix(b, b, diagonal.data.slice());
      if (coupling !== null) {
        const product = multiplyTransposed(coupling, coupling);
        for (let i = 0; i < block.data.length; i += 1) block.data[i] -= product.data[i];
      }
      const inverse = inverseFactor(block, alpha);
      inverses.push(tf.tensor2d(Float32Array.from(inverse.data), [b, b]));
      const target = this.#targets[at];
      forward.push(
        tf.tidy(() => {
          const right = at === 0 ? target : tf.sub(target, tf.matMul(couplings[at - 1], forward[at - 1]));
          return tf.matMul(inverses[at], right as Tensor2D);
        }),
      );
      if (at < this.#below.length) {
        coupling = multiply(this.#below[at], transpose(inverse));
        couplings.push(tf.tensor2d(Float32Array.from(coupling.data), [coupling.rows, coupling.cols]));
      }
    }
    const solution: Tensor2D[] = [];
    for (let at = forward.length - 1; at >= 0; at -= 1) {
      solution[at] = tf.tidy(() => {
        const right =
          at === forward.length - 1
            ? forward[at]
            : tf.sub(forward[at], tf.matMul(couplings[at], solution[at + 1], true));
        return tf.matMul(inverses[at], right as Tensor2D, true);
      });
    }
    tf.dispose([...inverses, ...couplings, ...forward]);
    return solution;
  }

  async #read(tensor: Tensor2D): Promise<Matrix> {
    const [rows, cols] = tensor.shape;
    const values = await tensor.data<'float32'>();
    tensor.dispose();
    return matrix(rows, cols, Float64Array.from(values));
  }
}

/** L^-1 of block + alpha I = L L'. Rounding may leave a block that is not positive: it is raised until it is. */
function inverseFactor(block: Matrix, alpha: number): Matrix {
  const b = block.rows;
  for (let lift = alpha; ; lift *= 2) {
    const raised = matrix(b, b, block.data.slice());
    for (let i = 0; i < b; i += 1) raised.data[i * b + i] += lift;
    const factor = choleskyFactor(raised, 0);
    if (factor.ok) return transpose(upperTriangularInverse(transpose(factor.lower)));
    if (!Number.isFinite(lift)) throw new RangeError('The kernel is not finite');
  }
}
