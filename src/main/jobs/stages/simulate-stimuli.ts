import { link, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { defineStage } from '../stage.ts';
import { replayedPlan, replaySchema } from './replayed-plan.ts';
import { faceName } from './roles.ts';
import { writeStimulusLabels } from './simulated-dataset.ts';
import { writePictures } from './simulated-pictures.ts';

/**
 * Events of a real study's runs (see replayed-plan.ts) -> the pictures that stand for its stimuli, under their names, and a
 * table of labels. The pictures are PNG whatever the names end in: readers go by the content.
 */
export const simulateStimuliStage = defineStage({
  name: 'simulate-stimuli',
  version: 1,
  parameters: z.strictObject({
    replay: replaySchema,
    /** Width and height of the pictures in pixels. */
    imageSize: z.number().int().min(16).max(1024),
  }),
  async run({ replay, imageSize }, context) {
    const { outDir } = context;
    const plan = await replayedPlan(replay, context);
    // A test face lies in the folder of every run that shows it: it is drawn once.
    const first = new Map(plan.faces.map(({ stimFile }) => [faceName(stimFile), stimFile]));
    const drawn = plan.faces.filter(({ stimFile }) => first.get(faceName(stimFile)) === stimFile);
    let done = 0;
    await writePictures(
      drawn.map(({ stimFile, parameters }) => ({ file: stimFile, parameters })),
      imageSize,
      outDir,
      (written) => {
        done += written;
        context.signal.throwIfAborted();
        context.report({ done, total: drawn.length, unit: 'faces' });
      },
    );
    for (const { stimFile } of plan.faces) {
      const origin = first.get(faceName(stimFile)) ?? stimFile;
      if (origin === stimFile) continue;
      await mkdir(dirname(join(outDir, stimFile)), { recursive: true });
      await link(join(outDir, origin), join(outDir, stimFile));
    }
    await writeStimulusLabels(join(outDir, 'labels.tsv'), plan);
    const stimFiles = (indices: Iterable<number>) => Array.from(indices, (face) => plan.faces[face].stimFile);
    return {
      summary: {
        subject: replay.subject,
        trainingFaces: plan.faces.filter(({ role }) => role === 'train').length,
        testFaces: plan.testFaces.length,
        imagined: plan.faces[plan.imaginedFace].stimFile,
        candidates: stimFiles(plan.candidateFaces),
      },
    };
  },
});
