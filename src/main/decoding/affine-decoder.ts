import { checkPatterns } from './check-patterns.ts';
import { fixedPointProducts, toFixedPoint } from './fixed-point.ts';

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

/** All of a decoder but its matrix, which may lie elsewhere. */
export type AppliedDecoder = Omit<AffineDecoder, 'matrix'>;

/** `matrix pattern` of one pattern, [nLatents]. */
export type PatternProduct = (pattern: Float32Array) => Float64Array | Promise<Float64Array>;

/** Weights from which on fixed-point products are the faster ones; the choice is the decoder's, whoever applies it. */
const manyWeights = 2e7;

export function isLarge({ nLatents, nVoxels }: Pick<AffineDecoder, 'nLatents' | 'nVoxels'>): boolean {
  return nLatents * nVoxels > manyWeights;
}

/** Float64 sums for small decoders, the reference; of large ones exact sums of weights in 16 bits. */
export function patternProduct(decoder: AffineDecoder): PatternProduct {
  return isLarge(decoder)
    ? fixedPointProducts(toFixedPoint(decoder.matrix, decoder.nVoxels))
    : loops(decoder);
}

/**
 * Decodes patterns, each by itself: a pattern's code is the same, bit for bit, alone or in any batch.
 *
 * @param patterns [n, nVoxels]
 * @param presentations [n]: presentations that each pattern is a mean of; its noise is that of one over their number.
 * @returns [n, nLatents]
 * @throws FusiformError PATTERN_VOXELS_MISMATCH, PATTERN_NOT_FINITE
 */
export function applyDecoder(
  decoder: AffineDecoder,
  patterns: Float32Array,
  presentations: readonly number[],
): Promise<Float32Array> {
  return applyProduct(decoder, patternProduct(decoder), patterns, presentations);
}

/** The same with a product that stands ready. */
export async function applyProduct(
  decoder: AppliedDecoder,
  product: PatternProduct,
  patterns: Float32Array,
  presentations: readonly number[],
): Promise<Float32Array> {
  const { nVoxels, nLatents } = decoder;
  checkPatterns(patterns, nVoxels);
  const n = patterns.length / nVoxels;
  const codes = new Float32Array(n * nLatents);
  for (let row = 0; row < n; row += 1) {
    const projected = await product(patterns.subarray(row * nVoxels, (row + 1) * nVoxels));
    codes.set(toCode(decoder, projected, presentations[row] ?? 1), row * nLatents);
  }
  return codes;
}

/** The code of what `matrix pattern` is. */
export function toCode(
  { offset, posterior, nLatents }: AppliedDecoder,
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

function loops({ matrix, nLatents, nVoxels }: AffineDecoder): PatternProduct {
  return (pattern) =>
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
    });
}
