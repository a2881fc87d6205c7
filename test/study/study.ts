import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { attributeAxis } from '../../src/main/decoding/attributes.ts';
import { openEngine } from '../../src/main/engine/registry.ts';
import { readSafetensorsFile } from '../../src/main/formats/safetensors/safetensors.ts';
import { readTable } from '../../src/main/formats/tsv/table.ts';
import { type ImageSet, imagesAtSize, selectImages } from '../../src/main/generative/image-set.ts';
import type { VaeGanConfig } from '../../src/main/generative/vaegan/config.ts';
import { loadDiscriminator } from '../../src/main/generative/vaegan/discriminator.ts';
import { readFaceSet } from '../../src/main/jobs/stages/face-set.ts';
import { splitFaces } from '../../src/main/jobs/stages/held-out.ts';
import { loadLatentModel, modelFiles } from '../../src/main/jobs/stages/latent-model-files.ts';
import { readLatents } from '../../src/main/jobs/stages/latents.ts';
import type { EngineKind } from '../../src/main/services/engines.ts';
import { sampleFaces } from '../../src/main/services/explore.ts';
import { importFaces } from '../../src/main/services/faces.ts';
import { encodeFaces } from '../../src/main/services/latents.ts';
import { importModel } from '../../src/main/services/model-transfer.ts';
import { fitPcaModel, trainModel } from '../../src/main/services/models.ts';
import { lossCurves } from '../../src/main/services/report/loss-curves.ts';
import { simulateFaces } from '../../src/main/services/simulation.ts';
import { type Fork, openFork } from '../../src/main/services/training-forks.ts';
import { Workspace } from '../../src/main/services/workspace.ts';
import type { OnJobEvent } from '../../src/shared/job-events.ts';
import { loadFaceRecogniser } from './face-recogniser.ts';
import { compare, type Eye, measureReconstructions } from './measures.ts';
import { pictureReconstructions, pictureTraversals } from './pictures.ts';
import { type LabelTable, type Reading, readTableFromCodes, writeSides } from './readings.ts';
import { type StudyResults, writeReport } from './report.ts';

export interface StudyRequest {
  readonly outDir: string;
  readonly faces: { readonly draw: number } | { readonly folder: string };
  readonly config: VaeGanConfig;
  /** A file of an exported model whose weights the training starts from. Default: random weights. */
  readonly start?: string;
  readonly heldOut: number;
  readonly seed: number;
  readonly engine: EngineKind;
  readonly signal: AbortSignal;
  readonly onEvent: OnJobEvent;
}

/** Random faces in a picture. */
const nSamples = 36;
/** Rows of the picture of traversals: columns of a table of labels with 1 for the class. */
const traversed = ['Male', 'Smiling', 'Long_Hair', 'skinTone', 'headTurn'];
const traversalSteps = [-1.5, -1, -0.5, 0, 0.5, 1, 1.5];

/**
 * The comparison of docs/generative-model.md, from faces to tables: every long part is a job of the project in
 * `outDir`, done once.
 *
 * @returns the report as Markdown, also left as `study.md` beside `study.json` and the pictures.
 */
export async function runStudy(request: StudyRequest): Promise<string> {
  const { outDir, config, heldOut, seed, engine, signal, onEvent } = request;
  await mkdir(outDir, { recursive: true });
  const folder = await facesOf(request);
  return Workspace.useOrCreate(join(outDir, 'project'), 'faces', { signal, onEvent }, async (workspace) => {
    const { imageSize, latentDim } = config;
    const imported = await importFaces(workspace, { ...folder, name: 'faces', imageSize });
    const shared = { faces: 'faces', engine, seed, heldOut };
    const fork = await startOf(workspace, request);
    const trained = await trainModel(workspace, {
      ...shared,
      ...fork,
      name: 'vaegan',
      config,
      checkpointEverySteps: 250,
    });
    const fitted = await fitPcaModel(workspace, { ...shared, name: 'pca', imageSize, latentDim });
    const read = async (model: string) => {
      const readings: Reading[] = [];
      for (const table of folder.tables) {
        readings.push(...(await readTableFromCodes(workspace, model, table, { engine, seed })));
      }
      return readings;
    };
    const readings = { vaegan: await read('vaegan'), pca: await read('pca') };
    for (const from of ['prior', 'codes'] as const) {
      const samples = await sampleFaces(workspace, {
        model: 'vaegan',
        faces: 'faces',
        engine,
        count: nSamples,
        from,
        seed,
      });
      await cp(join(samples.path, 'samples.png'), join(outDir, `samples-${from}.png`));
    }
    await writeFile(join(outDir, 'curves.svg'), await lossCurves(trained.path));
    const latents = await encodeFaces(workspace, { model: 'vaegan', faces: 'faces', engine });
    const faces = await readFaceSet(imported.path);
    const images = imagesAtSize(faces.images, imageSize);
    const split = splitFaces(images.count, heldOut, seed);
    const measures = await judge(
      request,
      { vaegan: trained.path, pca: fitted.path },
      selectImages(images, split.heldOut),
    );
    const { codes } = await readLatents(latents.path);
    await pictureAxes(request, trained.path, codes, split.heldOut[0], faces.files, folder.tables);
    const results: StudyResults = {
      config,
      engine,
      seed,
      trainingFaces: split.training.length,
      heldOutFaces: split.heldOut.length,
      trainingSeconds: trained.seconds,
      comparisons: measures.map((measure) => compare(measure, 'vaegan', 'pca', seed)),
      readings,
    };
    return writeReport(outDir, results);
  });
}

