import { join } from 'node:path';
import { z } from 'zod';
import { FusiformError } from '../../../shared/errors.ts';
import {
  type Evaluation,
  evaluationVersion,
  type FeatureScores,
  type RegionEvaluation,
} from '../../../shared/evaluation.ts';
import { toPixels } from '../../formats/image/encode.ts';
import { readJsonFile, writeJsonFile } from '../../formats/json/json.ts';
import { tableFormats, writeTable } from '../../formats/table/write.ts';
import type { LatentModel } from '../../generative/latent-model.ts';
import { adjustOverRegions } from '../evaluation/adjust.ts';
import { genderAxis, genderScore, imageryScore } from '../evaluation/attribute-scores.ts';
import { type Judging, judgingOf, scoreCodes } from '../evaluation/code-scores.ts';
import { type PicturesToCompare, scoreByDiscriminator, scoreByOnnx } from '../evaluation/feature-scores.ts';
import { noiseCeilings } from '../evaluation/noise-ceiling.ts';
import { layouts } from '../evaluation/onnx-graph.ts';
import { scorePictures, writePictures } from '../evaluation/picture-scores.ts';
import {
  pixelsOf,
  readShownPictures,
  requireFiniteCodes,
  type ShownPictures,
} from '../evaluation/test-faces.ts';
import { defineStage, type StageContext } from '../stage.ts';
import { readDecoded } from './decode-patterns.ts';
import { faceColumns, metricsOf, scoreColumns } from './evaluation-tables.ts';
import { rowFinder, rowsOf } from './face-rows.ts';
import { loadLatentModel } from './latent-model-files.ts';
import { type Latents, pickCodes, readLatents } from './latents.ts';

const parameters = z.strictObject({
  modelName: z.string(),
  /** Whose codes they are: what the entry is named by. */
  decoder: z.string(),
  seed: z.number().int(),
  nPermutations: z.number().int().min(1),
  engine: z.enum(['native', 'webgpu', 'wasm']),
  gender: z.strictObject({ column: z.string(), positive: z.string() }).nullable(),
  imagery: z.strictObject({ imagined: z.string(), candidates: z.array(z.string()).min(2) }).nullable(),
  /** The VAE-GAN whose discriminator (input `discriminator`) looks at the pictures. */
  discriminator: z.string(),
  /** An ONNX model (input `featuresModel`) that looks at them too, and how it takes them; see `OnnxOptions`. */
  features: z
    .strictObject({
      name: z.string(),
      layer: z.string().optional(),
      layout: z.enum(layouts).optional(),
      inputSize: z.tuple([z.number().int().min(1), z.number().int().min(1)]).optional(),
      mean: z.tuple([z.number(), z.number(), z.number()]).optional(),
      std: z.tuple([z.number().gt(0), z.number().gt(0), z.number().gt(0)]).optional(),
    })
    .nullable(),
  /** Whether the tables are written as Parquet too. */
  parquet: z.boolean().optional(),
});

type Parameters = z.output<typeof parameters>;

const fileName = 'evaluation.json';

/**
 * Decoded codes (input `decoded`), the true codes of the stimuli (`latents`) and their pictures where these are at hand
 * (`faces`), their model (`model`), the one whose discriminator looks at the pictures (`discriminator`), an ONNX model
 * (`featuresModel`), for gender a labelled face set with its codes (`axisFaces`, `axisLatents`), and for the noise ceiling what was
 * decoded by (`mapping`, `encoding`, `decoder`) -> scores.
 */
