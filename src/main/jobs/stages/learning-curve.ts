import { join } from 'node:path';
import { z } from 'zod';
import { FusiformError, type Problem } from '../../../shared/errors.ts';
import {
  type LearningCurve,
  type LearningPoint,
  learningCurveDefinition,
  learningCurveSchema,
  pointSelections,
} from '../../../shared/learning-curve.ts';
import { readEvents } from '../../bids/events.ts';
import { identify } from '../../decoding/identification.ts';
import { decodePatterns, prepareDecoder } from '../../decoding/mapping.ts';
import { exactRankTest } from '../../decoding/rank-tests.ts';
import { writeFileAtomic } from '../../formats/files/atomic-write.ts';
import { readJsonFile, writeJsonFile } from '../../formats/json/json.ts';
import { tableFormats, writeTable } from '../../formats/table/write.ts';
import type { NormalEquations } from '../../glm/streaming.ts';
import {
  type SelectionRules,
  selectSomeVoxels,
  selectVoxels,
  testVoxels,
} from '../../glm/voxel-selection.ts';
import { type VoxelStatistics, voxelStatistics } from '../../glm/voxel-statistics.ts';
import type { Region } from '../../imaging/regions.ts';
import { pickColumns } from '../decoders/ready-decoder.ts';
import { defineStage, type StageContext } from '../stage.ts';
import { runSpecSchema } from './bold-run.ts';
import { allVoxels, wholeCodes } from './decode-patterns.ts';
import { foldsOfRuns } from './encoding-sums.ts';
import { type Encoding, readEncoding } from './fit-encoding.ts';
import { readSubjectIndex, type SubjectIndex } from './index-subject.ts';
import { readLatents } from './latents.ts';
import { learningCurveChart } from './learning-curve-chart.ts';
import { chooseFolds, facesOfRuns } from './learning-points.ts';
import { regionsOf, regionsSchema } from './region-inputs.ts';
import { faceName, regressors, testFaceOf } from './roles.ts';
import { ruleSchema } from './selection-schema.ts';
import { solvingEngine } from './solving-engine.ts';

const parameters = z.strictObject({
  modelName: z.string(),
  runs: z.array(runSpecSchema).min(1),
  /** Numbers of training faces; null: 1000, 2000 and so on. All of them always come last. */
  points: z.array(z.number().int().min(1)).nullable(),
  faceRule: ruleSchema,
  /** By F: the cross-validated gain would need folds within the folds. */
  gainRule: ruleSchema,
  /** Which runs the voxels are selected on: those of the point, or all of them. */
  selection: z.enum(pointSelections),
  regions: regionsSchema,
  seed: z.number().int(),
  engine: z.enum(['native', 'webgpu', 'wasm']),
});

const files = { curve: 'learning-curve.json', table: 'learning-curve', chart: 'learning-curve.svg' } as const;

/**
 * Encoding model with folds of runs (input `encoding`), the `subject`, the events of its runs (`<run>:events`), the
 * `latents` of its stimuli, and images of regions (see region-inputs.ts) -> identification of the test faces by mappings
 * trained on the first fold, the first two, and so on to all.
 *
 * The sums of the folds are added up one by one; no volume is read again. Voxels are selected anew on each subset, by the
 * same rules, or once on all runs; test faces take no part in either. The test patterns are those of
 * all runs throughout, so that what grows is the training alone.
 */
export const learningCurveStage = defineStage({
  name: 'learning-curve',
  version: 3,
  parameters,
  async run(options, context) {
    const { modelName, runs, points, faceRule, gainRule, selection, regions: wanted, seed, engine } = options;
    const encoding = await readEncoding(context.inputs.encoding);
    const folds = await foldsOfRuns(context.inputs.encoding);
    if (folds.length < 2) {
      throw new FusiformError(
        'VOXELS_NOT_CROSS_VALIDATED',
        'The encoding model was fitted without folds of runs.',
      );
    }
    const index = await readSubjectIndex(context.inputs.subject);
    const faces = facesOfRuns(await eventsOf(runs, context), index.roles);
    const chosen = chooseFolds(
      folds.map((fold) => fold.runs),
      faces,
      points,
    );
    const { regions, problems } = await regionsOf(wanted, encoding.mask, context.inputs);
    const target = await testTarget(encoding, index, context, engine);
    const rules = { faceRule, gainRule };
    const select: Selecting =
      selection === 'own-runs'
        ? (statistics) => selectVoxels(testVoxels(statistics), rules).positions
        : await selectedOnAll(encoding, rules, context, engine);
    const notes: Problem[] = [...problems];
    const curve: LearningPoint[] = [];
    let sums: NormalEquations | undefined;
    for (const [at, fold] of folds.entries()) {
      context.signal.throwIfAborted();
      const part = await fold.read();
      if (sums) await sums.merge(part);
      else sums = part;
      const point = chosen.find(({ nFolds }) => nFolds === at + 1);
      if (point !== undefined) {
        const { requested, faces: trainingFaces, runs: nRuns } = point;
        const own = { requested, trainingFaces, runs: nRuns };
        try {
          const trained = await train(sums, encoding, select, context, engine);
          const scored = scorePoint(trained, encoding, regions, target, seed);
          curve.push(...scored.scores.map((score) => ({ ...own, ...score })));
          notes.push(...scored.problems.map((problem) => ofPoint(problem, trainingFaces)));
        } catch (error) {
          if (!isTooLittleData(error)) throw error;
          notes.push(ofPoint(error.toProblem(), trainingFaces));
        }
      }
      context.report({ done: at + 1, total: folds.length, unit: 'folds of runs' });
    }
    const result: LearningCurve = {
      definition: learningCurveDefinition,
      subject: index.subject,
      model: modelName,
      decoder: 'pseudo-inverse',
      selection,
      testFaces: target.names.length,
      points: curve,
    };
    await writeCurve(context.outDir, result);
    const last = curve.filter(({ region }) => region === allVoxels).at(-1);
    return {
      summary: {
        points: chosen.map(({ faces: trainingFaces }) => trainingFaces),
        pairwise: last?.pairwise ?? null,
        above: firstAbove(curve),
      },
      problems: notes,
    };
  },
});

