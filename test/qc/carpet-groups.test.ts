import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeNifti } from '../../src/main/formats/nifti/write.ts';
import { fullMask } from '../../src/main/imaging/mask.ts';
import { carpetGroups } from '../../src/main/jobs/quality/carpet-groups.ts';
import { temporaryFolder } from '../formats/temporary.ts';

const grid = {
  shape: [4, 2, 1] as const,
  affine: Float64Array.of(3, 0, 0, 0, 0, 3, 0, 0, 0, 0, 3, 0, 0, 0, 0, 1),
};

test('carpets are ordered by an atlas, by tissues, or not at all', async (t) => {
  const folder = await temporaryFolder(t);
  const image = async (name: string, values: readonly number[]) => {
    const path = join(folder, name);
    await writeNifti(path, { grid, data: Int16Array.from(values) });
    return path;
  };
  const mask = fullMask(grid);
  const atlas = await image('atlas.nii', [7, 7, 0, 3, 3, 3, 0, 7]);
  const atlasLabels = join(folder, 'atlas.tsv');
  await writeFile(atlasLabels, 'index\tname\n7\tfusiform\n');
  const byAtlas = (await carpetGroups({ atlas, atlasLabels }, mask)).grouping;
  assert.deepEqual(byAtlas.names, ['label 3', 'fusiform', 'rest of the brain']);
  assert.deepEqual([...byAtlas.of], [1, 1, 2, 0, 0, 0, 2, 1]);
  const grey = await image('grey.nii', [1, 1, 1, 0, 0, 0, 0, 0]);
  const csf = await image('csf.nii', [0, 0, 1, 1, 0, 0, 0, 0]);
  const byTissue = (await carpetGroups({ 'grey matter': grey, CSF: csf }, mask)).grouping;
  assert.deepEqual(byTissue.names, ['grey matter', 'CSF', 'rest of the brain']);
  assert.deepEqual([...byTissue.of], [0, 0, 0, 1, 2, 2, 2, 2]);
  assert.deepEqual((await carpetGroups({}, mask)).grouping.names, ['brain']);
});
