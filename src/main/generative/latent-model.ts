export { gatherImages, type ImageSet, imageSetOf, imagesAtSize, selectImages } from './image-set.ts';

/**
 * A space of faces: images to codes and codes to images. Everything it needs was fixed at training, so
 * that one image (or code) gives the same result alone as among others.
 */
export interface LatentModel {
  readonly kind: 'vaegan' | 'vae' | 'pca';
  /** Width and height in pixels of the images it takes and makes. */
  readonly imageSize: number;
  readonly latentDim: number;
  /**
   * @param pixels `[n, imageSize, imageSize, 3]`, bytes 0..255.
   * @returns codes `[n, latentDim]`.
   * @throws FusiformError `IMAGE_SIZE_MISMATCH` where the length is no whole number of images.
   */
  encode(pixels: Uint8Array): Promise<Float32Array>;
  /**
   * @param latents `[n, latentDim]`.
   * @returns images `[n, imageSize, imageSize, 3]`, 0..1.
   * @throws FusiformError `LATENT_SIZE_MISMATCH` where the length is no whole number of codes.
   */
  decode(latents: Float32Array): Promise<Float32Array>;
  dispose(): void;
}
