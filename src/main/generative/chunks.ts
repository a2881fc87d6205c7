import { FusiformError } from '../../shared/errors.ts';

/** Images a tensor program takes at once, so that memory does not grow with their number. */
export function imagesAtOnce(imageSize: number): number {
  return Math.max(8, Math.floor(2 ** 18 / imageSize ** 2));
}

/** Number of codes in `latents`. @throws FusiformError `LATENT_SIZE_MISMATCH` where it is not whole. */
export function countLatents(latents: Float32Array, latentDim: number): number {
  if (latents.length % latentDim === 0) return latents.length / latentDim;
  throw new FusiformError(
    'LATENT_SIZE_MISMATCH',
    `${latents.length} numbers are no whole number of codes with ${latentDim} elements`,
  );
}

/** The ranges `[from, to)` that cover `count` in steps of `size`. */
export function* chunks(count: number, size: number): Generator<readonly [from: number, to: number]> {
  for (let from = 0; from < count; from += size) yield [from, Math.min(count, from + size)];
}

/** What each byte stands for, looked up in a table of 256: many times as fast as a function called for every byte. */
export function lookUp(bytes: Uint8Array, table: Float32Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(bytes.length);
  for (let i = 0; i < values.length; i++) values[i] = table[bytes[i]];
  return values;
}
