import { FusiformError, type Problem } from '../../shared/errors.ts';
import { gridOf, readNiftiHeader, readVolume } from '../formats/nifti/read.ts';
import { writeNifti } from '../formats/nifti/write.ts';
import { closestCanonical } from '../imaging/canonical.ts';
import { onGrid } from '../imaging/load-mask.ts';
import { orientationCode } from '../imaging/orientation.ts';
import type { Interpolation } from '../imaging/resample.ts';

export type { Interpolation } from '../imaging/resample.ts';

export interface WrittenImage {
  readonly file: string;
  readonly shape: readonly number[];
  /** Directions towards which the axes grow, such as RAS, before and after. */
  readonly orientation: { readonly from: string; readonly to: string };
  readonly problems: readonly Problem[];
}

/** An image of one volume on the grid of another image, as it is done with masks and atlases. */
export async function resampleImage(
  image: string,
  like: string,
  out: string,
  interpolation: Interpolation,
): Promise<WrittenImage> {
  refuseOtherEnding(out);
  const volume = await readVolume(image);
  const grid = gridOf(await readNiftiHeader(like));
  const { resampled, problems } = onGrid(volume, grid, interpolation, image);
  await writeNifti(out, resampled);
  return {
    file: out,
    shape: grid.shape,
    orientation: { from: orientationCode(volume.grid.affine), to: orientationCode(grid.affine) },
    problems,
  };
}

/** An image of one volume with its axes turned towards right, anterior, superior; no value moves in space. */
export async function turnToRas(image: string, out: string): Promise<WrittenImage> {
  refuseOtherEnding(out);
  const volume = await readVolume(image);
  const turned = closestCanonical(volume);
  await writeNifti(out, turned);
  return {
    file: out,
    shape: turned.grid.shape,
    orientation: { from: orientationCode(volume.grid.affine), to: orientationCode(turned.grid.affine) },
    problems: [],
  };
}

function refuseOtherEnding(out: string): void {
  if (/\.nii(\.gz)?$/i.test(out)) return;
  throw new FusiformError('PARAMETERS_INVALID', `The name "${out}" does not end in .nii or .nii.gz.`);
}
