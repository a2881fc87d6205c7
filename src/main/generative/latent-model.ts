/** Face images as bytes: RGB, square, one size, row-major from the top left. */
export interface ImageSet {
  readonly count: number;
  /** Width and height in pixels. */
  readonly size: number;
  /** `[count, size, size, 3]`, 0..255. */
  readonly pixels: Uint8Array;
}

/**
 * A space of faces: images to codes and codes to images. Everything it needs was fixed at training, so
 * that one image (or code) gives the same result alone as among others.
 */
export interface LatentModel {
  readonly kind: 'vaegan' | 'pca';
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
