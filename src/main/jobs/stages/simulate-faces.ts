import { join } from 'node:path';
import { z } from 'zod';
import { writeTsvFile } from '../../formats/tsv/write.ts';
import { attributeValues, faceAttributeNames } from '../../simulation/face-attributes.ts';
import { faceParameterNames } from '../../simulation/faces.ts';
import { defineStage } from '../stage.ts';
import { samplePortraits, writePictures } from './simulated-pictures.ts';

const parameters = z.strictObject({
  seed: z.number().int(),
  count: z.number().int().min(1),
  /** Width and height of the pictures in pixels. */
  imageSize: z.number().int().min(16).max(1024),
});

/**
 * Nothing -> drawn portraits (`000001.png`, ...), what a viewer could say of them (`labels.tsv`: 1 or -1, as CelebA's
 * tables), and what they were drawn from (`traits.tsv`: the 28 traits, -1..1). The same seed gives the same people as
 * the portraits of a simulated study.
 */
export const simulateFacesStage = defineStage({
  name: 'simulate-faces',
  version: 1,
  parameters,
  async run({ seed, count, imageSize }, context) {
    const portraits = samplePortraits(seed, count, '');
    let done = 0;
    await writePictures(portraits, imageSize, context.outDir, (written) => {
      done += written;
      context.signal.throwIfAborted();
      context.report({ done, total: count, unit: 'faces' });
    });
    await writeTsvFile(
      join(context.outDir, 'labels.tsv'),
      ['image_id', ...faceAttributeNames],
      portraits.map(({ file, parameters: face }) => [file, ...attributeValues(face)]),
    );
    await writeTsvFile(
      join(context.outDir, 'traits.tsv'),
      ['image_id', ...faceParameterNames],
      portraits.map(({ file, parameters: face }) => [
        file,
        ...faceParameterNames.map((name) => face[name].toFixed(4)),
      ]),
    );
    const men = portraits.filter(({ parameters: face }) => face.male).length;
    return { summary: { faces: count, men, imageSize, seed } };
  },
});
