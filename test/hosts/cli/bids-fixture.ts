import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeNifti } from '../../../src/main/formats/nifti/write.ts';
import { Random } from '../../../src/main/math/random.ts';

export const fixtureGrid = {
  shape: [4, 4, 3] as const,
  affine: Float64Array.of(3, 0, 0, -6, 0, 3, 0, -6, 0, 0, 3, -4, 0, 0, 0, 1),
};
const nVoxels = 48;
const nVolumes = 60;

/** A small dataset: runs of 60 volumes, TR 2 s, with events of two conditions, and a mask of all voxels. */
export async function writeBidsFixture(root: string, nRuns: number): Promise<string> {
  const func = join(root, 'sub-01', 'func');
  mkdirSync(func, { recursive: true });
  writeFileSync(join(root, 'dataset_description.json'), '{"Name": "fixture", "BIDSVersion": "1.10.0"}');
  writeFileSync(join(root, 'task-look_bold.json'), '{"RepetitionTime": 2, "TaskName": "look"}');
  for (let run = 1; run <= nRuns; run++) await writeRun(root, run);
  await writeNifti(join(root, 'mask.nii.gz'), { grid: fixtureGrid, data: new Uint8Array(nVoxels).fill(1) });
  return root;
}

export const runStem = (root: string, run: number) =>
  join(root, 'sub-01', 'func', `sub-01_task-look_run-0${run}`);

/** @param nanAt a volume in which one voxel is NaN */
export async function writeRun(root: string, run: number, nanAt?: number): Promise<void> {
  const random = new Random(run);
  const data = Float32Array.from({ length: nVolumes * nVoxels }, () => 1000 + 10 * random.normal());
  if (nanAt !== undefined) data[nanAt * nVoxels + 5] = Number.NaN;
  await writeNifti(`${runStem(root, run)}_bold.nii.gz`, { grid: fixtureGrid, data, nVolumes, tR: 2 });
  const events = [
    'onset\tduration\ttrial_type',
    '10\t10\tface',
    '40\t10\thouse',
    '70\t10\tface  ',
    '95\t10\thouse',
  ];
  writeFileSync(`${runStem(root, run)}_events.tsv`, `${events.join('\n')}\n`);
}
