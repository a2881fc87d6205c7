import type { DecoderKind } from '../../../shared/decoders.ts';
import { FusiformError } from '../../../shared/errors.ts';
import type { AffineDecoder } from '../../decoding/affine-decoder.ts';
import { DualRidge } from '../../decoding/dual-ridge.ts';
import { patternKernel, pickMatrix } from '../../decoding/pattern-kernel.ts';
import { scoreTrials, type TrialScore } from '../../decoding/trial-identification.ts';
import { otherWork } from '../../engine/other-work.ts';
import { mean } from '../../math/statistics.ts';
import { type Candidate, candidatesOf } from './candidates.ts';
import type { CurvePoint } from './decoder-files.ts';
import { codesOf, DecoderMaker, projectTrials, type TrainingData } from './make-decoder.ts';
import type { PatternSource } from './pattern-source.ts';

/** A fold of runs that is left out. */
export interface HeldOutFold {
  /** From the other runs alone. */
  readonly training: TrainingData;
  readonly held: PatternSource;
  /** The training trials and, after them, those held. */
  readonly all: PatternSource;
  /** [trials held, nLatents] */
  readonly codes: Float32Array;
  /** [trials held]: the picture shown. */
  readonly faces: readonly string[];
}

/** Candidates that differ in the noise alone share a matrix. */
interface Projected {
  matrix: Float32Array | null;
  projected: Float64Array;
}

/**
 * By candidate; null where it could not be fitted to these runs.
 *
 * @param onScored called after each candidate
 */
export function scoreFold(
  kind: DecoderKind,
  fold: HeldOutFold,
  onScored: () => void = () => undefined,
): Promise<(TrialScore | null)[]> {
  return kind === 'dual-ridge' ? scoreDual(fold, onScored) : scoreForward(kind, fold, onScored);
}

/** Products of trials with each other are enough to predict: weights of voxels are not needed. */
async function scoreDual(
  { training, all, codes, faces }: HeldOutFold,
  onScored: () => void,
): Promise<TrialScore[]> {
  const { engine, signal, nLatents } = training;
  const rows = Array.from({ length: all.nTrials }, (_, at) => at);
  const [trained, held] = [rows.slice(0, training.patterns.nTrials), rows.slice(training.patterns.nTrials)];
  const { kernel } = await patternKernel(all, trained, engine, signal);
  const ridge = await DualRidge.of(pickMatrix(kernel, trained, trained), training.codes, engine, signal);
  const between = pickMatrix(kernel, held, trained);
  const scores: TrialScore[] = [];
  const penalties = candidatesOf('dual-ridge').map(({ penalty }) => penalty);
  try {
    for await (const decoded of ridge.predict(between, penalties)) {
      await otherWork(signal);
      scores.push(scoreTrials(decoded, codes, nLatents, faces));
      onScored();
    }
  } finally {
    ridge.dispose();
  }
  return scores;
}

async function scoreForward(
  kind: DecoderKind,
  { training, held, codes, faces }: HeldOutFold,
  onScored: () => void,
): Promise<(TrialScore | null)[]> {
  const maker = new DecoderMaker(kind, training);
  const { nLatents } = training;
  const scores: (TrialScore | null)[] = [];
  const last: Projected = { matrix: null, projected: new Float64Array(0) };
  for (const candidate of candidatesOf(kind)) {
    await otherWork(training.signal);
    const decoder = await makeOrNull(maker, candidate);
    if (decoder === null) scores.push(null);
    else {
      if (last.matrix !== decoder.matrix) {
        last.matrix = decoder.matrix;
        last.projected = await projectTrials(decoder, held, training.engine);
      }
      scores.push(scoreTrials(codesOf(decoder, last.projected), codes, nLatents, faces));
    }
    onScored();
  }
  return scores;
}

/** Least squares may not be possible where a penalty is. */
async function makeOrNull(maker: DecoderMaker, candidate: Candidate): Promise<AffineDecoder | null> {
  try {
    return await maker.make(candidate);
  } catch (error) {
    const isSingular =
      error instanceof FusiformError &&
      (error.code === 'MAPPING_SINGULAR' || error.code === 'DESIGN_COLLINEAR');
    if (isSingular) return null;
    throw error;
  }
}

/** @param scores [folds][candidates] */
export function curveOf(
  kind: DecoderKind,
  scores: readonly (readonly (TrialScore | null)[])[],
): CurvePoint[] {
  return candidatesOf(kind).map((candidate, at) => ({
    ...candidate,
    identification: scores.map((fold) => fold[at]?.identification ?? null),
    correlation: scores.map((fold) => fold[at]?.correlation ?? null),
  }));
}

/**
 * The place of the candidate of best mean identification over folds; of equal ones the last.
 *
 * @param without a fold that has no say
 * @throws FusiformError DECODER_NOT_FITTED where no candidate could be fitted in every fold
 */
export function bestOf(curve: readonly CurvePoint[], without?: number): number {
  let best = -1;
  let top = Number.NEGATIVE_INFINITY;
  curve.forEach(({ identification }, at) => {
    const known = identification.filter((_, fold) => fold !== without);
    if (known.some((value) => value === null || Number.isNaN(value))) return;
    const score = mean(known.map(Number));
    if (score >= top) [best, top] = [at, score];
  });
  if (best >= 0) return best;
  throw new FusiformError(
    'DECODER_NOT_FITTED',
    'In some fold of runs the latents cannot be told apart in the selected voxels, whatever the penalty.',
  );
}
