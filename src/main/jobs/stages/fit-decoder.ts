import { join } from 'node:path';
import { z } from 'zod';
import { type DecoderKind, decoderKinds } from '../../../shared/decoders.ts';
import { FusiformError } from '../../../shared/errors.ts';
import type { TrialScore } from '../../decoding/trial-identification.ts';
import type { Engine } from '../../engine/engine.ts';
import { writeFileAtomic } from '../../formats/files/atomic-write.ts';
import { writeTable } from '../../formats/table/write.ts';
import { crossValidatedGain } from '../../glm/cross-validated-gain.ts';
import { latentWeights } from '../../glm/latent-weights.ts';
import type { NormalEquations } from '../../glm/streaming.ts';
import { selectSomeVoxels, testVoxels } from '../../glm/voxel-selection.ts';
import { voxelStatistics } from '../../glm/voxel-statistics.ts';
import { mean } from '../../math/statistics.ts';
import { type Candidate, candidatesOf, describeCandidate } from '../decoders/candidates.ts';
import { bestOf, curveOf, type HeldOutFold, scoreFold } from '../decoders/cross-validate.ts';
import { curveChart, curveColumns } from '../decoders/curve.ts';
import {
  type DecoderDescription,
  hashOfVoxels,
  writeDecoderArrays,
  writeDecoderDescription,
} from '../decoders/decoder-files.ts';
import { foldsOf, sumsWithout } from '../decoders/fold-sums.ts';
import { DecoderMaker, type TrainingData } from '../decoders/make-decoder.ts';
import { PatternSource } from '../decoders/pattern-source.ts';
import { defineStage, type StageContext } from '../stage.ts';
import { voxelSets } from './decode-patterns.ts';
import { maximumFolds, readFolds } from './encoding-sums.ts';
import { type Encoding, readEncoding } from './fit-encoding.ts';
import { readMapping, type StoredMapping } from './fit-mapping.ts';
import { readSubjectIndex, type SubjectIndex } from './index-subject.ts';
import { readLatents } from './latents.ts';
import { regressors } from './roles.ts';
import { gainMeasureSchema, ruleSchema } from './selection-schema.ts';
import { readTrainingPatterns, type TrainingPatterns } from './training-patterns.ts';

const parameters = z.strictObject({
  kind: z.enum(decoderKinds),
  /** As the mapping's: the voxels of every fold are chosen anew by them. */
  faceRule: ruleSchema,
  gainRule: ruleSchema,
  gainMeasure: gainMeasureSchema,
  /** Folds of runs that the encoding model was fitted with. */
  folds: z.number().int().min(2).max(maximumFolds),
  seed: z.number().int(),
  engine: z.enum(['native', 'webgpu', 'wasm']),
});
type Parameters = z.output<typeof parameters>;

/** Products of this many numbers are left to float64 loops. */
const fewNumbers = 1e6;

interface Study {
  readonly encoding: Encoding;
  readonly mapping: StoredMapping;
  readonly patterns: TrainingPatterns;
  readonly source: PatternSource;
  /** [rows of the patterns, modelled latents] */
  readonly codes: Float32Array;
  readonly nLatents: number;
  readonly engine: Engine | null;
}

/**
 * Encoding model with folds (input `encoding`), `mapping`, the patterns of training trials (`patterns`) and the codes of the stimuli
 * (`latents`), and `subject` -> a decoder, its hyperparameters chosen by cross-validation over runs.
 *
 * Of each fold of runs everything is made anew without it: which voxels respond and gain, the weights, the prior, the noise, the
 * kernel. Then the trials of the fold are decoded with every candidate. Test faces and imagery take no part.
 */
