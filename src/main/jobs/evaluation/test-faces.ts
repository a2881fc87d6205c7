import { FusiformError } from '../../../shared/errors.ts';
import { gatherImages, imagesAtSize, selectImages } from '../../generative/image-set.ts';
import { type FaceSet, readFaceSet } from '../stages/face-set.ts';
import { faceName } from '../stages/roles.ts';

/** The rows of faces among the stimuli (see `rowFinder`). @throws FusiformError STIMULUS_NOT_ENCODED */
export function rowsOf(names: readonly string[], stimuli: readonly string[], file: string): Uint32Array {
  const rowOf = rowFinder(stimuli);
  return Uint32Array.from(names, (name) => {
    const row = rowOf(name);
    if (row === undefined) {
      throw new FusiformError('STIMULUS_NOT_ENCODED', `The face "${name}" has no latent code.`, { file });
    }
    return row;
  });
}

/** Finds a face among the stimuli: by its whole path, or by the file name that the study copies. */
export function rowFinder(stimuli: readonly string[]): (name: string) => number | undefined {
  const byPath = new Map(stimuli.map((stimulus, row) => [stimulus, row]));
  const byName = new Map(stimuli.map((stimulus, row) => [faceName(stimulus), row]));
  return (name) => byPath.get(name) ?? byName.get(name);
}

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
