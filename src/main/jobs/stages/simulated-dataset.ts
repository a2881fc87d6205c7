import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeFileAtomic } from '../../formats/files/atomic-write.ts';
import { writeJsonFile } from '../../formats/json/json.ts';
import { writeNifti } from '../../formats/nifti/write.ts';
import { writeTsvFile } from '../../formats/tsv/write.ts';
import type { SimulatedRun } from '../../simulation/bold.ts';
import type { SimulatedBrain } from '../../simulation/brain.ts';
import { type ExperimentPlan, type StudyRun, studyTiming } from '../../simulation/experiment.ts';
import { attributeValues, faceAttributeNames } from '../../simulation/face-attributes.ts';
import { faceParameterNames } from '../../simulation/faces.ts';
import { writeMaskImage } from './mask-image.ts';

/** What the folder of a simulated dataset holds of its one subject. */
export interface DatasetFolder {
  readonly root: string;
  /** BIDS label. */
  readonly subject: string;
}

const task = 'faces';
const derivatives = 'derivatives/preproc';

/** What stands in a dataset beside its runs: descriptions, masks, and in `sourcedata` what no real study could know. */
export async function writeDatasetFrame(
  folder: DatasetFolder,
  plan: ExperimentPlan,
  brain: SimulatedBrain,
  seed: number,
): Promise<void> {
  await writeDescriptions(folder);
  await writeTruth(folder.root, plan, seed);
  await writeMasks(folder, brain);
}

/** The labels that a viewer would give the stimuli, a row each. */
export async function writeStimulusLabels(path: string, { faces }: ExperimentPlan): Promise<void> {
  await writeTsvFile(
    path,
    ['stim_file', ...faceAttributeNames],
    faces.map(({ stimFile, parameters: face }) => [stimFile, ...attributeValues(face)]),
  );
}

/** The names of a run's files, before `_bold` and so on. */
export function runStem(subject: string, { session, run }: Pick<StudyRun, 'session' | 'run'>): string {
  return `sub-${subject}_ses-${pad(session)}_task-${task}_run-${pad(run)}`;
}

async function writeDescriptions({ root, subject }: DatasetFolder): Promise<void> {
  const generatedBy = [{ Name: 'Fusiform', Description: 'Simulated faces and a simulated brain' }];
  await writeJson(root, 'dataset_description.json', {
    Name: 'Simulated face study',
    BIDSVersion: '1.10.0',
    DatasetType: 'raw',
    License: 'CC0',
    GeneratedBy: generatedBy,
  });
  await writeJson(root, `${derivatives}/dataset_description.json`, {
    Name: 'Simulated face study: masks and confounds',
    BIDSVersion: '1.10.0',
    DatasetType: 'derivative',
    GeneratedBy: generatedBy,
  });
  await writeText(
    root,
    'README',
    'A simulated subject who looked at drawn faces, with the conventions of OpenNeuro ds001761.\nNo person was scanned; no photograph is shown. sourcedata/simulation.json holds the truth.\n',
  );
  await writeText(root, 'participants.tsv', `participant_id\tage\tsex\nsub-${subject}\tn/a\tn/a\n`);
  await writeJson(root, `task-${task}_bold.json`, {
    TaskName: task,
    RepetitionTime: studyTiming.tR,
    Manufacturer: 'simulated',
  });
  await writeJson(root, `task-${task}_events.json`, {
    trial_type: {
      Description: 'What the trial was',
      Levels: {
        train_face: 'a face of the training set',
        test_face: 'one of the 20 test faces',
        Fix: 'a fixation null',
        Img: 'the subject imagines one face, which is not named here',
      },
    },
    stim_file: { Description: 'The picture, below stimuli/' },
    oneback: { Description: '1 for a face that repeats the one before it' },
  });
}

/** What a real study could not know: the traits of each face, and which face was imagined. */
async function writeTruth(root: string, plan: ExperimentPlan, seed: number): Promise<void> {
  await writeJson(root, 'sourcedata/simulation.json', {
    seed,
    imagined: plan.faces[plan.imaginedFace].stimFile,
    candidates: Array.from(plan.candidateFaces, (face) => plan.faces[face].stimFile),
  });
  await writeTsvFile(
    join(root, 'sourcedata', 'traits.tsv'),
    ['stim_file', 'role', ...faceParameterNames],
    plan.faces.map(({ stimFile, role, parameters: face }) => [
      stimFile,
      role,
      ...faceParameterNames.map((name) => face[name].toFixed(4)),
    ]),
  );
}

async function writeMasks(
  { root, subject }: DatasetFolder,
  { brainMask, greyMask }: SimulatedBrain,
): Promise<void> {
  const folder = join(root, derivatives, `sub-${subject}`, 'anat');
  await mkdir(folder, { recursive: true });
  for (const [mask, name] of [
    [brainMask, `sub-${subject}_desc-brain_mask.nii.gz`],
    [greyMask, `sub-${subject}_label-GM_mask.nii.gz`],
  ] as const) {
    await writeMaskImage(join(folder, name), mask);
  }
}

/** Where the image and the events of a run stand. */
export function runFolder({ root, subject }: DatasetFolder, { session }: Pick<StudyRun, 'session'>): string {
  return join(root, `sub-${subject}`, `ses-${pad(session)}`, 'func');
}

/**
 * The files of a run; its image is the last of them, so that a run with an image is whole.
 *
 * @param extension of the image: uncompressed ones are written and read several times as fast.
 */
export async function writeRun(
  { root, subject }: DatasetFolder,
  run: StudyRun,
  scanned: SimulatedRun,
  brain: SimulatedBrain,
  extension: '.nii' | '.nii.gz' = '.nii.gz',
): Promise<void> {
  const session = `ses-${pad(run.session)}`;
  const stem = runStem(subject, run);
  const raw = runFolder({ root, subject }, run);
  const derived = join(root, derivatives, `sub-${subject}`, session, 'func');
  await mkdir(raw, { recursive: true });
  await mkdir(derived, { recursive: true });
  await writeTsvFile(
    join(raw, `${stem}_events.tsv`),
    ['onset', 'duration', 'trial_type', 'stim_file', 'oneback'],
    run.events.map((event) => [
      event.onset.toFixed(3),
      event.duration.toFixed(3),
      event.trialType,
      event.stimFile,
      event.oneBack ? 1 : 0,
    ]),
  );
  const names = Object.keys(scanned.confounds);
  await writeTsvFile(
    join(derived, `${stem}_desc-confounds_timeseries.tsv`),
    names,
    Array.from({ length: scanned.nVolumes }, (_, volume) =>
      names.map((name) => {
        const value = scanned.confounds[name][volume];
        return Number.isNaN(value) ? 'n/a' : value.toPrecision(8);
      }),
    ),
  );
  await writeNifti(join(raw, `${stem}_bold${extension}`), {
    grid: brain.grid,
    data: scanned.series,
    nVolumes: scanned.nVolumes,
    tR: studyTiming.tR,
  });
}

async function writeText(root: string, file: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, file)), { recursive: true });
  await writeFileAtomic(join(root, file), text);
}

async function writeJson(root: string, file: string, value: unknown): Promise<void> {
  await mkdir(dirname(join(root, file)), { recursive: true });
  await writeJsonFile(join(root, file), value);
}

function pad(number: number): string {
  return String(number).padStart(2, '0');
}
