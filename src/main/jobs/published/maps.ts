import { basename, join } from 'node:path';
import { FusiformError } from '../../../shared/errors.ts';
import { toColumnMajor } from '../../formats/axis-order.ts';
import { openMat } from '../../formats/mat/open-mat.ts';
import { readNiftiHeader } from '../../formats/nifti/header.ts';
import { niftiIntents, writeNifti } from '../../formats/nifti/write.ts';
import type { Grid } from '../../imaging/grid.ts';
import type { StageContext } from '../stage.ts';
import { writeMaskImage } from '../stages/mask-image.ts';
import { readNumbers, sizeOf } from './variables.ts';

export interface PublishedVoxels {
  /** The selected voxels, counted from zero, x fastest. */
  readonly indices: Uint32Array;
  /** Place of each one's region in `regions`, or -1. */
  readonly region: Int32Array;
  readonly regions: readonly string[];
  readonly volumeVoxels: number;
}

/**
 * Writes voxels, regions and whole-brain maps as NIfTI images on the grid of the input `reference`. The study's files hold
 * no geometry: without a reference nothing is written.
 *
 * @returns names of the images.
 * @throws FusiformError PUBLISHED_SHAPE where the reference has another number of voxels
 */
export async function writePublishedMaps(
  { inputs, outDir }: StageContext,
  { indices, region, regions, volumeVoxels }: PublishedVoxels,
): Promise<string[]> {
  if (inputs.reference === undefined) return [];
  const grid = await gridOf(inputs.reference, volumeVoxels);
  const written: string[] = [];
  const save = async (name: string, voxels: Uint32Array) => {
    await writeMaskImage(join(outDir, name), { grid, indices: voxels.toSorted() });
    written.push(name);
  };
  await save('desc-selected_mask.nii.gz', indices);
  for (const [at, name] of regions.entries()) {
    await save(
      `desc-${name}_mask.nii.gz`,
      indices.filter((_, voxel) => region[voxel] === at),
    );
  }
  for (const [input, path] of Object.entries(inputs)) {
    if (!input.startsWith('map ')) continue;
    const data = await readMap(path, volumeVoxels);
    if (data === null) continue;
    const name = `desc-${basename(path, '.mat').replaceAll(/[^a-z0-9]/gi, '')}_statmap.nii.gz`;
    await writeNifti(join(outDir, name), { grid, data, intent: { code: niftiIntents.estimate } });
    written.push(name);
  }
  return written;
}

async function gridOf(path: string, volumeVoxels: number): Promise<Grid> {
  const { shape, affine } = await readNiftiHeader(path);
  const [nx, ny = 1, nz = 1] = shape;
  if (nx * ny * nz !== volumeVoxels) {
    throw new FusiformError(
      'PUBLISHED_SHAPE',
      `The reference has ${nx} x ${ny} x ${nz} = ${nx * ny * nz} voxels, and the patterns ${volumeVoxels}.`,
      { file: path },
    );
  }
  return { shape: [nx, ny, nz], affine };
}

/** The only array of a file that has a value for each voxel, x fastest; null where there is none. */
async function readMap(path: string, volumeVoxels: number): Promise<Float32Array | null> {
  const file = await openMat(path);
  try {
    const fitting = [...file.variables.values()].filter((one) => sizeOf(one) === volumeVoxels);
    if (fitting.length !== 1) return null;
    const { shape, data } = await readNumbers(file, fitting[0].name);
    return Float32Array.from(toColumnMajor(data, shape));
  } finally {
    file.close();
  }
}
