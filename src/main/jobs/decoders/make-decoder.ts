import type { DecoderKind } from '../../../shared/decoders.ts';
import { type AffineDecoder, toCode } from '../../decoding/affine-decoder.ts';
import { DualRidge, dualDecoder } from '../../decoding/dual-ridge.ts';
import { forwardInverse } from '../../decoding/forward-inverse.ts';
import { type NoisePatterns, noiseCovariance, noisePatterns } from '../../decoding/noise-factors.ts';
import { patternKernel } from '../../decoding/pattern-kernel.ts';
import { type CodePrior, posteriorDecoder, priorOf } from '../../decoding/posterior.ts';
import { timesTransposed, timesWide } from '../../decoding/products.ts';
import type { Engine } from '../../engine/engine.ts';
import { otherWork } from '../../engine/other-work.ts';
import { type Matrix, matrix } from '../../math/matrix.ts';
import { type Candidate, mostComponents } from './candidates.ts';
import type { PatternSource } from './pattern-source.ts';

/** What a decoder is made from: training trials alone. */
export interface TrainingData {
  readonly nLatents: number;
  /** Patterns of the training trials at the voxels to decode from. */
  readonly patterns: PatternSource;
  /** [nTrials, nLatents] */
  readonly codes: Float32Array;
  /** [nLatents + 1, nVoxels]: coefficients of the forward model under a relative penalty, the bias last. */
  weights(penalty: number): Promise<Float32Array>;
  readonly seed: number;
  readonly engine: Engine | null;
  readonly signal: AbortSignal;
}

/** Makes decoders of one kind from the same training data; what they share is computed once. */
export class DecoderMaker {
  readonly #kind: DecoderKind;
  readonly #data: TrainingData;
  #forward: { readonly penalty: number; readonly weights: Float32Array } | null = null;
  #noise: { readonly penalty: number; readonly patterns: NoisePatterns } | null = null;
  #prior: CodePrior | null = null;
  #posterior: { readonly key: string; readonly decoder: AffineDecoder } | null = null;
  #dual: { readonly ridge: DualRidge; readonly mean: Float64Array } | null = null;

  constructor(kind: DecoderKind, data: TrainingData) {
    this.#kind = kind;
    this.#data = data;
  }

  /** Gives back what an engine holds. */
  dispose(): void {
    this.#dual?.ridge.dispose();
    this.#dual = null;
  }

  async make(candidate: Candidate): Promise<AffineDecoder> {
    await otherWork(this.#data.signal);
    if (this.#kind === 'dual-ridge') return this.#makeDual(candidate.penalty);
    if (this.#kind === 'posterior') return this.#makePosterior(candidate);
    const { patterns, engine, signal } = this.#data;
    return forwardInverse(await this.#weights(candidate.penalty), patterns.nVoxels, engine, signal);
  }

  async #weights(penalty: number): Promise<Float32Array> {
    if (this.#forward?.penalty !== penalty) {
      this.#forward = { penalty, weights: await this.#data.weights(penalty) };
    }
    return this.#forward.weights;
  }

  async #makeDual(penalty: number): Promise<AffineDecoder> {
    const { patterns, codes, engine, signal } = this.#data;
    if (this.#dual === null) {
      const all = Array.from({ length: patterns.nTrials }, (_, at) => at);
      const { kernel, mean } = await patternKernel(patterns, all, engine, signal);
      this.#dual = { ridge: await DualRidge.of(kernel, codes, engine, signal), mean };
    }
    const { ridge, mean } = this.#dual;
    return dualDecoder(await ridge.coefficients(penalty), patterns, mean, ridge.meanCode, engine);
  }

  async #makePosterior({ penalty, rank, noise }: Candidate): Promise<AffineDecoder> {
    const key = `${penalty} ${rank}`;
    if (this.#posterior?.key !== key) {
      const { patterns, codes, nLatents, engine, signal } = this.#data;
      const weights = await this.#weights(penalty);
      const covariance = noiseCovariance(await this.#noisePatterns(penalty, weights), rank ?? 0);
      this.#prior ??= priorOf(codes, nLatents, engine);
      const { nVoxels } = patterns;
      const decoder = await posteriorDecoder(weights, nVoxels, this.#prior, covariance, 1, engine, signal);
      this.#posterior = { key, decoder };
    }
    const { decoder } = this.#posterior;
    return { ...decoder, posterior: decoder.posterior && { ...decoder.posterior, noise: noise ?? 1 } };
  }

  /** Of what the forward model leaves of the training patterns. */
  async #noisePatterns(penalty: number, weights: Float32Array): Promise<NoisePatterns> {
    if (this.#noise?.penalty !== penalty) {
      const { patterns, codes, nLatents, seed, engine, signal } = this.#data;
      const { nTrials, nVoxels } = patterns;
      // With a penalty the weights take less; a third of the trials is left in any case.
      const dof = Math.max(nTrials - nLatents - 1, nTrials / 3);
      async function* residuals() {
        for (const [start, end] of patterns.trialBlocks()) {
          await otherWork(signal);
          yield await residualsOf(
            patterns.trials(start, end),
            codes.subarray(start * nLatents, end * nLatents),
          );
        }
      }
      const residualsOf = async (block: Float32Array, shown: Float32Array) => {
        const n = block.length / nVoxels;
        const design = matrixWithOnes(shown, n, nLatents);
        const fitted = await timesWide(engine, design, weights, nVoxels);
        return block.map((value, at) => value - fitted[at]);
      };
      const found = await noisePatterns(residuals, nVoxels, dof, mostComponents, seed, engine);
      this.#noise = { penalty, patterns: found };
    }
    return this.#noise.patterns;
  }
}

function matrixWithOnes(codes: Float32Array, n: number, nLatents: number): Matrix {
  const design = matrix(n, nLatents + 1);
  for (let row = 0; row < n; row += 1) {
    design.data.set(codes.subarray(row * nLatents, (row + 1) * nLatents), row * (nLatents + 1));
    design.data[row * (nLatents + 1) + nLatents] = 1;
  }
  return design;
}

/** `matrix pattern` of every trial, [nTrials, nLatents], in blocks: for scores; patterns that are kept are decoded one by one. */
export async function projectTrials(
  decoder: AffineDecoder,
  patterns: PatternSource,
  engine: Engine | null,
): Promise<Float64Array> {
  const { nLatents, nVoxels } = decoder;
  const projected = new Float64Array(patterns.nTrials * nLatents);
  for (const [start, end] of patterns.trialBlocks()) {
    const part = await timesTransposed(engine, patterns.trials(start, end), decoder.matrix, nVoxels);
    projected.set(part.data, start * nLatents);
  }
  return projected;
}

/** Codes of projected patterns of one presentation each. */
export function codesOf(decoder: AffineDecoder, projected: Float64Array): Float32Array {
  const { nLatents } = decoder;
  const codes = new Float32Array(projected.length);
  for (let start = 0; start < projected.length; start += nLatents) {
    codes.set(toCode(decoder, projected.subarray(start, start + nLatents), 1), start);
  }
  return codes;
}
