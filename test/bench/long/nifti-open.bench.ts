import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readNifti } from '../../../src/main/formats/nifti/read.ts';
import { writeNifti } from '../../../src/main/formats/nifti/write.ts';
import { type Benchmark, missingRow, type Row, ratioRow } from '../benchmark.ts';
import { alternate } from '../harness.ts';
import { normals, withTemporaryFolder } from '../inputs.ts';
import { startPython } from '../peers/lines.ts';

/** Of int16 that hardly compresses: about 100 MB on the disk. */
const shape = [512, 512, 360] as const;
const name = 'nifti-open';

export const benchmark: Benchmark = {
  name,
  description: 'one volume of 100 MB .nii.gz read into float32, against nibabel',
  run: () =>
    withTemporaryFolder(async (folder): Promise<Row[]> => {
      const started = await startPython('peer-numpy.py');
      if ('missing' in started) return [missingRow(name, 'x', started.missing)];
      const { peer } = started;
      if (!peer.version.includes('nibabel')) return [missingRow(name, 'x', 'nibabel is absent')];
      const file = join(folder, 'volume.nii.gz');
      const affine = Float64Array.of(0.5, 0, 0, -128, 0, 0.5, 0, -128, 0, 0, 0.5, -90, 0, 0, 0, 1);
      await writeNifti(file, { grid: { shape, affine }, data: scan() });
      const megabytes = ((await stat(file)).size / 1e6).toFixed(0);
      const rows: Row[] = [];
      for (const how of ['float32', 'dataobj'] as const) {
        const against =
          how === 'float32' ? 'get_fdata(dtype=float32)' : 'asanyarray(dataobj), which stays int16';
        const comparison = await alternate(
          () => readNifti(file),
          () => peer.ask({ task: 'open', file, how }),
          { pairs: 5 },
        );
        const text = `readNifti of ${megabytes} MB; time over that of ${peer.version}, ${against}`;
        rows.push(
          ratioRow({ name: `${name} ${how}`, unit: 'x', how: text, target: { atMost: 1 } }, comparison),
        );
      }
      await peer.stop();
      return rows;
    }),
};

/** Noise of 1 % on a baseline: from a pool, as it is only to be compressed. */
function scan(): Int16Array {
  const pool = normals(1 << 22, 'pool');
  const data = new Int16Array(shape[0] * shape[1] * shape[2]);
  for (let at = 0; at < data.length; at++) data[at] = 900 + 6 * pool[(at * 3 + (at >> 20)) % pool.length];
  return data;
}
