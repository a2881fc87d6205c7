import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { openSeries } from '../../src/main/formats/nifti/series.ts';
import { writeNifti } from '../../src/main/formats/nifti/write.ts';
import { examineRun } from '../../src/main/jobs/quality/examine-run.ts';
import type { StageContext } from '../../src/main/jobs/stage.ts';
import { defaultThresholds } from '../../src/main/qc/flags.ts';
import { type Benchmark, ratioRow } from './benchmark.ts';
import { alternate } from './harness.ts';
import { normals, withTemporaryFolder } from './inputs.ts';

/** 100,000 voxels of the brain in a volume of 163,840, 300 volumes. */
const shape = [64, 64, 40] as const;
const nVolumes = 300;
const nAll = shape[0] * shape[1] * shape[2];
const nVoxels = 100_000;

export const benchmark: Benchmark = {
  name: 'qc-run',
  description: 'quality control of a run (100,000 voxels, 300 volumes), against decompressing its file alone',
  run: () =>
    withTemporaryFolder(async (folder) => {
      const path = join(folder, 'bold.nii.gz');
      const affine = Float64Array.of(3, 0, 0, -96, 0, 3, 0, -96, 0, 0, 3, -60, 0, 0, 0, 1);
      const grid = { shape, affine };
      await writeNifti(path, { grid, data: brainInAir(), nVolumes, tR: 2 });
      const compressed = await readFile(path);
      const decompress = () => promisify(gunzip)(compressed, { chunkSize: 1 << 20 });
      const indices = Uint32Array.from({ length: nVoxels }, (_, voxel) => (nAll - nVoxels) / 2 + voxel);
      const grouping = { of: new Uint8Array(nVoxels), names: ['brain'] };
      const context = { signal: new AbortController().signal } as StageContext;
      const examine = async () => {
        const run = {
          name: 'run',
          series: await openSeries(path),
          tR: 2,
          motion: null,
          design: null,
          problems: [],
        };
        const setup = { mask: { grid, indices }, grouping, thresholds: defaultThresholds };
        await examineRun(run, setup, context, () => undefined);
      };
      const how = 'reading, all measures, flags and carpet; time over that of zlib on the same file';
      const comparison = await alternate(examine, decompress, { pairs: 3 });
      return [ratioRow({ name: 'qc-run', unit: 'x', how, target: { atMost: 3 } }, comparison)];
    }),
};

/** Scanner noise everywhere, brighter voxels in the middle: it compresses as images do. */
function brainInAir(): Int16Array {
  const noise = normals(1 << 22, 'noise');
  const levels = normals(nAll, 'levels');
  const data = new Int16Array(nAll * nVolumes);
  const from = (nAll - nVoxels) / 2;
  for (let at = 0; at < data.length; at++) {
    const voxel = at % nAll;
    const value = noise[(at * 7919 + voxel) & (noise.length - 1)];
    const inside = voxel >= from && voxel < from + nVoxels;
    data[at] = inside ? 1000 + 150 * levels[voxel] + 12 * value : Math.abs(12 * value);
  }
  return data;
}
