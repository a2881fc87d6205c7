import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openEngine } from '../../src/main/engine/registry.ts';
import { readSafetensorsFile } from '../../src/main/formats/safetensors/safetensors.ts';
import { readTable } from '../../src/main/formats/tsv/table.ts';
import { type ImageSet, imagesAtSize, selectImages } from '../../src/main/generative/image-set.ts';
import type { VaeGanConfig } from '../../src/main/generative/vaegan/config.ts';
import { loadDiscriminator } from '../../src/main/generative/vaegan/discriminator.ts';
import { type FaceSet, readFaceSet } from '../../src/main/jobs/stages/face-set.ts';
import { splitFaces } from '../../src/main/jobs/stages/held-out.ts';
import { loadLatentModel, modelFiles } from '../../src/main/jobs/stages/latent-model-files.ts';
import { readLatents } from '../../src/main/jobs/stages/latents.ts';
import type { EngineKind } from '../../src/main/services/engines.ts';
import { importFaces } from '../../src/main/services/faces.ts';
import { encodeFaces, fitPcaModel, trainModel } from '../../src/main/services/models.ts';
import { lossCurves } from '../../src/main/services/report/loss-curves.ts';
import { simulateFaces } from '../../src/main/services/simulation.ts';
import { Workspace } from '../../src/main/services/workspace.ts';
import type { OnJobEvent } from '../../src/shared/job-events.ts';
import { loadFaceRecogniser } from './face-recogniser.ts';
import { compare, type Eye, measureReconstructions } from './measures.ts';
import { pictureReconstructions, pictureSamples, pictureTraversals } from './pictures.ts';
import { type Known, meanDifference, readFromCodes } from './readings.ts';
import { type StudyResults, writeReport } from './report.ts';

export interface StudyRequest {
  readonly outDir: string;
  readonly faces: { readonly draw: number } | { readonly folder: string };
  readonly config: VaeGanConfig;
  readonly heldOut: number;
  readonly seed: number;
  readonly engine: EngineKind;
  readonly signal: AbortSignal;
  readonly onEvent: OnJobEvent;
}

const kinds = ['vaegan', 'pca'] as const;
/** Rows of the picture of traversals, where the faces have these labels. */
const traversed = ['Male', 'Smiling', 'Long_Hair', 'skinTone', 'headTurn', 'male'];
const traversalSteps = [-1.5, -1, -0.5, 0, 0.5, 1, 1.5];

/**
 * The comparison of docs/generative-model.md, from faces to tables: every long part is a job of the project in
 * `outDir`, done once.
 *
 * @returns the report as Markdown, also left as `study.md` beside `study.json` and the pictures.
 */
export async function runStudy(request: StudyRequest): Promise<string> {
  const { outDir, config, heldOut, seed, engine: kind, signal, onEvent } = request;
  await mkdir(outDir, { recursive: true });
  const folder = await facesOf(request);
  return Workspace.useOrCreate(join(outDir, 'project'), 'faces', { signal, onEvent }, async (workspace) => {
    const imported = await importFaces(workspace, {
      dir: folder.dir,
      name: 'faces',
      imageSize: config.imageSize,
      crop: folder.crop,
      ...(folder.labels ? { labels: folder.labels } : {}),
    });
    const shared = { faces: 'faces', engine: kind, seed, heldOut };
    const trained = await trainModel(workspace, {
      ...shared,
      name: 'vaegan',
      config,
      checkpointEverySteps: 250,
    });
    const { imageSize, latentDim } = config;
    const fitted = await fitPcaModel(workspace, { ...shared, name: 'pca', imageSize, latentDim });
    const codes: Record<string, Float32Array> = {};
    for (const model of kinds) {
      const latents = await encodeFaces(workspace, { model, faces: 'faces', engine: kind });
      codes[model] = (await readLatents(latents.path)).codes;
    }
    const faces = await readFaceSet(imported.path);
    const images = imagesAtSize(faces.images, config.imageSize);
    const split = splitFaces(images.count, heldOut, seed);
    const known = await knownOf(faces, folder.traits);
    const judged = await judge(
      request,
      { vaegan: trained.path, pca: fitted.path },
      selectImages(images, split.heldOut),
    );
    await picture(request, trained.path, split.heldOut[0], codes.vaegan, known);
    await writeFile(join(outDir, 'curves.svg'), await lossCurves(trained.path));
    const results: StudyResults = {
      config,
      engine: kind,
      seed,
      trainingFaces: split.training.length,
      heldOutFaces: split.heldOut.length,
      trainingSeconds: trained.seconds,
      comparisons: judged.map((measure) => compare(measure, 'vaegan', 'pca', seed)),
      readings: {
        vaegan: readFromCodes(codes.vaegan, latentDim, known, seed),
        pca: readFromCodes(codes.pca, latentDim, known, seed),
      },
    };
    return writeReport(outDir, results);
  });
}

