import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { openSeries } from '../../src/main/formats/nifti/series.ts';
import { writeNifti } from '../../src/main/formats/nifti/write.ts';
import { type Benchmark, ratioRow } from './benchmark.ts';
import { alternate } from './harness.ts';
import { normals, withTemporaryFolder } from './inputs.ts';

const shape = [64, 64, 30] as const;
const nVolumes = 100;
const nVoxels = shape[0] * shape[1] * shape[2];

export const benchmark: Benchmark = {
  name: 'nifti-read',
  description: 'a compressed series read in a mask, against the decompression of its bytes alone',
  run: () =>
    withTemporaryFolder(async (folder) => {
      const path = join(folder, 'bold.nii.gz');
      const affine = Float64Array.of(3, 0, 0, -96, 0, 3, 0, -96, 0, 0, 3, -45, 0, 0, 0, 1);
      await writeNifti(path, { grid: { shape, affine }, data: headInAir(), nVolumes, tR: 2 });
      const compressed = await readFile(path);
      // In large pieces: the default of 16 KiB costs half as much again.
      const decompress = () => promisify(gunzip)(compressed, { chunkSize: 1 << 20 });
      const mask = Uint32Array.from(brain());

      const read = async () => (await openSeries(path)).readMasked(mask);
      const how = `readMasked of ${shape.join(' x ')} x ${nVolumes} int16, ${mask.length} voxels; time over that of zlib`;
      const comparison = await alternate(read, decompress, { pairs: 9 });
      return [ratioRow({ name: 'nifti-read', unit: 'x', how, target: { atMost: 2 } }, comparison)];
    }),
};

/** Voxels of an ellipsoid in the middle, ascending. */
function* brain(): Generator<number> {
  const [nx, ny, nz] = shape;
  for (let voxel = 0; voxel < nVoxels; voxel++) {
    const [i, j, k] = [voxel % nx, Math.floor(voxel / nx) % ny, Math.floor(voxel / (nx * ny))];
    const distance = Math.hypot(
      (i - nx / 2) / (0.4 * nx),
      (j - ny / 2) / (0.4 * ny),
      (k - nz / 2) / (0.4 * nz),
    );
    if (distance < 1) yield voxel;
  }
}

/** Scanner noise everywhere, a signal in the brain: it compresses as images do. */
function headInAir(): Int16Array {
  const data = Int16Array.from(normals(nVoxels * nVolumes, 'noise'), (value) => Math.abs(12 * value));
  for (const voxel of brain()) {
    for (let at = voxel; at < data.length; at += nVoxels) data[at] += 1000;
  }
  return data;
}