export const evaluateStage = defineStage({
  name: 'evaluate',
  version: 4,
  parameters,
  async run(options, context) {
    const { inputs, outDir, signal } = context;
    const { seed } = options;
    const { description, regions } = await readDecoded(inputs.decoded);
    const { testFaces } = description;
    const latents = await readLatents(inputs.latents);
    const pictures = await readShownPictures(inputs.faces, testFaces);
    const targets = pickCodes(latents, rowsOf(testFaces, latents.files, inputs.latents));
    requireFiniteCodes(targets, testFaces, 'true code', inputs.latents);
    for (const { name, test, imagery } of regions) {
      requireFiniteCodes(test, testFaces, `code decoded from ${name}`, inputs.decoded);
      if (imagery) requireFiniteCodes(imagery, ['imagery'], `code decoded from ${name}`, inputs.decoded);
    }
    const gender = options.gender && (await genderAxis(options.gender, pictures, context));
    const judging = judgingOf(testFaces.length, options);
    const model = await loadLatentModel(inputs.model, await context.engine(options.engine));
    try {
      const size = model.imageSize;
      const ownImages = await model.decode(targets);
      await writePictures(join(outDir, 'own'), testFaces, toPixels(ownImages), size);
      const originals = pictures && pixelsOf(pictures.faces, pictures.rows, size);
      if (originals) await writePictures(join(outDir, 'original'), testFaces, originals, size);
      if (options.imagery) {
        await picturesOfImagined(options.imagery.imagined, { model, latents, pictures, inputs, outDir });
      }
      const madeImages = originals && (await model.decode(regions[0].test));
      const decoded = madeImages && scorePictures(originals, madeImages, size, judging, true);
      const own = originals && scorePictures(originals, ownImages, size, judging, false);
      const features =
        originals && madeImages
          ? await scoreFeatures(options, context, judging, {
              original: Float32Array.from(originals, (byte) => byte / 255),
              decoded: madeImages,
              own: ownImages,
              size,
            })
          : [];
      const codes = regions.map((region) => {
        signal.throwIfAborted();
        return scoreCodes(region.test, targets, latents.latentDim, judging);
      });
      const ceilings = await noiseCeilings(
        inputs,
        regions.map(({ name }) => name),
        { engine: await context.engine(options.engine), work: context, seed },
      );
      const evaluation: Evaluation = {
        version: evaluationVersion,
        subject: description.subject,
        decoder: options.decoder,
        model: { name: options.modelName, kind: model.kind, latentDim: model.latentDim, imageSize: size },
        nTestFaces: testFaces.length,
        regions: adjustOverRegions(
          regions.map((region, at): RegionEvaluation => {
            const { pairwise, nWay, retrieval } = codes[at];
            return {
              name: region.name,
              nVoxels: region.nVoxels,
              ...(region.excluded === undefined ? {} : { excluded: region.excluded }),
              pairwise,
              nWay,
              retrieval,
              gender: gender && genderScore(gender, region.test, 'midpoint', seed),
              genderPublished: gender && genderScore(gender, region.test, 'origin', seed),
              ceiling: ceilings[at],
              imagery:
                options.imagery && imageryScore(options.imagery, region.imagery, latents, inputs.latents),
            };
          }),
        ),
        decoded: decoded?.scores ?? null,
        own: own?.scores ?? null,
        features,
        trueGender: gender && genderScore(gender, targets, 'midpoint', seed),
        trueGenderPublished: gender && genderScore(gender, targets, 'origin', seed),
        faces: testFaces.map((stimulus, row) => ({
          stimulus,
          pairwise: codes[0].faces?.[row].pairwise ?? null,
          rank: codes[0].faces?.[row].rank ?? null,
          ssim: decoded?.ssim[row] ?? null,
          pixCorr: decoded?.pixCorr[row] ?? null,
        })),
      };
      await writeJsonFile(join(outDir, fileName), evaluation);
      const metrics = metricsOf(evaluation);
      const formats = tableFormats(options.parquet === true);
      await writeTable(join(outDir, 'faces'), faceColumns(evaluation.faces), formats);
      await writeTable(join(outDir, 'scores'), scoreColumns(metrics), formats);
      const [all] = evaluation.regions;
      return {
        summary: {
          testFaces: evaluation.nTestFaces,
          pairwise: all.pairwise.value,
          pairwiseP: all.pairwise.p ?? null,
          nWay: all.nWay.value,
          ssim: evaluation.decoded?.ssim.value ?? null,
          pixCorr: evaluation.decoded?.pixCorr.value ?? null,
        },
        metrics,
      };
    } finally {
      model.dispose();
      pictures?.faces.close();
    }
  },
});

/**
 * The scores in the folder of an evaluation.
 *
 * @throws FusiformError EVALUATION_OLDER where an earlier version of the program wrote it in another form
 */
export async function readEvaluation(folder: string): Promise<Evaluation> {
  const file = join(folder, fileName);
  // Written by this stage and named by its contents' hash: what is there is what was written.
  const evaluation = (await readJsonFile(file)) as Partial<Evaluation>;
  if (evaluation.version !== evaluationVersion) {
    throw new FusiformError(
      'EVALUATION_OLDER',
      `The scores have the form ${evaluation.version ?? 1}, and this version reads ${evaluationVersion}.`,
      { file },
    );
  }
  return evaluation as Evaluation;
}

/** By the discriminator, and by the user's network where there is one. */
async function scoreFeatures(
  { discriminator, features, engine: kind }: Parameters,
  { inputs, engine }: StageContext,
  judging: Judging,
  pictures: PicturesToCompare,
): Promise<FeatureScores[]> {
  const computing = await engine(kind);
  const seen = await scoreByDiscriminator(computing, discriminator, inputs.discriminator, pictures, judging);
  if (features === null) return seen;
  const { name, ...how } = features;
  return [...seen, ...(await scoreByOnnx(computing, name, inputs.featuresModel, how, pictures, judging))];
}

/** The picture of the imagined face where it is at hand, and what the model makes of its code. */
async function picturesOfImagined(
  imagined: string,
  from: {
    readonly model: LatentModel;
    readonly latents: Latents;
    readonly pictures: ShownPictures | null;
    readonly inputs: Readonly<Record<string, string>>;
    readonly outDir: string;
  },
): Promise<void> {
  const { model, latents, pictures, inputs, outDir } = from;
  const size = model.imageSize;
  const made = await model.decode(pickCodes(latents, rowsOf([imagined], latents.files, inputs.latents)));
  await writePictures(join(outDir, 'own'), ['imagery'], toPixels(made), size);
  const row = pictures && rowFinder(pictures.faces.files)(imagined);
  if (pictures && row !== null && row !== undefined) {
    const pixels = pixelsOf(pictures.faces, Uint32Array.of(row), size);
    await writePictures(join(outDir, 'original'), ['imagery'], pixels, size);
  }
}
