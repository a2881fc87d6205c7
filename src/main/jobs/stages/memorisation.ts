import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TopLevelSpec } from 'vega-lite';
import { z } from 'zod';
import { FusiformError } from '../../../shared/errors.ts';
import { type Nearness, nearness, neighbourhood, testMemorisation } from '../../decoding/memorisation.ts';
import { nearestNeighbours } from '../../decoding/neighbours.ts';
import { chartSvg } from '../../formats/chart/svg.ts';
import { labelledGrid } from '../../formats/image/labelled-grid.ts';
import { readTable } from '../../formats/tsv/table.ts';
import { writeTsvFile } from '../../formats/tsv/write.ts';
import { chunks } from '../../generative/chunks.ts';
import { imagesAtSize } from '../../generative/image-set.ts';
import type { LatentModel } from '../../generative/latent-model.ts';
import { defineStage, type StageContext } from '../stage.ts';
import { decodeToPictures } from './decode-to-pictures.ts';
import { readFaceSet } from './face-set.ts';
import { loadLatentModel, modelFingerprint } from './latent-model-files.ts';
import { pickCodes, readLatents, requireCodesOf } from './latents.ts';
import { drawCodes, sampleSourceSchema } from './sample-faces.ts';

const parameters = z.strictObject({
  engine: z.enum(['native', 'webgpu', 'wasm']),
  samples: z.number().int().min(20).max(10_000),
  from: sampleSourceSchema,
  seed: z.number().int(),
});

/** Faces remade between two looks at a cancel. */
const facesAtOnce = 128;
/** Samples in the picture, those most like a copy first. */
const pictured = 8;

const groups = ['samples', 'held out, remade', 'held out'] as const;

/**
 * Trained model (input `model`), the face set that it was trained on (`faces`), its codes (`latents`) -> whether the
 * model's random faces lie nearer to its training faces than faces that it never saw.
 */
export const memorisationStage = defineStage({
  name: 'memorisation',
  version: 1,
  parameters,
  async run({ engine: kind, samples: count, from, seed }, context) {
    const latents = await readLatents(context.inputs.latents);
    const { training, heldOut } = await readSplit(context.inputs.model, latents.files);
    const fingerprint = await modelFingerprint(context.inputs.model);
    const engine = await context.engine(kind);
    const model = await loadLatentModel(context.inputs.model, engine);
    try {
      const { latentDim } = model;
      requireCodesOf({ latentDim, fingerprint }, latents, context.inputs.latents);
      const trainingCodes = pickCodes(latents, training);
      const heldOutCodes = pickCodes(latents, heldOut);
      const drawn = await drawCodes({ latentDim, fingerprint }, { count, from, seed }, context);
      // Samples become pictures and are encoded like any other face, and so are the held-out faces' reconstructions.
      const codes = {
        samples: await remake(model, drawn, context),
        'held out, remade': await remake(model, heldOutCodes, context),
        'held out': heldOutCodes,
      };
      const near = {} as Record<(typeof groups)[number], Nearness[]>;
      for (const group of groups) {
        const found = await nearestNeighbours(engine, codes[group], trainingCodes, latentDim, {
          k: neighbourhood,
          by: 'euclidean',
          onRows: (done) => {
            context.signal.throwIfAborted();
            context.report({ done, total: training.length, unit: 'faces', note: group });
          },
        });
        near[group] = found.map(nearness);
      }
      const test = testMemorisation(near.samples, near['held out, remade']);
      const nearestFile = ({ nearest }: Nearness) => latents.files[training[nearest]];
      await writeTsvFile(
        join(context.outDir, 'memorisation.tsv'),
        ['group', 'number', 'nearest', 'distance', 'ratio'],
        groups.flatMap((group) =>
          near[group].map((face, at) => [group, at + 1, nearestFile(face), face.distance, face.ratio]),
        ),
      );
      await writeFile(join(context.outDir, 'memorisation.svg'), await memorisationChart(near));
      await writeClosest(model, drawn, near.samples, training, context);
      return {
        summary: {
          samples: count,
          from,
          trainingFaces: training.length,
          heldOutFaces: heldOut.length,
          distance: { ...test.distance },
          ratio: { ...test.ratio },
          belowAll: test.belowAll,
          belowAllExpected: test.belowAllExpected,
        },
      };
    } finally {
      model.dispose();
    }
  },
});

