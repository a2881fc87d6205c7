import type { Engine } from '../engine/engine.ts';
import { crossProduct, type Matrix, matrix, multiply, transpose } from '../math/matrix.ts';
import { centredBlock } from './linear-fit.ts';

/** The products over voxels that streaming least squares is made of, in float64 loops or on an engine. */

export interface ChunkProduct {
  /** X'Y and y'y of voxels start .. start + size, nuisance projected out. */
  apply(
    y: Float32Array,
    means: Float64Array,
    start: number,
    size: number,
  ): Promise<{ crossProduct: Float64Array | Float32Array; squares: Float64Array | Float32Array }>;
  dispose(): void;
}

export function loopProduct(x: Matrix, q: Matrix): ChunkProduct {
  return {
    apply: async (y, means, start, size) => {
      const block = matrix(x.rows, size);
      centredBlock(block.data, y, means, start, size);
      const fitted = multiply(q, crossProduct(q, block));
      const squares = new Float64Array(size);
      for (let t = 0; t < x.rows; t++) {
        for (let v = 0; v < size; v++) {
          block.data[t * size + v] -= fitted.data[t * size + v];
          squares[v] += block.data[t * size + v] ** 2;
        }
      }
      return { crossProduct: crossProduct(x, block).data, squares };
    },
    dispose: () => {},
  };
}

/**
 * The regressors are orthogonal to the nuisance already, so that one product `[X Q]' Y` holds X'Y of the projected data
 * and the coefficients of the nuisance. Residuals are taken as differences, not as differences of squares: an error in
 * those coefficients then enters squared, and float32 is enough.
 */
export function engineProduct({ tf }: Engine, x: Matrix, q: Matrix): ChunkProduct {
  const nTime = x.rows;
  // Transposed here: kernels that transpose are several times slower on some engines.
  const both = new Float32Array((x.cols + q.cols) * nTime);
  both.set(transpose(x).data);
  both.set(transpose(q).data, x.cols * nTime);
  const left = tf.tensor2d(both, [x.cols + q.cols, nTime]);
  const nuisance = q.cols === 0 ? null : tf.tensor2d(Float32Array.from(q.data), [nTime, q.cols]);
  return {
    apply: async (y, means, start, size) => {
      // A new array for each chunk: an engine may keep the one it was given.
      const centred = new Float32Array(nTime * size);
      centredBlock(centred, y, means, start, size);
      const tensors = tf.tidy(() => {
        const block = tf.tensor2d(centred, [nTime, size]);
        const product = tf.matMul(left, block);
        if (nuisance === null) return [product, tf.sum(tf.square(block), 0)];
        const coefficients = tf.slice(product, [x.cols, 0], [q.cols, size]);
        return [product, tf.sum(tf.square(tf.sub(block, tf.matMul(nuisance, coefficients))), 0)];
      });
      try {
        const [product, squares] = await Promise.all(tensors.map((result) => result.data<'float32'>()));
        return { squares, crossProduct: product.subarray(0, x.cols * size) };
      } finally {
        tf.dispose(tensors);
      }
    },
    dispose: () => {
      left.dispose();
      nuisance?.dispose();
    },
  };
}

export interface Multiplier {
  apply(right: Matrix): Promise<Float64Array | Float32Array>;
  dispose(): void;
}

export function loopMultiplier(left: Matrix): Multiplier {
  return { apply: async (right) => multiply(left, right).data, dispose: () => {} };
}

export function engineMultiplier({ tf }: Engine, left: Matrix): Multiplier {
  const leftTensor = tf.tensor2d(Float32Array.from(left.data), [left.rows, left.cols]);
  return {
    apply: async (right) => {
      const product = tf.tidy(() =>
        tf.matMul(leftTensor, tf.tensor2d(Float32Array.from(right.data), [right.rows, right.cols])),
      );
      try {
        return await product.data<'float32'>();
      } finally {
        product.dispose();
      }
    },
    dispose: () => leftTensor.dispose(),
  };
}
