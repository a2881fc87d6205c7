import { mkdir } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { z } from 'zod';
import { FusiformError } from '../../../shared/errors.ts';
import type { Evaluation, ImageScores, RegionEvaluation, Score } from '../../../shared/evaluation.ts';
import { type AttributeAxis, attributeAxis, scoreAttribute } from '../../decoding/attributes.ts';
import { identify } from '../../decoding/identification.ts';
import { identifyImagined } from '../../decoding/imagery.ts';
import { writeFileAtomic } from '../../formats/files/atomic-write.ts';
import { encodePng, toPixels } from '../../formats/image/encode.ts';
import { readJsonFile, writeJsonFile } from '../../formats/json/json.ts';
import { tableFormats, writeTable } from '../../formats/table/write.ts';
import { gatherImages, imagesAtSize, selectImages } from '../../generative/image-set.ts';
import { pixCorr, ssim } from '../../math/image-similarity.ts';
import { mean } from '../../math/statistics.ts';
import { defineStage, type StageContext } from '../stage.ts';
import { type DecodedRegion, readDecoded } from './decode-patterns.ts';
import { faceColumns, metricsOf, scoreColumns } from './evaluation-tables.ts';
import { type FaceSet, readFaceSet } from './face-set.ts';
import { classOf, type LabelClass } from './labels.ts';
import { loadLatentModel } from './latent-model-files.ts';
import { type Latents, pickCodes, readLatents } from './latents.ts';
import { faceName } from './roles.ts';

const parameters = z.strictObject({
  modelName: z.string(),
  seed: z.number().int(),
  nPermutations: z.number().int().min(1),
  engine: z.enum(['native', 'webgpu', 'wasm']),
  gender: z.strictObject({ column: z.string(), positive: z.string() }).nullable(),
  imagery: z.strictObject({ imagined: z.string(), candidates: z.array(z.string()).min(2) }).nullable(),
  /** Whether the tables are written as Parquet too. */
  parquet: z.boolean().optional(),
});
type Parameters = z.output<typeof parameters>;

const fileName = 'evaluation.json';

/**
 * Decoded codes (input `decoded`), the true codes of the stimuli (`latents`) and their pictures where these are at hand
 * (`faces`), their model (`model`), and for gender a labelled face set with its codes (`axisFaces`, `axisLatents`) -> scores.
 */