export const fitDecoderStage = defineStage({
  name: 'fit-decoder',
  version: 1,
  parameters,
  async run(request, context) {
    const { kind } = request;
    const study = await openStudy(request, context);
    try {
      const folds = foldsOf(context.inputs.encoding);
      if (folds.length < 2) {
        throw new FusiformError(
          'DECODER_TOO_FEW_RUNS',
          'The encoding model has no two folds of runs to choose hyperparameters by.',
        );
      }
      const scores: (TrialScore | null)[][] = [];
      const voxels: number[] = [];
      const candidates = candidatesOf(kind).length;
      for (const fold of folds) {
        const held = await heldOutFold(study, folds, fold, request, context);
        if (held === null) continue;
        voxels.push(held.training.patterns.nVoxels);
        const before = scores.length * candidates;
        let scored = 0;
        scores.push(
          await scoreFold(kind, held, () => {
            scored += 1;
            context.report({
              done: before + scored,
              total: (folds.length + 1) * candidates,
              unit: 'candidates',
            });
          }),
        );
      }
      const curve = curveOf(kind, scores);
      const chosen = curve[bestOf(curve)];
      const candidate: Candidate = { penalty: chosen.penalty, rank: chosen.rank, noise: chosen.noise };
      // What the other folds choose, the fold had no say in.
      const own = scores.map((_, fold) => curve[scores.length < 3 ? bestOf(curve) : bestOf(curve, fold)]);
      const crossValidation: DecoderDescription['crossValidation'] = {
        folds: scores.length,
        trials: study.patterns.trials.length,
        voxels,
        curve,
        identification: own.map(({ identification }, fold) => identification[fold] ?? 0),
        correlation: own.map(({ correlation }, fold) => correlation[fold] ?? 0),
      };
      const sets = await writeSets(study, candidate, request, context);
      const subject = await readSubjectIndex(context.inputs.subject);
      await writeDecoderDescription(context.outDir, {
        kind,
        subject: study.mapping.description.subject,
        latentDim: study.mapping.description.latentSpace.dim,
        voxels: hashOfVoxels(study.mapping.voxels),
        sets: sets.map(({ name, voxels: of }) => ({ name, nVoxels: of.length })),
        presentations: {
          test: Object.fromEntries(subject.testFaces.map(({ name, presentations }) => [name, presentations])),
          imagery: imageryBlocks(subject),
        },
        chosen: candidate,
        crossValidation,
      });
      await writeTable(join(context.outDir, 'cross-validation'), curveColumns(curve), ['tsv']);
      await writeFileAtomic(join(context.outDir, 'cross-validation.svg'), await curveChart(kind, curve));
      return {
        summary: {
          decoder: kind,
          chosen: describeCandidate(candidate),
          identification: mean(crossValidation.identification),
          correlation: mean(crossValidation.correlation),
          folds: scores.length,
          trials: study.patterns.trials.length,
        },
      };
    } finally {
      study.source.close();
    }
  },
});

async function openStudy({ engine: kind }: Parameters, context: StageContext): Promise<Study> {
  const { inputs } = context;
  const encoding = await readEncoding(inputs.encoding);
  const mapping = await readMapping(inputs.mapping);
  const patterns = await readTrainingPatterns(inputs.patterns);
  const latents = await readLatents(inputs.latents);
  const { modelled } = encoding.description.latentSpace;
  const rowOf = new Map(latents.files.map((file, row) => [file, row]));
  const nLatents = modelled.length;
  const source = await PatternSource.open(inputs.patterns);
  const codes = new Float32Array(source.nTrials * nLatents);
  for (const { row, stimFile, file, line } of patterns.trials) {
    const at = rowOf.get(stimFile);
    if (at === undefined) {
      source.close();
      throw new FusiformError('STIMULUS_NOT_ENCODED', `The stimulus "${stimFile}" has no latent code.`, {
        file,
        line,
      });
    }
    modelled.forEach((latent, to) => {
      codes[row * nLatents + to] = latents.codes[at * latents.latentDim + latent];
    });
  }
  const isLarge = source.nTrials * mapping.nVoxels > fewNumbers;
  const engine = isLarge ? await context.engine(kind) : null;
  return { encoding, mapping, patterns, source, codes, nLatents, engine };
}

