/** What one layer of a network makes of an image: `[height, width, channels]`, channels last. */
export interface FeatureLayer {
  readonly name: string;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Numbers in one image's features of a layer. */
export function featureCount({ height, width, channels }: FeatureLayer): number {
  return height * width * channels;
}

/** A network that looks at faces, for measures of likeness that are not taken on pixels. */
export interface FeatureNetwork {
  readonly layers: readonly FeatureLayer[];
  /**
   * @param images `[n, size, size, 3]`, 0..1, as `LatentModel.decode` gives them.
   * @param size width and height in pixels.
   * @returns one array a layer, in the order of `layers`: `[n, height, width, channels]`.
   */
  features(images: Float32Array, size: number): Promise<Float32Array[]>;
  dispose(): void;
}
