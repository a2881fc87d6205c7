import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeNifti } from '../../src/main/formats/nifti/write.ts';
import { writeTsvFile } from '../../src/main/formats/tsv/write.ts';
import { writeMaskImage } from '../../src/main/jobs/stages/mask-image.ts';
import { type SimulatedRun, simulateRun } from '../../src/main/simulation/bold.ts';
import { makeBrain, type SimulatedBrain } from '../../src/main/simulation/brain.ts';
import { planExperiment, type StudyRun, studyTiming } from '../../src/main/simulation/experiment.ts';

/** What is done to a run. Volumes and slices count from 0. */
export type Fault = (run: SimulatedRun, brain: SimulatedBrain) => void;

/** Every voxel brighter by a share in one volume. */
export const spike =
  (volume: number, share: number): Fault =>
  ({ series }, brain) => {
    const size = volumeSize(brain);
    for (let at = volume * size; at < (volume + 1) * size; at++) series[at] *= 1 + share;
  };

/** From a volume on, the head lies one voxel further forward, and the motion parameters say so. */
export const jump =
  (volume: number): Fault =>
  ({ series, confounds }, brain) => {
    const size = volumeSize(brain);
    const row = brain.grid.shape[0];
    for (let start = volume * size; start < series.length; start += size) {
      series.copyWithin(start + row, start, start + size - row);
    }
    const moved = Math.abs(brain.grid.affine[5]);
    for (let t = volume; t < confounds.trans_y.length; t++) confounds.trans_y[t] += moved;
    confounds.framewise_displacement[volume] += moved;
  };

/** One slice without signal, in some volumes. */
export const dark =
  (slice: number, share: number, from = 0, to = Number.POSITIVE_INFINITY): Fault =>
  ({ series, nVolumes }, brain) => {
    const plane = brain.grid.shape[0] * brain.grid.shape[1];
    const size = volumeSize(brain);
    for (let t = from; t < Math.min(to, nVolumes); t++) {
      const start = t * size + slice * plane;
      for (let at = start; at < start + plane; at++) series[at] = Math.round(series[at] * share);
    }
  };

/** The signal falls by a share over the run, in a straight line. */
export const drift =
  (share: number): Fault =>
  ({ series, nVolumes }, brain) => {
    const size = volumeSize(brain);
    for (let at = 0; at < series.length; at++) {
      series[at] *= 1 - (share * Math.floor(at / size)) / (nVolumes - 1);
    }
  };

/** More thermal noise, as of a broken coil element; a share of the signal. */
export const noise =
  (share: number): Fault =>
  ({ series }) => {
    let state = 1;
    for (let at = 0; at < series.length; at++) {
      state = (state * 48271) % 2147483647;
      series[at] *= 1 + share * Math.sqrt(12) * (state / 2147483647 - 0.5);
    }
  };

function volumeSize({ grid: { shape } }: SimulatedBrain): number {
  return shape[0] * shape[1] * shape[2];
}

/** Writes a simulated BIDS subject whose runs have the given faults, one list a run; all else is sound. */
export async function writeFaultyStudy(root: string, faults: readonly (readonly Fault[])[], seed = 3) {
  const brain = makeBrain(seed);
  const plan = planExperiment({
    seed,
    nRuns: faults.length,
    nSessions: 1,
    testPresentations: 1,
    nImageryRuns: 0,
    facesPerRun: 40,
    oneBacksPerRun: 2,
    fixationsPerRun: 8,
  });
  const derived = join(root, 'derivatives', 'preproc', 'sub-01');
  mkdirSync(join(root, 'sub-01', 'func'), { recursive: true });
  mkdirSync(join(derived, 'func'), { recursive: true });
  mkdirSync(join(derived, 'anat'), { recursive: true });
  writeFileSync(join(root, 'dataset_description.json'), '{"Name": "faults", "BIDSVersion": "1.10.0"}');
  writeFileSync(join(root, 'task-faces_bold.json'), `{"RepetitionTime": ${studyTiming.tR}}`);
  await writeMaskImage(join(derived, 'anat', 'sub-01_desc-brain_mask.nii.gz'), brain.brainMask);
  await writeMaskImage(join(derived, 'anat', 'sub-01_label-GM_mask.nii.gz'), brain.greyMask);
  for (const [index, run] of plan.runs.entries()) {
    const scanned = simulateRun(brain, run, plan.faces, seed);
    for (const fault of faults[index]) fault(scanned, brain);
    await writeRun(root, derived, run, scanned, brain);
  }
  return brain;
}

async function writeRun(
  root: string,
  derived: string,
  { run, events }: StudyRun,
  { series, nVolumes, confounds }: SimulatedRun,
  { grid }: SimulatedBrain,
): Promise<void> {
  const stem = `sub-01_task-faces_run-${String(run).padStart(2, '0')}`;
  const raw = join(root, 'sub-01', 'func', stem);
  await writeNifti(`${raw}_bold.nii.gz`, { grid, data: series, nVolumes, tR: studyTiming.tR });
  await writeTsvFile(
    `${raw}_events.tsv`,
    ['onset', 'duration', 'trial_type'],
    events.map(({ onset, duration, trialType }) => [onset, duration, trialType]),
  );
  const names = Object.keys(confounds);
  await writeTsvFile(
    join(derived, 'func', `${stem}_desc-confounds_timeseries.tsv`),
    names,
    Array.from({ length: nVolumes }, (_, t) => names.map((name) => confounds[name][t])),
  );
}
