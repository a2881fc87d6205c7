import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { encodePng } from '../../src/main/formats/image/encode.ts';
import { inspectFile } from '../../src/main/formats/inspect.ts';
import { writeMatFile } from '../../src/main/formats/mat/level5-write.ts';
import { writeNpyFile } from '../../src/main/formats/npy/npy.ts';
import { writeSafetensorsFile } from '../../src/main/formats/safetensors/safetensors.ts';
import { StatisticsAccumulator } from '../../src/main/formats/statistics.ts';
import { temporaryFolder } from './temporary.ts';

test('statistics by blocks keep their digits beside a large mean', () => {
  const statistics = new StatisticsAccumulator();
  // 1e9 + {1, 2, 3, 4}: mean 1e9 + 2.5, population variance 1.25.
  statistics.add([1e9 + 1, Number.NaN, 1e9 + 2]);
  statistics.add([Number.POSITIVE_INFINITY]);
  statistics.add([1e9 + 3, 1e9 + 4]);
  const { mean, std, min, max, nonFinite } = statistics.result();
  assert.equal(mean, 1e9 + 2.5);
  assert.ok(Math.abs((std ?? 0) - Math.sqrt(1.25)) < 1e-12);
  assert.deepEqual([min, max, nonFinite], [1e9 + 1, 1e9 + 4, 2]);
  assert.deepEqual(new StatisticsAccumulator().result(), {
    mean: null,
    std: null,
    min: null,
    max: null,
    nonFinite: 0,
  });
});

test('every format says what it holds', async (t) => {
  const folder = await temporaryFolder(t);
  const path = (name: string): string => join(folder, name);

  await writeNpyFile(path('a.npy'), { shape: [2, 2], data: Float32Array.of(1, 2, 3, Number.NaN) });
  const npy = await inspectFile(path('a.npy'));
  assert.deepEqual(
    [npy.format, npy.shape, npy.dtype, npy.mean, npy.nonFinite],
    ['npy', [2, 2], 'float32', 2, 1],
  );

  const codes = { shape: [2, 2], data: Float32Array.of(1, 2, 3, Number.NaN) };
  await writeMatFile(path('one.mat'), { latent: codes });
  const one = await inspectFile(path('one.mat'));
  assert.deepEqual(
    [one.format, one.shape, one.dtype, one.mean, one.nonFinite],
    ['mat5', [2, 2], 'single', 2, 1],
  );
  await writeMatFile(path('two.bin'), { latent: codes, names: ['a', 'b'] });
  const two = await inspectFile(path('two.bin'));
  assert.deepEqual(
    [two.format, two.shape, two.extra],
    [
      'mat5',
      null,
      {
        variables: [
          { name: 'latent', class: 'single', shape: [2, 2] },
          { name: 'names', class: 'cell', shape: [2, 1] },
        ],
      },
    ],
  );
  const hdf5 = await inspectFile(join(import.meta.dirname, '../fixtures/mat/testhdf5_7.4_GLNX86.mat'));
  assert.deepEqual([hdf5.format, hdf5.shape, hdf5.max], ['mat73', [1, 9], 2 * Math.PI]);

  await writeSafetensorsFile(
    path('a.safetensors'),
    { w: { shape: [2], data: new Int32Array(2) } },
    { kind: 'pca' },
  );
  const tensors = await inspectFile(path('a.safetensors'));
  assert.equal(tensors.format, 'safetensors');
  assert.deepEqual(tensors.extra, { arrays: { w: { dtype: 'I32', shape: [2] } }, metadata: { kind: 'pca' } });

  await writeFile(path('picture.dat'), await encodePng(new Uint8Array(3 * 2 * 3).fill(7), 3, 2));
  const picture = await inspectFile(path('picture.dat'));
  assert.deepEqual(
    [picture.format, picture.shape, picture.dtype, picture.mean],
    ['png', [2, 3, 3], 'uint8', 7],
  );

  await writeFile(path('a.tsv'), 'onset\tduration\n1\t2\n');
  const table = await inspectFile(path('a.tsv'));
  assert.deepEqual([table.format, table.shape, table.extra.columns], ['tsv', [1, 2], ['onset', 'duration']]);

  await writeFile(path('a.json'), '{"RepetitionTime": 2}');
  const json = await inspectFile(path('a.json'));
  assert.deepEqual([json.format, json.extra], ['json', { type: 'object', keys: ['RepetitionTime'] }]);

  await writeFile(path('a.xyz'), 'what is this');
  await assert.rejects(inspectFile(path('a.xyz')), { code: 'FORMAT_UNKNOWN', file: path('a.xyz') });
  await writeFile(path('a.nii'), 'what is this');
  await assert.rejects(inspectFile(path('a.nii')), { code: 'NIFTI_BAD_MAGIC' });
});