export async function readLearningCurve(folder: string): Promise<LearningCurve> {
  return learningCurveSchema.parse(await readJsonFile(join(folder, files.curve)));
}

/** Where the drawing of a curve lies in the stage's folder. */
export const learningCurvePicture = files.chart;

/** Few faces cannot tell many latents apart; that ends a point, not the curve. */
function isTooLittleData(error: unknown): error is FusiformError {
  const codes = ['DESIGN_COLLINEAR', 'DESIGN_NO_DOF', 'MAPPING_SINGULAR'];
  return error instanceof FusiformError && codes.includes(error.code);
}

function ofPoint(problem: Problem, trainingFaces: number): Problem {
  return { ...problem, message: `At ${trainingFaces} training faces: ${problem.message}` };
}

/** The fewest training faces from which on identification in all voxels is above chance (p < 0.05) at every point. */
function firstAbove(curve: readonly LearningPoint[]): number | null {
  const all = curve.filter(({ region }) => region === allVoxels);
  const lastBelow = all.findLastIndex(({ pairwiseP }) => pairwiseP >= 0.05);
  return all[lastBelow + 1]?.trainingFaces ?? null;
}

async function eventsOf(runs: z.output<typeof parameters>['runs'], { inputs }: StageContext) {
  const events = [];
  for (const { name, eventColumns } of runs) {
    events.push({ name, events: await readEvents(inputs[`${name}:events`], eventColumns) });
  }
  return events;
}

/** What is decoded at every point, and what it should come out as. */
interface TestTarget {
  readonly names: readonly string[];
  /** [names, voxels of the mask]: patterns of all runs. */
  readonly patterns: Float32Array;
  /** [names, latentDim] */
  readonly codes: Float32Array;
  readonly latentDim: number;
}

async function testTarget(
  { description, equations }: Encoding,
  index: SubjectIndex,
  context: StageContext,
  kind: z.output<typeof parameters>['engine'],
): Promise<TestTarget> {
  const { files: stimuli, latentDim, codes } = await readLatents(context.inputs.latents);
  const rowOf = new Map(stimuli.map((stimulus, row) => [faceName(stimulus), row]));
  const known = new Set(index.testFaces.map(({ name }) => name));
  const names = description.others.flatMap((regressor) => {
    const name = testFaceOf(regressor);
    return name !== null && known.has(name) ? [name] : [];
  });
  const rows = names.map((name) => {
    const row = rowOf.get(name);
    if (row === undefined) {
      throw new FusiformError('STIMULUS_NOT_ENCODED', `The face "${name}" has no latent code.`);
    }
    return row;
  });
  const engine = await solvingEngine(equations, kind, context);
  const { beta } = await equations.solve({ engine, work: context });
  return {
    names,
    patterns: rowsOf(
      beta,
      equations.nVoxels,
      names.map((name) => equations.names.findIndex((regressor) => testFaceOf(regressor) === name)),
    ),
    codes: rowsOf(codes, latentDim, rows),
    latentDim,
  };
}

/** A mapping of some of the runs. */
interface Trained {
  /** [latents + 1, voxels of the mask], the face's own weights last. */
  readonly weights: Float32Array;
  /** Of the selected voxels, ascending. */
  readonly positions: Uint32Array;
}

/** Voxels to decode from, or how to find them by what a point's runs tell. */
type Selecting = Uint32Array | ((statistics: VoxelStatistics) => Uint32Array);

async function selectedOnAll(
  { equations, description: { latentNames } }: Encoding,
  rules: SelectionRules,
  context: StageContext,
  kind: z.output<typeof parameters>['engine'],
): Promise<Uint32Array> {
  const statistics = await voxelStatistics(equations, {
    latentNames,
    faceContrast: regressors.face,
    engine: await solvingEngine(equations, kind, context),
    work: context,
  });
  return selectSomeVoxels(testVoxels(statistics), rules).positions;
}

