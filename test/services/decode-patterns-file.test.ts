import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { writeJsonFile } from '../../src/main/formats/json/json.ts';
import { writeNifti } from '../../src/main/formats/nifti/write.ts';
import { writeNpyFile } from '../../src/main/formats/npy/npy.ts';
import { readSafetensorsFile, writeSafetensorsFile } from '../../src/main/formats/safetensors/safetensors.ts';
import { writeMaskImage } from '../../src/main/jobs/stages/mask-image.ts';
import { readPatternsStage } from '../../src/main/jobs/stages/read-patterns.ts';
import { FusiformError } from '../../src/shared/errors.ts';

const grid = {
  shape: [4, 3, 2] as const,
  affine: Float64Array.of(2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1),
};
const voxels = Uint32Array.of(1, 5, 6, 17, 22);

describe('patterns of a file', () => {
  let dir = '';
  let mapping = '';
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'fusiform-patterns-'));
    mapping = dir;
    await writeSafetensorsFile(join(dir, 'mapping.safetensors'), {
      weights: { shape: [2, 5], data: new Float32Array(10) },
      testPatterns: { shape: [1, 5], data: new Float32Array(5) },
      voxels: { shape: [5], data: voxels },
      region: { shape: [5], data: new Int32Array(5) },
    });
    await writeJsonFile(join(dir, 'mapping.json'), {
      subject: '01',
      testFaces: ['a.jpg'],
      hasImagery: false,
      regions: ['occipital'],
      latentSpace: { dim: 1, modelled: [0], means: [0] },
    });
    await writeMaskImage(join(dir, 'desc-selected_mask.nii.gz'), { grid, indices: voxels });
  });
  after(() => rm(dir, { recursive: true, force: true }));

  const read = async (fileName: string) => {
    const result = await readPatternsStage.perform(
      { fileName, presentations: 3 },
      {
        inputs: { file: join(dir, fileName), mapping },
        outDir: dir,
        scratchDir: dir,
        conduct: {},
        signal: new AbortController().signal,
        report: () => undefined,
        engine: () => Promise.reject(new Error('no engine is needed')),
      },
    );
    const { arrays } = await readSafetensorsFile(join(dir, 'patterns.safetensors'));
    return { summary: result.summary, values: Array.from(arrays.patterns.data) };
  };
  const refused = (fileName: string, code: string) =>
    assert.rejects(read(fileName), (error) => error instanceof FusiformError && error.code === code);
  const image = (name: string, data: Float32Array, on = grid) =>
    writeNifti(join(dir, name), { grid: on, data });

  test('an image on the mask’s grid gives the selected voxels', async () => {
    await image(
      'sub-01_map.nii.gz',
      Float32Array.from({ length: 24 }, (_, at) => at * 0.5),
    );
    const { summary, values } = await read('sub-01_map.nii.gz');
    assert.deepEqual(summary, { patterns: 1, voxels: 5 });
    assert.deepEqual(values, [0.5, 2.5, 3, 8.5, 11]);
  });

  test('an array has a row a pattern', async () => {
    const data = Float64Array.from({ length: 10 }, (_, at) => at);
    await writeNpyFile(join(dir, 'two.npy'), { shape: [2, 5], data });
    assert.deepEqual((await read('two.npy')).values, Array.from(data));
  });

  test('what is not of this mapping is refused', async () => {
    await image('other.nii.gz', new Float32Array(24), {
      ...grid,
      affine: Float64Array.of(3, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1),
    });
    await refused('other.nii.gz', 'PATTERN_GRID_MISMATCH');
    await image('sub-02_map.nii.gz', new Float32Array(24));
    await refused('sub-02_map.nii.gz', 'PATTERN_OF_OTHER_SUBJECT');
    await writeNpyFile(join(dir, 'wide.npy'), { shape: [2, 6], data: new Float32Array(12) });
    await refused('wide.npy', 'PATTERN_VOXELS_MISMATCH');
    await writeNpyFile(join(dir, 'gap.npy'), { shape: [5], data: Float32Array.of(1, 2, Number.NaN, 4, 5) });
    await refused('gap.npy', 'PATTERN_NOT_FINITE');
    await refused('mapping.json', 'PATTERN_FILE_UNSUITABLE');
  });
});