/** Positions of the faces that the model learnt from, and of those kept from it. */
async function readSplit(modelFolder: string, files: readonly string[]) {
  const path = join(modelFolder, 'held-out.tsv');
  if (!existsSync(path)) {
    throw new FusiformError('HELD_OUT_UNKNOWN', 'No face was kept out of the training of this model.', {
      file: modelFolder,
    });
  }
  const names = new Set((await readTable(path)).rows.map(({ values }) => values.file));
  const positions = [...files.keys()];
  const heldOut = positions.filter((at) => names.has(files[at]));
  const training = positions.filter((at) => !names.has(files[at]));
  if (heldOut.length < 2 || training.length < 2) {
    throw new FusiformError(
      'HELD_OUT_UNKNOWN',
      `${heldOut.length} of the ${names.size} held-out faces of the model are in this set.`,
      { file: path },
    );
  }
  return { training, heldOut };
}

/** Codes of the pictures that codes make, [n, latentDim]. */
async function remake(model: LatentModel, codes: Float32Array, context: StageContext): Promise<Float32Array> {
  const { latentDim, imageSize } = model;
  const stride = imageSize * imageSize * 3;
  const remade = new Float32Array(codes.length);
  for (const [from, to] of chunks(codes.length / latentDim, facesAtOnce)) {
    const part = codes.subarray(from * latentDim, to * latentDim);
    const pictures = await decodeToPictures(model, part, context);
    const pixels = new Uint8Array((to - from) * stride);
    pictures.forEach((picture, at) => {
      pixels.set(picture, at * stride);
    });
    remade.set(await model.encode(pixels), from * latentDim);
  }
  return remade;
}

async function writeClosest(
  model: LatentModel,
  codes: Float32Array,
  near: readonly Nearness[],
  training: readonly number[],
  context: StageContext,
): Promise<void> {
  const { latentDim, imageSize: size } = model;
  const closest = [...near.keys()].sort((a, b) => near[a].ratio - near[b].ratio).slice(0, pictured);
  const made = await decodeToPictures(model, pickCodes({ codes, latentDim }, closest), context);
  const images = imagesAtSize((await readFaceSet(context.inputs.faces)).images, size);
  const picture = await labelledGrid(
    [...made, ...closest.map((at) => images.image(training[near[at].nearest]))],
    {
      size,
      title: 'Samples most like a training face, by ratio',
      columns: closest.map((at) => near[at].ratio.toFixed(2)),
      rows: ['sample', 'training face'],
    },
  );
  await writeFile(join(context.outDir, 'closest.png'), picture);
}

/** Okabe and Ito's colours, told apart by colour-blind readers too. */
const colours = ['#D55E00', '#0072B2', '#999999'];

function memorisationChart(near: Readonly<Record<string, readonly Nearness[]>>): Promise<string> {
  const panel = (field: 'distance' | 'ratio', title: string) => ({
    data: {
      values: groups.flatMap((group) => near[group].map((face) => ({ group, [field]: face[field] }))),
    },
    width: 320,
    height: 180,
    transform: [{ density: field, groupby: ['group'] }],
    mark: { type: 'line' },
    encoding: {
      x: { field: 'value', type: 'quantitative', title },
      y: { field: 'density', type: 'quantitative', title: 'density' },
      color: {
        field: 'group',
        type: 'nominal',
        title: null,
        scale: { domain: [...groups], range: colours },
      },
    },
  });
  return chartSvg({
    background: 'white',
    hconcat: [
      panel('distance', 'distance to the nearest training face'),
      panel('ratio', `that over the mean of the nearest ${neighbourhood}`),
    ],
  } as unknown as TopLevelSpec);
}
