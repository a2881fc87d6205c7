import type { AppliedDecoder } from '../../decoding/affine-decoder.ts';
import type { NamedArrays } from '../../math/nd-array.ts';

/**
 * What is applied to a pattern's products with the weights, as arrays of a file: `offset`, `mean` and `spread` [nLatents],
 * `back` [nLatents, nLatents], `noise` [1], all float64; the last four where there is a prior.
 */
export function appliedArrays({ nLatents, offset, posterior }: AppliedDecoder): NamedArrays {
  return {
    offset: { shape: [nLatents], data: offset },
    ...(posterior && {
      mean: { shape: [nLatents], data: posterior.mean },
      spread: { shape: [nLatents], data: posterior.spread },
      back: { shape: [nLatents, nLatents], data: posterior.back },
      noise: { shape: [1], data: Float64Array.of(posterior.noise) },
    }),
  };
}

/** The same read back. */
export function appliedOf(arrays: NamedArrays): Pick<AppliedDecoder, 'offset' | 'posterior'> {
  const numbers = (name: string) => Float64Array.from(arrays[name].data);
  return {
    offset: numbers('offset'),
    posterior:
      'mean' in arrays
        ? {
            mean: numbers('mean'),
            spread: numbers('spread'),
            back: numbers('back'),
            noise: Number(arrays.noise.data[0]),
          }
        : null,
  };
}
