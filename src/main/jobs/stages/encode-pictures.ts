import { FusiformError, type Problem } from '../../../shared/errors.ts';
import type { WorkContext } from '../../../shared/progress.ts';
import { decodeFace } from '../../formats/image/decode.ts';
import { imageSetOf, imagesAtSize } from '../../generative/image-set.ts';
import type { LatentModel } from '../../generative/latent-model.ts';

/** How pictures become what a model takes: as when its training faces were imported. */
export interface PicturePreparation {
  /** Share of the centre square that is kept. */
  readonly crop: number;
  /** Pixels that a picture is first resized to; a whole multiple of the model's, averaged over blocks. */
  readonly importSize: number;
}

/** A picture as bytes, [imageSize, imageSize, 3]. @throws FusiformError as `decodeFace` */
export async function preparePicture(
  path: string,
  imageSize: number,
  { crop, importSize }: PicturePreparation,
): Promise<Uint8Array> {
  return imagesAtSize(imageSetOf(await decodeFace(path, importSize, { crop }), importSize), imageSize).image(
    0,
  );
}

export interface EncodedPictures {
  /** Positions in `paths` of the pictures that could be read, ascending. */
  readonly kept: readonly number[];
  /** [kept, latentDim] */
  readonly codes: Float32Array;
  /** What was wrong with each of the others. */
  readonly problems: readonly Problem[];
}

/** Pictures between two reports of progress; two such batches are in memory at a time. */
const picturesAtOnce = 64;

/**
 * Encodes pictures straight from their files, in order. The next pictures are decoded on other threads while the model
 * works; memory grows with the codes alone. A picture that cannot be read is left out and listed.
 */
export async function encodePictures(
  model: LatentModel,
  paths: readonly string[],
  preparation: PicturePreparation,
  { report, signal }: WorkContext,
): Promise<EncodedPictures> {
  const { imageSize, latentDim } = model;
  const stride = imageSize * imageSize * 3;
  const problems: Problem[] = [];
  const kept: number[] = [];
  const codes = new Float32Array(paths.length * latentDim);

  const readBatch = async (from: number): Promise<(Uint8Array | Problem)[]> =>
    Promise.all(
      paths.slice(from, from + picturesAtOnce).map((path) =>
        preparePicture(path, imageSize, preparation).catch((error: unknown) => {
          if (error instanceof FusiformError) return error.toProblem();
          throw error;
        }),
      ),
    );

  let ahead = readBatch(0);
  for (let from = 0; from < paths.length; from += picturesAtOnce) {
    signal.throwIfAborted();
    const batch = await ahead;
    ahead = readBatch(from + picturesAtOnce);
    // Where the model fails first, nobody waits for these any more.
    ahead.catch(() => undefined);
    const readable = [...batch.keys()].filter((at) => batch[at] instanceof Uint8Array);
    const pixels = new Uint8Array(readable.length * stride);
    batch.forEach((picture) => {
      if (!(picture instanceof Uint8Array)) problems.push(picture);
    });
    readable.forEach((at, index) => {
      pixels.set(batch[at] as Uint8Array, index * stride);
    });
    if (readable.length > 0) codes.set(await model.encode(pixels), kept.length * latentDim);
    kept.push(...readable.map((at) => from + at));
    report({ done: Math.min(paths.length, from + picturesAtOnce), total: paths.length, unit: 'images' });
  }
  return { kept, codes: codes.subarray(0, kept.length * latentDim), problems };
}