/** Drawn faces fill the central 0.8 of their pictures: 1.25 times the model's size leaves nothing to resize. */
async function facesOf({ outDir, faces, config, seed, signal, onEvent }: StudyRequest) {
  if ('folder' in faces) return { dir: faces.folder, crop: 1 };
  const dir = join(outDir, 'drawn');
  const imageSize = config.imageSize * 1.25;
  await simulateFaces({ outDir: dir, count: faces.draw, seed, imageSize, signal, onEvent });
  return { dir, crop: 0.8, labels: join(dir, 'labels.tsv'), traits: join(dir, 'traits.tsv') };
}

/** Labels of two values as classes, and the traits that drawn faces were made of. */
async function knownOf(faces: FaceSet, traits?: string): Promise<Known[]> {
  const classes = faces.table.columns
    .filter((column) => column !== 'file')
    .map((column): Known => {
      const values = faces.table.rows.map((row) => row.values[column]);
      const positive = values.includes('1') ? '1' : [...new Set(values)].sort().at(-1);
      const name = column === 'folder' ? String(positive) : column;
      return { name, kind: 'class', values: values.map((value) => (value === positive ? 1 : -1)) };
    });
  if (traits === undefined) return classes;
  const table = await readTable(traits);
  const rows = new Map(table.rows.map(({ values }) => [values.image_id, values]));
  const names = table.columns.filter((column) => column !== 'image_id');
  return [
    ...classes,
    ...names.map((name): Known => {
      return { name, kind: 'trait', values: faces.files.map((file) => Number(rows.get(file)?.[name])) };
    }),
  ];
}

async function judge(request: StudyRequest, paths: Readonly<Record<string, string>>, held: ImageSet) {
  const { engine } = await openEngine(request.engine);
  const eyes: Eye[] = [];
  try {
    const { arrays } = await readSafetensorsFile(join(paths.vaegan, modelFiles.weights));
    const discriminator = loadDiscriminator(engine, request.config, arrays);
    const layers = discriminator.layers.map((_, at) => at);
    eyes.push({ name: 'discriminator', network: discriminator, code: layers, spatial: layers });
    eyes.push({ name: 'recogniser', network: loadFaceRecogniser(engine), code: [4], spatial: [0, 1, 2, 3] });
    const vaegan = await loadLatentModel(paths.vaegan, engine);
    const pca = await loadLatentModel(paths.pca, engine);
    const measures = await measureReconstructions(engine, held, { vaegan, pca }, eyes);
    await pictureReconstructions(join(request.outDir, 'reconstructions.png'), held, [vaegan, pca]);
    return measures;
  } finally {
    for (const { network } of eyes) network.dispose();
    await engine.dispose();
  }
}

async function picture(
  { outDir, config, engine: kind, seed }: StudyRequest,
  path: string,
  face: number,
  codes: Float32Array,
  known: readonly Known[],
): Promise<void> {
  const { engine } = await openEngine(kind);
  try {
    const model = await loadLatentModel(path, engine);
    const { arrays } = await readSafetensorsFile(join(path, modelFiles.weights));
    // Codes are given less the training faces' mean code: the prior's mean lies at its negative.
    const centre = Float32Array.from(arrays['codes/mean'].data, (value) => -value);
    const deviations = new Float32Array(config.latentDim).fill(1);
    await pictureSamples(join(outDir, 'samples.png'), model, { centre, deviations }, seed);
    const axes = traversed
      .flatMap((name) => known.filter((one) => one.name === name))
      .map(({ values }) => meanDifference(codes, config.latentDim, values));
    const first = codes.slice(face * config.latentDim, (face + 1) * config.latentDim);
    await pictureTraversals(join(outDir, 'traversals.png'), model, first, axes, traversalSteps);
    model.dispose();
  } finally {
    await engine.dispose();
  }
}
