import { pixCorr, ssim } from '../math/image-similarity.ts';
import { variance } from '../math/statistics.ts';

export interface ReconstructionScore {
  readonly ssim: number;
  readonly pixCorr: number;
}

/**
 * How like its original each reconstruction is.
 * @param originals `[n, size, size, 3]`, bytes. @param made the same shape, 0..1.
 */
export function scoreReconstructions(
  originals: Uint8Array,
  made: Float32Array,
  size: number,
): ReconstructionScore[] {
  const length = size * size * 3;
  return Array.from({ length: originals.length / length }, (_, at) => {
    const [from, to] = [at * length, (at + 1) * length];
    const original = Float32Array.from(originals.subarray(from, to), (byte) => byte / 255);
    const remade = made.subarray(from, to);
    return { ssim: ssim(original, remade, size, size, 3), pixCorr: pixCorr(original, remade) };
  });
}

/** Variance of a latent's posterior mean over images above which it counts as used (Burda et al. 2016). */
export const activeVariance = 0.01;

/**
 * Latents that a model uses: those whose posterior mean varies over images by more than 0.01 (Burda, Grosse &
 * Salakhutdinov 2016, *Importance weighted autoencoders*, section 5.2: `A_u = Var_x(E[u | x])`).
 *
 * @param codes posterior means, `[n, latentDim]`, n at least 2.
 */
export function countActiveLatents(codes: Float32Array, latentDim: number): number {
  const count = codes.length / latentDim;
  let active = 0;
  const values = new Float64Array(count);
  for (let latent = 0; latent < latentDim; latent++) {
    for (let image = 0; image < count; image++) values[image] = codes[image * latentDim + latent];
    if (variance(values) > activeVariance) active++;
  }
  return active;
}
