import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../../formats/files/atomic-write.ts';
import { writeJsonFile } from '../../formats/json/json.ts';
import { writeNifti } from '../../formats/nifti/write.ts';
import { writeTsvFile } from '../../formats/tsv/write.ts';
import { type SimulatedRun, simulateRun } from '../../simulation/bold.ts';
import { makeBrain, type SimulatedBrain } from '../../simulation/brain.ts';
import {
  type ExperimentPlan,
  planExperiment,
  type StudyRun,
  studyTiming,
} from '../../simulation/experiment.ts';
import { attributeValues, faceAttributeNames } from '../../simulation/face-attributes.ts';
import { faceParameterNames } from '../../simulation/faces.ts';
import { defineStage, type StageContext } from '../stage.ts';
import { writeMaskImage } from './mask-image.ts';
import { type NamedPicture, samplePortraits, writePictures } from './simulated-pictures.ts';

const subject = '01';
const task = 'faces';
const derivatives = 'derivatives/preproc';

const parameters = z.strictObject({
  seed: z.number().int(),
  /** People in the folder of portraits; none of them is in the scanner study. */
  nPortraits: z.number().int().min(1),
  nRuns: z.number().int().min(1),
  testPresentations: z.number().int().min(1),
  /** Event files that name other faces than were shown: the null that everything must come out at chance on. */
  shuffleEvents: z.boolean(),
  /** Width and height of the images in pixels. */
  imageSize: z.number().int().min(32),
});

/**
 * Nothing -> a folder of portraits with a label table (`faces/`), and a subject scanned while looking at other
 * faces (`bids/`), both as a lab would bring them. What only the simulation can know stands in `bids/sourcedata`.
 */
export const simulateStudyStage = defineStage({
  name: 'simulate-study',
  version: 2,
  parameters,
  async run({ seed, nPortraits, nRuns, testPresentations, shuffleEvents, imageSize }, context) {
    const plan = planExperiment({ seed, nRuns, testPresentations, shuffleEvents, subject });
    const brain = makeBrain(seed);
    const pictures = namePictures(plan, nPortraits, seed);
    const total = pictures.length + plan.runs.length * picturesARun;
    let done = 0;
    const advance = (units: number) => {
      done += units;
      context.signal.throwIfAborted();
      context.report({ done, total, unit: 'steps' });
    };
    await writePictures(pictures, imageSize, context.outDir, advance);
    await writeLabels(plan, pictures.slice(0, nPortraits), context.outDir);
    await writeDataset(plan, brain, seed, context, advance);
    const trainingFaces = plan.faces.filter((face) => face.role === 'train').length;
    return {
      summary: {
        portraits: nPortraits,
        subject,
        task,
        runs: plan.runs.length,
        trainingFaces,
        testFaces: plan.testFaces.length,
        imagined: plan.faces[plan.imaginedFace].stimFile,
        candidates: Array.from(plan.candidateFaces, (face) => plan.faces[face].stimFile),
        shuffleEvents,
      },
    };
  },
});

/** A run takes about as long to make as this many pictures; for one bar over both. */
const picturesARun = 40;

function namePictures(plan: ExperimentPlan, nPortraits: number, seed: number): NamedPicture[] {
  const stimuli = plan.faces.map(({ stimFile, parameters: face }) => ({
    file: `bids/stimuli/${stimFile}`,
    parameters: face,
  }));
  return [...samplePortraits(seed, nPortraits, 'faces'), ...stimuli];
}

async function writeLabels(
  plan: ExperimentPlan,
  portraits: readonly NamedPicture[],
  outDir: string,
): Promise<void> {
  await writeTsvFile(
    join(outDir, 'faces', 'labels.tsv'),
    ['image_id', ...faceAttributeNames],
    portraits.map(({ file, parameters: face }) => [file.replace('faces/', ''), ...attributeValues(face)]),
  );
  await writeTsvFile(
    join(outDir, 'bids', 'stimuli', 'labels.tsv'),
    ['stim_file', ...faceAttributeNames],
    plan.faces.map(({ stimFile, parameters: face }) => [stimFile, ...attributeValues(face)]),
  );
}

async function writeDataset(
  plan: ExperimentPlan,
  brain: SimulatedBrain,
  seed: number,
  context: StageContext,
  advance: (units: number) => void,
): Promise<void> {
  const root = join(context.outDir, 'bids');
  await writeDescriptions(root);
  await writeTruth(root, plan, seed);
  await writeMasks(root, brain);
  for (const run of plan.runs) {
    const scanned = simulateRun(brain, run, plan.faces, seed);
    await writeRun(root, run, scanned, brain);
    advance(picturesARun);
  }
}

async function writeDescriptions(root: string): Promise<void> {
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

async function writeMasks(root: string, { brainMask, greyMask }: SimulatedBrain): Promise<void> {
  const folder = join(root, derivatives, `sub-${subject}`, 'anat');
  await mkdir(folder, { recursive: true });
  for (const [mask, name] of [
    [brainMask, `sub-${subject}_desc-brain_mask.nii.gz`],
    [greyMask, `sub-${subject}_label-GM_mask.nii.gz`],
  ] as const) {
    await writeMaskImage(join(folder, name), mask);
  }
}

async function writeRun(
  root: string,
  run: StudyRun,
  scanned: SimulatedRun,
  brain: SimulatedBrain,
): Promise<void> {
  const session = `ses-${pad(run.session)}`;
  const stem = `sub-${subject}_${session}_task-${task}_run-${pad(run.run)}`;
  const raw = join(root, `sub-${subject}`, session, 'func');
  const derived = join(root, derivatives, `sub-${subject}`, session, 'func');
  await mkdir(raw, { recursive: true });
  await mkdir(derived, { recursive: true });
  await writeNifti(join(raw, `${stem}_bold.nii.gz`), {
    grid: brain.grid,
    data: scanned.series,
    nVolumes: scanned.nVolumes,
    tR: studyTiming.tR,
  });
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
