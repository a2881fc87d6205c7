import { FusiformError } from '../../../shared/errors.ts';
import { gatherImages, imagesAtSize, selectImages } from '../../generative/image-set.ts';
import { rowsOf } from '../stages/face-rows.ts';
import { type FaceSet, readFaceSet } from '../stages/face-set.ts';

/** The pictures that were shown. */
export interface ShownPictures {
  readonly faces: FaceSet;
  /** Of the test faces. */
  readonly rows: Uint32Array;
}

/** Null where the pictures are not at hand. */
export async function readShownPictures(
  folder: string | undefined,
  testFaces: readonly string[],
): Promise<ShownPictures | null> {
  if (folder === undefined) return null;
  const faces = await readFaceSet(folder);
  return { faces, rows: rowsOf(testFaces, faces.files, folder) };
}

/** Pixels of some faces at a size, [rows, size, size, 3]. */
export function pixelsOf({ images }: FaceSet, rows: Uint32Array, size: number): Uint8Array {
  return gatherImages(selectImages(imagesAtSize(images, size), rows));
}

/**
 * Codes are numbers, or nothing is scored: a single NaN would spoil every mean without a word.
 *
 * @param codes [names, latentDim] @param what they are, for the message
 * @throws FusiformError LATENTS_NOT_FINITE naming the face and the latent
 */
export function requireFiniteCodes(
  codes: Float32Array,
  names: readonly string[],
  what: string,
  file: string,
): void {
  const at = codes.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  const latentDim = codes.length / names.length;
  const [row, latent] = [Math.floor(at / latentDim), at % latentDim];
  throw new FusiformError(
    'LATENTS_NOT_FINITE',
    `The ${what} of "${names[row]}" is not a number at latent ${latent + 1}.`,
    { file, details: { face: names[row], latent: latent + 1 } },
  );
}
