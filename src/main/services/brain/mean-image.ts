import { readNiftiHeader } from '../../formats/nifti/read.ts';
import { visitRawValues } from '../../formats/nifti/values.ts';
import { encodeNifti } from '../../formats/nifti/write.ts';
import { gridOf } from '../../formats/nifti/read.ts';
import { voxelCount } from '../../imaging/grid.ts';

/** The mean over time of a run, read volume by volume, as an image. @throws FusiformError as `readNifti` */
export async function meanImage(file: string): Promise<Uint8Array> {
  const header = await readNiftiHeader(file);
  const grid = gridOf(header);
  const count = voxelCount(grid);
  const sum = new Float64Array(count);
  let volumes = 0;
  await visitRawValues(header, count, (values) => {
    for (let voxel = 0; voxel < count; voxel += 1) sum[voxel] += values[voxel];
    volumes += 1;
  });
  const [slope, inter] = [header.slope ?? 1, header.inter ?? 0];
  const data = Float32Array.from(sum, (total) => (total / volumes) * slope + inter);
  return encodeNifti({ grid, data, description: `mean of ${volumes} volumes` });
}