async function startOf(workspace: Workspace, { start }: StudyRequest): Promise<{ fork?: Fork }> {
  if (start === undefined) return {};
  await importModel(workspace, { path: start, name: 'start' });
  return { fork: await openFork(workspace, 'start') };
}

interface Folder {
  readonly dir: string;
  readonly crop: number;
  readonly tables: readonly LabelTable[];
}

/** Drawn faces fill the central 0.8 of their pictures: 1.25 times the model's size leaves nothing to resize. */
async function facesOf({ outDir, faces, config, seed, signal, onEvent }: StudyRequest): Promise<Folder> {
  if ('folder' in faces) return { dir: faces.folder, crop: 1, tables: [{ kind: 'classes' }] };
  const dir = join(outDir, 'drawn');
  const imageSize = config.imageSize * 1.25;
  await simulateFaces({ outDir: dir, count: faces.draw, seed, imageSize, signal, onEvent });
  const traits = join(dir, 'traits.tsv');
  return {
    dir,
    crop: 0.8,
    tables: [
      { labels: join(dir, 'labels.tsv'), kind: 'classes' },
      { labels: await writeSides(traits, outDir), kind: 'classes' },
      { labels: traits, kind: 'numbers' },
    ],
  };
}

async function judge(
  { engine: kind, config, outDir }: StudyRequest,
  paths: { readonly vaegan: string; readonly pca: string },
  held: ImageSet,
) {
  const { engine } = await openEngine(kind);
  try {
    const { arrays } = await readSafetensorsFile(join(paths.vaegan, modelFiles.weights));
    const discriminator = loadDiscriminator(engine, config, arrays);
    const layers = discriminator.layers.map((_, at) => at);
    const eyes: Eye[] = [
      { name: 'discriminator', network: discriminator, code: layers, spatial: layers },
      { name: 'recogniser', network: loadFaceRecogniser(engine), code: [4], spatial: [0, 1, 2, 3] },
    ];
    const vaegan = await loadLatentModel(paths.vaegan, engine);
    const pca = await loadLatentModel(paths.pca, engine);
    const measures = await measureReconstructions(engine, held, { vaegan, pca }, eyes);
    await pictureReconstructions(join(outDir, 'reconstructions.png'), held, [vaegan, pca]);
    for (const { dispose } of [vaegan, pca, ...eyes.map(({ network }) => network)]) dispose();
    return measures;
  } finally {
    await engine.dispose();
  }
}

/** Moves one held-out face along the published axes of some labels, where the tables have them. */
async function pictureAxes(
  { outDir, config, engine: kind }: StudyRequest,
  modelPath: string,
  codes: Float32Array,
  face: number,
  files: readonly string[],
  tables: readonly LabelTable[],
): Promise<void> {
  const { latentDim } = config;
  const classes = new Map<string, boolean[]>();
  for (const { labels, kind: content } of tables) {
    if (labels === undefined || content !== 'classes') continue;
    const { columns, rows } = await readTable(labels);
    const rowOf = new Map(rows.map(({ values }) => [values.image_id, values]));
    for (const column of columns)
      classes.set(
        column,
        files.map((file) => rowOf.get(file)?.[column] === '1'),
      );
  }
  const axes = traversed.flatMap((name) => {
    const inClass = classes.get(name);
    return inClass === undefined ? [] : [attributeAxis(codes, latentDim, inClass).direction];
  });
  if (axes.length === 0) return;
  const { engine } = await openEngine(kind);
  try {
    const model = await loadLatentModel(modelPath, engine);
    const code = codes.slice(face * latentDim, (face + 1) * latentDim);
    await pictureTraversals(join(outDir, 'traversals.png'), model, code, axes, traversalSteps);
    model.dispose();
  } finally {
    await engine.dispose();
  }
}
