import { join } from 'node:path';
import { z } from 'zod';
import { writeTsvFile } from '../../formats/tsv/write.ts';
import { simulateRun } from '../../simulation/bold.ts';
import { makeBrain, type SimulatedBrain } from '../../simulation/brain.ts';
import { type ExperimentPlan, planExperiment } from '../../simulation/experiment.ts';
import { attributeValues, faceAttributeNames } from '../../simulation/face-attributes.ts';
import { defineStage, type StageContext } from '../stage.ts';
import { writeDatasetFrame, writeRun, writeStimulusLabels } from './simulated-dataset.ts';
import { type NamedPicture, samplePortraits, writePictures } from './simulated-pictures.ts';

const subject = '01';
const task = 'faces';

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
  await writeStimulusLabels(join(outDir, 'bids', 'stimuli', 'labels.tsv'), plan);
}

async function writeDataset(
  plan: ExperimentPlan,
  brain: SimulatedBrain,
  seed: number,
  context: StageContext,
  advance: (units: number) => void,
): Promise<void> {
  const folder = { root: join(context.outDir, 'bids'), subject };
  await writeDatasetFrame(folder, plan, brain, seed);
  for (const run of plan.runs) {
    const scanned = simulateRun(brain, run, plan.faces, seed);
    await writeRun(folder, run, scanned, brain);
    advance(picturesARun);
  }
}