export const evaluateStage = defineStage({
  name: 'evaluate',
  version: 2,
  parameters,
  async run(options, context) {
    const { description, regions } = await readDecoded(context.inputs.decoded);
    const latents = await readLatents(context.inputs.latents);
    const pictures = await readPictures(context.inputs.faces, description.testFaces);
    const rows = rowsOf(description.testFaces, latents.files, context.inputs.latents);
    const targets = pickCodes(latents, rows);
    const gender = options.gender && (await genderAxis(options.gender, pictures, context));
    const model = await loadLatentModel(context.inputs.model, await context.engine(options.engine));
    try {
      const size = model.imageSize;
      const ownImages = await model.decode(targets);
      await writePictures(join(context.outDir, 'own'), description.testFaces, toPixels(ownImages), size);
      const originals = pictures && pixelsOf(pictures.faces, pictures.rows, size);
      if (originals) {
        await writePictures(join(context.outDir, 'original'), description.testFaces, originals, size);
      }
      const decoded = originals && imageScores(originals, await model.decode(regions[0].test), size);
      const own = originals && imageScores(originals, ownImages, size);
      if (options.imagery) {
        const { imagined } = options.imagery;
        const made = await model.decode(
          pickCodes(latents, rowsOf([imagined], latents.files, context.inputs.latents)),
        );
        await writePictures(join(context.outDir, 'own'), ['imagery'], toPixels(made), size);
        const row = pictures && rowFinder(pictures.faces.files)(imagined);
        if (pictures && row !== null && row !== undefined) {
          const pixels = pixelsOf(pictures.faces, Uint32Array.of(row), size);
          await writePictures(join(context.outDir, 'original'), ['imagery'], pixels, size);
        }
      }
      const identified = regions.map((region) => {
        context.signal.throwIfAborted();
        return identify(region.test, targets, latents.latentDim, {
          seed: options.seed,
          nPermutations: options.nPermutations,
        });
      });
      const evaluation: Evaluation = {
        subject: description.subject,
        model: { name: options.modelName, kind: model.kind, latentDim: model.latentDim, imageSize: size },
        nTestFaces: description.testFaces.length,
        regions: regions.map((region, at): RegionEvaluation => {
          const { pairwise, pairwiseP, pairwiseInterval, nWay, nWayP, nStimuli } = identified[at];
          const [lower, upper] = pairwiseInterval;
          return {
            name: region.name,
            nVoxels: region.nVoxels,
            ...(region.excluded === undefined ? {} : { excluded: region.excluded }),
            pairwise: { value: pairwise, lower, upper, p: pairwiseP, chance: 0.5, n: nStimuli },
            nWay: { value: nWay, p: nWayP, chance: 1 / nStimuli, n: nStimuli },
            gender: gender && genderScore(gender, region.test),
            imagery:
              options.imagery && imageryScore(options.imagery, region, latents, context.inputs.latents),
          };
        }),
        decoded: decoded && meansOf(decoded),
        own: own && meansOf(own),
        trueGender: gender && genderScore(gender, targets),
        faces: description.testFaces.map((stimulus, row) => ({
          stimulus,
          pairwise: identified[0].stimuli[row].pairwise,
          rank: identified[0].stimuli[row].rank,
          ssim: decoded?.ssim[row] ?? null,
          pixCorr: decoded?.pixCorr[row] ?? null,
        })),
      };
      await writeJsonFile(join(context.outDir, fileName), evaluation);
      const metrics = metricsOf(evaluation);
      const formats = tableFormats(options.parquet === true);
      await writeTable(join(context.outDir, 'faces'), faceColumns(evaluation.faces), formats);
      await writeTable(join(context.outDir, 'scores'), scoreColumns(metrics), formats);
      const [all] = evaluation.regions;
      return {
        summary: {
          testFaces: evaluation.nTestFaces,
          pairwise: all.pairwise.value,
          pairwiseP: all.pairwise.p ?? null,
          nWay: all.nWay.value,
          ssim: evaluation.decoded?.ssim ?? null,
          pixCorr: evaluation.decoded?.pixCorr ?? null,
        },
        metrics,
      };
    } finally {
      model.dispose();
    }
  },
});

export async function readEvaluation(folder: string): Promise<Evaluation> {
  // Written by this stage and named by its contents' hash: what is there is what was written.
  return (await readJsonFile(join(folder, fileName))) as Evaluation;
}

/** The rows of faces among the stimuli (see `rowFinder`). @throws FusiformError STIMULUS_NOT_ENCODED */
function rowsOf(names: readonly string[], stimuli: readonly string[], file: string): Uint32Array {
  const rowOf = rowFinder(stimuli);
  return Uint32Array.from(names, (name) => {
    const row = rowOf(name);
    if (row === undefined) {
      throw new FusiformError('STIMULUS_NOT_ENCODED', `The face "${name}" has no latent code.`, { file });
    }
    return row;
  });
}

/** Finds a face among the stimuli: by its whole path, or by the file name that the study copies. */
function rowFinder(stimuli: readonly string[]): (name: string) => number | undefined {
  const byPath = new Map(stimuli.map((stimulus, row) => [stimulus, row]));
  const byName = new Map(stimuli.map((stimulus, row) => [faceName(stimulus), row]));
  return (name) => byPath.get(name) ?? byName.get(name);
}

interface Pictures {
  readonly faces: FaceSet;
  /** Of the test faces. */
  readonly rows: Uint32Array;
}

