import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type NiftiToWrite, writeNifti } from '../../src/main/formats/nifti/write.ts';
import { Random } from '../../src/main/math/random.ts';

export const studyGrid = {
  shape: [3, 3, 2] as const,
  affine: Float64Array.of(3, 0, 0, 0, 0, 3, 0, 0, 0, 0, 3, 0, 0, 0, 0, 1),
};
export const studyVolumes = 40;

/** The events of a run: one row an array, columns as in `eventsHeader`. */
export const eventsHeader = 'onset\tduration\ttrial_type\tstim_file\toneback\tnote';
const shared = [
  '2\t1\ttrain_face\tr/a1.png\t0\tx',
  '5\t1\ttrain_face\tr/a1.png\t1\tx',
  '8\t1\ttrain_face\tr/a2.png\t0\tx',
  '11\t1\ttrain_face \tr/a3.png\t0\tx',
  '14\t1\ttest_face\tr/t1.png\t0\tx',
  '17\t1\ttest_face\tr/t2.png\t0\tx',
  '20\t1\tFix\tn/a\t0\tx',
  '23\t1\ttrain_face\tr/a4.png\t0\tx',
];
const last = ['26\t12\tImg\tn/a\t0\tx', '26\t1\tcue\tn/a\t0\tx'];

export const runPath = (root: string, run: number): string =>
  join(root, 'sub-01', 'func', `sub-01_task-faces_run-0${run}`);

/** A dataset of one subject and two runs of 40 volumes, TR 2 s, that saw four training and two test faces each. */
export async function writeFaceStudy(root: string): Promise<void> {
  mkdirSync(join(root, 'sub-01', 'func'), { recursive: true });
  writeFileSync(join(root, 'dataset_description.json'), '{"Name": "faces", "BIDSVersion": "1.10.0"}');
  for (const run of [1, 2]) {
    const rows = [...shared, last[run - 1]].map((row) => row.replaceAll('r/a', `r${run}/a`));
    await writeStudyRun(root, run, rows);
  }
}

export async function writeStudyRun(
  root: string,
  run: number,
  rows: readonly string[],
  image: Partial<NiftiToWrite> = {},
  sidecar: object = { RepetitionTime: 2 },
): Promise<void> {
  const random = new Random(run);
  const nVoxels = studyGrid.shape.reduce((product, size) => product * size, 1);
  const nVolumes = image.nVolumes ?? studyVolumes;
  const data = Float32Array.from({ length: nVolumes * nVoxels }, () => 100 + random.normal());
  await writeNifti(`${runPath(root, run)}_bold.nii.gz`, { grid: studyGrid, data, nVolumes, tR: 2, ...image });
  writeFileSync(`${runPath(root, run)}_bold.json`, JSON.stringify(sidecar));
  writeFileSync(`${runPath(root, run)}_events.tsv`, `${[eventsHeader, ...rows].join('\n')}\n`);
}
