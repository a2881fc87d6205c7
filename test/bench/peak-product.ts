import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Engine } from '../../src/main/engine/engine.ts';
import { normals } from './inputs.ts';

/** The product by which an engine's speed is known. */
const size = 2048;
const flopsOfOne = 2 * size ** 3;

/** Multiplies square matrices that lie on the engine, as fast as it can: its peak. */
export function peakProduct({ tf }: Engine): {
  /** As many products as come to `flops`, in whole numbers. @returns floating point operations done */
  run(flops: number): Promise<number>;
  dispose(): void;
} {
  const [a, b] = ['a', 'b'].map((label): Tensor2D => tf.tensor2d(normals(size * size, label), [size, size]));
  return {
    run: async (flops) => {
      const count = Math.max(1, Math.round(flops / flopsOfOne));
      for (let i = 0; i < count; i++) {
        const [product, corner] = tf.tidy((): [Tensor, Tensor] => {
          const result = tf.matMul(a, b);
          return [result, tf.slice(result, [0, 0], [1, 1])];
        });
        // Reading one value waits for the product, without the way of all of it into this program's memory.
        await corner.data();
        tf.dispose([product, corner]);
      }
      return count * flopsOfOne;
    },
    dispose: () => tf.dispose([a, b]),
  };
}
