import type { Engine } from '../engine/engine.ts';
import { checkPatterns } from './check-patterns.ts';

/**
 * A decoder as it is applied: `code = mean + back ((matrix pattern - offset) / (scale + spread))`, where `scale` is the noise
 * of the pattern in units of one presentation's. Without a prior nothing depends on the noise: `posterior` is null and
 * `code = matrix pattern - offset`.
 */
export interface AffineDecoder {
  readonly nLatents: number;
  readonly nVoxels: number;
  /** [nLatents, nVoxels] */
  readonly matrix: Float32Array;
  /** [nLatents] */
  readonly offset: Float64Array;
  readonly posterior: {
    /** [nLatents] */
    readonly mean: Float64Array;
    /** [nLatents]: precision that the pattern brings along each axis, over that of the prior. */
    readonly spread: Float64Array;
    /** [nLatents, nLatents] from those axes to latents. */
    readonly back: Float64Array;
    /** What a pattern's noise is multiplied by (chosen by cross-validation). */
    readonly noise: number;
  } | null;
}

/**
 * Decodes patterns, each by itself: a pattern's code is the same, bit for bit, alone or in any batch.
 *
 * @param patterns [n, nVoxels]
 * @param presentations [n]: presentations that each pattern is a mean of; its noise is that of one over their number.
 * @returns [n, nLatents]
 * @throws FusiformError PATTERN_VOXELS_MISMATCH, PATTERN_NOT_FINITE
 */
export async function applyDecoder(
  decoder: AffineDecoder,
  patterns: Float32Array,
  presentations: readonly number[],
  engine: Engine | null = null,
): Promise<Float32Array> {
  const { nVoxels, nLatents } = decoder;
  checkPatterns(patterns, nVoxels);
  const times = engine === null ? loops(decoder) : onEngine(decoder, engine);
  try {
    const n = patterns.length / nVoxels;
    const codes = new Float32Array(n * nLatents);
    for (let row = 0; row < n; row += 1) {
      const projected = await times.apply(patterns.subarray(row * nVoxels, (row + 1) * nVoxels));
      codes.set(toCode(decoder, projected, presentations[row] ?? 1), row * nLatents);
    }
    return codes;
  } finally {
    times.dispose();
  }
}

/** The code of what `matrix pattern` is. */
export function toCode(
  { offset, posterior, nLatents }: AffineDecoder,
  projected: ArrayLike<number>,
  presentations: number,
): Float64Array {
  const centred = offset.map((value, at) => projected[at] - value);
  if (posterior === null) return centred;
  const { mean, spread, back, noise } = posterior;
  const scale = noise / presentations;
  const shrunk = centred.map((value, at) => value / (scale + spread[at]));
  return mean.map((value, row) => {
    let sum = value;
    for (let at = 0; at < nLatents; at += 1) sum += back[row * nLatents + at] * shrunk[at];
    return sum;
  });
}

interface Times {
  apply(pattern: Float32Array): ArrayLike<number> | Promise<ArrayLike<number>>;
  dispose(): void;
}

/** float64 sums, the reference. */
function loops({ matrix, nLatents, nVoxels }: AffineDecoder): Times {
  return {
    apply: (pattern) =>
      Float64Array.from({ length: nLatents }, (_, latent) => {
        const from = latent * nVoxels;
        let even = 0;
        let odd = 0;
        let at = 0;
        for (; at + 1 < nVoxels; at += 2) {
          even += matrix[from + at] * pattern[at];
          odd += matrix[from + at + 1] * pattern[at + 1];
        }
        if (at < nVoxels) even += matrix[from + at] * pattern[at];
        return even + odd;
      }),
    dispose: () => undefined,
  };
}

/** float32 on an engine, one pattern a product, so that no batch changes the order of the sums. */
function onEngine({ matrix, nLatents, nVoxels }: AffineDecoder, { tf }: Engine): Times {
  const weights = tf.tensor2d(matrix, [nLatents, nVoxels]);
  return {
    apply: async (pattern) => {
      const product = tf.tidy(() => tf.matMul(weights, tf.tensor2d(pattern.slice(), [nVoxels, 1])));
      try {
        return await product.data();
      } finally {
        product.dispose();
      }
    },
    dispose: () => weights.dispose(),
  };
}