async function readPictures(
  folder: string | undefined,
  testFaces: readonly string[],
): Promise<Pictures | null> {
  if (folder === undefined) return null;
  const faces = await readFaceSet(folder);
  return { faces, rows: rowsOf(testFaces, faces.files, folder) };
}

function pixelsOf({ images }: FaceSet, rows: Uint32Array, size: number): Uint8Array {
  return gatherImages(selectImages(imagesAtSize(images, size), rows));
}

interface PictureScores {
  readonly ssim: readonly number[];
  readonly pixCorr: readonly number[];
}

function meansOf({ ssim, pixCorr }: PictureScores): ImageScores {
  return { ssim: mean(ssim), pixCorr: mean(pixCorr) };
}

function imageScores(
  originals: Uint8Array,
  made: Float32Array,
  size: number,
): { ssim: number[]; pixCorr: number[] } {
  const stride = size * size * 3;
  const scores = { ssim: [] as number[], pixCorr: [] as number[] };
  for (let start = 0; start < made.length; start += stride) {
    const original = Float32Array.from(originals.subarray(start, start + stride), (value) => value / 255);
    const image = made.subarray(start, start + stride);
    scores.ssim.push(ssim(original, image, size, size, 3));
    scores.pixCorr.push(pixCorr(original, image));
  }
  return scores;
}

async function writePictures(
  folder: string,
  names: readonly string[],
  pixels: Uint8Array,
  size: number,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const stride = size * size * 3;
  for (const [at, name] of names.entries()) {
    const png = await encodePng(pixels.subarray(at * stride, (at + 1) * stride), size, size);
    await writeFileAtomic(join(folder, pictureName(name)), png);
  }
}

/** The file of a face's picture in the artefacts of decoding and evaluation. */
export function pictureName(face: string): string {
  return `${basename(face, extname(face))}.png`;
}

interface Gender {
  readonly axis: AttributeAxis;
  /** Of the test faces. */
  readonly inClass: readonly boolean[];
}

async function genderAxis(
  label: LabelClass,
  pictures: Pictures | null,
  context: StageContext,
): Promise<Gender> {
  const known = pictures && classOf(pictures.faces, label);
  const inClass = pictures && Array.from(pictures.rows, (row) => known?.[row] ?? null);
  if (inClass === null || inClass.includes(null)) {
    throw new FusiformError('LABELS_INCOMPLETE', `Not every test face has a value of "${label.column}".`, {
      ...(pictures === null ? {} : { file: pictures.faces.table.file }),
    });
  }
  const faces = await readFaceSet(context.inputs.axisFaces);
  const latents = await readLatents(context.inputs.axisLatents);
  const classes = classOf(faces, label);
  const labelled = [...classes.keys()].filter((at) => classes[at] !== null);
  const axis = attributeAxis(
    pickCodes(latents, labelled),
    latents.latentDim,
    labelled.map((at) => classes[at] === true),
  );
  return { axis, inClass: inClass.map((flag) => flag === true) };
}

function genderScore({ axis, inClass }: Gender, codes: Float32Array): Score {
  const { accuracy, p } = scoreAttribute(axis, codes, inClass);
  return { value: accuracy, p, chance: 0.5, n: inClass.length };
}

function imageryScore(
  { imagined, candidates }: NonNullable<Parameters['imagery']>,
  region: DecodedRegion,
  latents: Latents,
  file: string,
): Score | null {
  if (region.imagery === null) return null;
  const at = candidates.indexOf(imagined);
  if (at < 0) {
    throw new FusiformError('IMAGERY_NOT_A_CANDIDATE', `"${imagined}" is not among the candidates.`, {
      file,
    });
  }
  const codes = pickCodes(latents, rowsOf(candidates, latents.files, file));
  const { pairwise, p } = identifyImagined(region.imagery, codes, at);
  return { value: pairwise, p, chance: 0.5, n: candidates.length };
}