async function train(
  sums: NormalEquations,
  { description }: Encoding,
  select: Selecting,
  context: StageContext,
  kind: z.output<typeof parameters>['engine'],
): Promise<Trained> {
  const shown = await sums.shown();
  const engine = await solvingEngine(sums, kind, context);
  const { latentNames } = description;
  const statisticsOptions = { latentNames, faceContrast: regressors.face, engine, work: context };
  const positions =
    select instanceof Uint32Array ? select : select(await voxelStatistics(shown, statisticsOptions));
  const solution = await sums.solveSubset(shown.names, { engine, work: context });
  const wanted = [...latentNames, regressors.face].map((name) => shown.names.indexOf(name));
  return { weights: rowsOf(solution.beta, sums.nVoxels, wanted), positions };
}

type RegionScore = Omit<LearningPoint, 'requested' | 'trainingFaces' | 'runs'>;

function scorePoint(
  { weights, positions }: Trained,
  { description: { latentSpace }, mask }: Encoding,
  regions: readonly Region<string>[],
  target: TestTarget,
  seed: number,
): { scores: RegionScore[]; problems: Problem[] } {
  const nMask = mask.indices.length;
  const selected = new Set(positions);
  const nLatents = latentSpace.modelled.length;
  const scores: RegionScore[] = [];
  const problems: Problem[] = [];
  const parts = [
    { name: allVoxels, voxels: positions },
    ...regions.map(({ name, voxels }) => ({ name, voxels: voxels.filter((voxel) => selected.has(voxel)) })),
  ];
  for (const { name, voxels } of parts) {
    if (voxels.length <= nLatents) {
      problems.push(
        new FusiformError(
          'REGION_TOO_SMALL',
          `The region "${name}" has ${voxels.length} selected voxels, too few for ${nLatents} latents; it is left out.`,
        ).toProblem(),
      );
      continue;
    }
    const decoder = prepareDecoder(
      pickColumns(weights, nMask, voxels),
      nLatents + 1,
      voxels.length,
      nLatents,
    );
    const decoded = decodePatterns(decoder, pickColumns(target.patterns, nMask, voxels));
    scores.push({
      region: name,
      voxels: voxels.length,
      ...score(wholeCodes(decoded, latentSpace), target, seed),
    });
  }
  return { scores, problems };
}

function score(decoded: Float32Array, { names, codes, latentDim }: TestTarget, seed: number) {
  const found = identify(decoded, codes, latentDim, { seed, nPermutations: 1 });
  const beaten = found.stimuli.map(({ pairwise }) => Math.round(2 * pairwise * (names.length - 1)) / 2);
  return {
    pairwise: found.pairwise,
    pairwiseInterval: [found.pairwiseInterval[0], found.pairwiseInterval[1]] as [number, number],
    pairwiseP: exactRankTest(beaten, names.length),
    nWay: found.nWay,
    nWayP: found.nWayBinomialP,
  };
}

function rowsOf(data: Float32Array, width: number, rows: readonly number[]): Float32Array {
  const result = new Float32Array(rows.length * width);
  for (const [at, row] of rows.entries())
    result.set(data.subarray(row * width, (row + 1) * width), at * width);
  return result;
}

async function writeCurve(outDir: string, curve: LearningCurve): Promise<void> {
  const { points } = curve;
  const numbers = (
    name: string,
    type: 'int' | 'double',
    description: string,
    of: (p: LearningPoint) => number,
  ) => ({ name, type, description, values: points.map(of) }) as const;
  await writeJsonFile(join(outDir, files.curve), curve);
  await writeTable(
    join(outDir, files.table),
    [
      { name: 'region', type: 'string', values: points.map(({ region }) => region) },
      {
        name: 'requested_faces',
        type: 'int',
        description: 'Training faces asked for; missing where it is all of them',
        values: points.map((p) => p.requested),
      },
      numbers(
        'training_faces',
        'int',
        'Different training faces that the mapping was trained on',
        (p) => p.trainingFaces,
      ),
      numbers('runs', 'int', 'Runs that the mapping was trained on', (p) => p.runs),
      numbers('voxels', 'int', 'Voxels selected', (p) => p.voxels),
      numbers('pairwise', 'double', 'Pairwise identification; chance 0.5', (p) => p.pairwise),
      numbers('pairwise_low', 'double', 'Of its 95 % interval', (p) => p.pairwiseInterval[0]),
      numbers('pairwise_high', 'double', 'Of its 95 % interval', (p) => p.pairwiseInterval[1]),
      numbers('pairwise_p', 'double', 'Exact rank test, one-sided', (p) => p.pairwiseP),
      numbers('n_way', 'double', 'Identification among all test faces', (p) => p.nWay),
      numbers('n_way_p', 'double', 'Binomial, one-sided', (p) => p.nWayP),
    ],
    tableFormats(true),
    { sidecar: false },
  );
  await writeFileAtomic(join(outDir, files.chart), await learningCurveChart([curve]));
}
