import { join } from 'node:path';
import { gridOf, readNiftiHeader } from '../../formats/nifti/read.ts';
import { encodeNifti } from '../../formats/nifti/write.ts';
import { type Grid, voxelCount } from '../../imaging/grid.ts';
import { readMapping } from '../../jobs/stages/fit-mapping.ts';

export const selectedVoxels = 'desc-selected_mask.nii.gz';

/** @throws FusiformError FILE_NOT_FOUND where the mapping has no geometry */
export async function mappingGrid(folder: string): Promise<Grid> {
  return gridOf(await readNiftiHeader(join(folder, selectedVoxels)));
}

/** The regions of a mapping's voxels as an image of labels: 0 outside, 1 for the first region. */
export async function mappingRegionsImage(folder: string): Promise<Uint8Array> {
  const [{ voxels, region }, grid] = await Promise.all([readMapping(folder), mappingGrid(folder)]);
  const data = new Int16Array(voxelCount(grid));
  voxels.forEach((voxel, at) => {
    data[voxel] = region[at] + 1;
  });
  return encodeNifti({ grid, data, intent: { code: 1002 }, description: 'regions of the mapping' });
}