async function heldOutFold(
  study: Study,
  folds: readonly number[],
  fold: number,
  { faceRule, gainRule, gainMeasure, folds: nFolds, seed }: Parameters,
  context: StageContext,
): Promise<HeldOutFold | null> {
  const { encoding, patterns, source, engine } = study;
  const isHeld = ({ run }: { readonly run: number }) => run % nFolds === fold;
  const heldTrials = patterns.trials.filter(isHeld);
  const trainTrials = patterns.trials.filter((trial) => !isHeld(trial));
  if (heldTrials.length === 0 || trainTrials.length === 0) return null;
  const equations = await sumsWithout(context.inputs.encoding, folds, fold);
  const { latentNames } = encoding.description;
  const work = { signal: context.signal, report: () => undefined };
  const statistics = await voxelStatistics(await equations.shown(), {
    latentNames,
    faceContrast: regressors.face,
    engine,
    work,
  });
  const gain =
    gainMeasure === 'cross-validated'
      ? await crossValidatedGain(
          (await readFolds(context.inputs.encoding)).filter((_, at) => folds[at] !== fold),
          { names: equations.names, latentNames, engine, work },
        )
      : undefined;
  const { positions } = selectSomeVoxels(testVoxels(statistics, gainMeasure, gain?.z), {
    faceRule,
    gainRule,
    gainMeasure,
  });
  const [train, held] = [trainTrials, heldTrials].map((trials) => trials.map(({ row }) => row));
  return {
    training: trainingData(study, equations, train, positions, seed, context.signal),
    held: source.part(held, positions),
    all: source.part([...train, ...held], positions),
    codes: pickRows(study.codes, held, study.nLatents),
    faces: heldTrials.map(({ stimFile }) => stimFile),
  };
}

function trainingData(
  { source, codes, nLatents, encoding, engine }: Study,
  equations: NormalEquations,
  rows: readonly number[],
  positions: Uint32Array,
  seed: number,
  signal: AbortSignal,
): TrainingData {
  return {
    nLatents,
    patterns: source.part(rows, positions),
    codes: pickRows(codes, rows, nLatents),
    weights: (penalty) =>
      latentWeights(equations, {
        latentNames: encoding.description.latentNames,
        biasName: regressors.face,
        penalty,
        positions,
        engine,
        signal,
      }),
    seed,
    engine,
    signal,
  };
}

/** Fits the chosen candidate to all runs, for every set of voxels. */
async function writeSets(
  study: Study,
  candidate: Candidate,
  { kind, seed }: { readonly kind: DecoderKind; readonly seed: number },
  context: StageContext,
) {
  const { mapping, encoding, patterns } = study;
  const placeOf = new Map(Array.from(encoding.mask.indices, (index, at) => [index, at]));
  const { sets } = voxelSets(mapping);
  for (const [place, { voxels }] of sets.entries()) {
    const positions = Uint32Array.from(voxels, (voxel) => {
      const at = placeOf.get(mapping.voxels[voxel]);
      if (at === undefined)
        throw new FusiformError(
          'DECODER_OF_OTHER_VOXELS',
          'The mapping has voxels that the encoding model has not.',
        );
      return at;
    });
    const rows = patterns.trials.map(({ row }) => row);
    const data = trainingData(study, encoding.equations, rows, positions, seed, context.signal);
    const maker = new DecoderMaker(kind, data);
    try {
      await writeDecoderArrays(context.outDir, place, await maker.make(candidate));
    } finally {
      maker.dispose();
    }
  }
  return sets;
}

function imageryBlocks({ runs, roles }: SubjectIndex): number {
  return runs.reduce(
    (sum, { trialTypes }) =>
      sum + roles.imagery.reduce((blocks, type) => blocks + (trialTypes[type] ?? 0), 0),
    0,
  );
}

function pickRows(data: Float32Array, rows: readonly number[], width: number): Float32Array {
  const result = new Float32Array(rows.length * width);
  rows.forEach((row, at) => {
    result.set(data.subarray(row * width, (row + 1) * width), at * width);
  });
  return result;
}
