import { z } from 'zod';
import { FusiformError } from '../../../shared/errors.ts';
import { buildDesign, type DesignEvent, splitDesign } from '../../glm/design.ts';
import { regressorNames } from '../../glm/hrf.ts';
import { type Matrix, matrix } from '../../math/matrix.ts';
import { type BoldRun, frameTimes } from './bold-run.ts';
import { designOptions, type GlmSettings } from './glm-settings.ts';
import type { Latents } from './latents.ts';
import { modelledEvents, type Roles, regressorOf, regressors, stimulusOf } from './roles.ts';

/** Which latents vary at all, and where the others stay. */
export const latentSpaceSchema = z.object({
  dim: z.number().int(),
  /** Positions of the latents that the linear model holds. */
  modelled: z.array(z.number().int()),
  /** [dim]: mean code of the training faces; what a latent that does not vary is decoded as. */
  means: z.array(z.number()),
});
export type LatentSpace = z.output<typeof latentSpaceSchema>;

/**
 * A latent that varies less than this, relative to the one that varies most, has collapsed: its regressor would be a
 * multiple of the face's own, and nothing could tell the two apart.
 */
const collapsed = 1e-5;

/** Latent codes by stimulus. */
export class CodeBook {
  readonly space: LatentSpace;
  readonly #latents: Latents;
  readonly #rows: Map<string, number>;

  /** @param trainFaces stimuli of the training trials */
  constructor(latents: Latents, trainFaces: readonly string[]) {
    this.#latents = latents;
    this.#rows = new Map(latents.files.map((file, row) => [file, row]));
    const rows = trainFaces.map((face) => this.#rows.get(face)).filter((row) => row !== undefined);
    this.space = latentSpace(latents, rows);
  }

  /**
   * Pairs of a test face and a training face with the same code. Equal pictures have equal codes, to the last bit,
   * whatever they are called.
   */
  pairsAlike(testFaces: readonly string[], trainFaces: readonly string[]): [test: string, train: string][] {
    const byCode = new Map(trainFaces.map((face) => [this.#text(face), face]));
    return testFaces.flatMap((face): [string, string][] => {
      const alike = byCode.get(this.#text(face));
      return alike === undefined ? [] : [[face, alike]];
    });
  }

  /** A code's bits as text, a letter a byte; a stimulus without a code is like no other. */
  #text(stimFile: string): string {
    const row = this.#rows.get(stimFile);
    if (row === undefined) return stimFile;
    const { codes, latentDim } = this.#latents;
    const { buffer, byteOffset, byteLength } = codes.subarray(row * latentDim, (row + 1) * latentDim);
    return Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
  }

  /** The modelled latents of a stimulus. @throws FusiformError STIMULUS_NOT_ENCODED with the line of the trial */
  codeOf(stimFile: string, file: string, line: number): number[] {
    const row = this.#rows.get(stimFile);
    if (row === undefined) {
      throw new FusiformError('STIMULUS_NOT_ENCODED', `The stimulus "${stimFile}" has no latent code.`, {
        file,
        line,
      });
    }
    const { codes, latentDim } = this.#latents;
    return this.space.modelled.map((at) => codes[row * latentDim + at]);
  }
}

function latentSpace({ codes, latentDim }: Latents, rows: readonly number[]): LatentSpace {
  const means = new Array<number>(latentDim).fill(0);
  const squares = new Array<number>(latentDim).fill(0);
  for (let at = 0; at < latentDim; at++) {
    for (const row of rows) means[at] += codes[row * latentDim + at] / rows.length;
    for (const row of rows) squares[at] += (codes[row * latentDim + at] - means[at]) ** 2;
  }
  const largest = Math.max(...squares);
  const modelled = [...squares.keys()].filter((at) => squares[at] > collapsed ** 2 * largest);
  return { dim: latentDim, modelled, means };
}

/** The conditions of all runs, in order; a run that lacks one has zeros there. */
export function conditionNames(
  runs: readonly BoldRun[],
  roles: Roles,
  { hrfModel, firDelays }: GlmSettings,
): string[] {
  const conditions = new Set(
    runs.flatMap(({ events }) =>
      modelledEvents(events.rows, roles).map((event) => regressorOf(event, roles, events.file)),
    ),
  );
  return [...conditions].sort().flatMap((name) => regressorNames(name, hrfModel, firDelays));
}

/**
 * A run's part of the study's design: the columns that all runs share, in their order, and the run's nuisance.
 *
 * @param codes null for the model without latents
 */
export function runDesign(
  run: BoldRun,
  roles: Roles,
  settings: GlmSettings,
  codes: CodeBook | null,
  names: readonly string[],
  latentNames: readonly string[],
): { x: Matrix; nuisance: Matrix } {
  const { file } = run.events;
  const rows = modelledEvents(run.events.rows, roles);
  const events: DesignEvent[] = rows.map((event) => ({
    onset: event.onset,
    duration: event.duration,
    trialType: regressorOf(event, roles, file),
  }));
  const faceTrials = rows.filter((_, at) => events[at].trialType === regressors.face);
  const values = matrix(faceTrials.length, latentNames.length);
  faceTrials.forEach((event, at) => {
    if (codes)
      values.data.set(codes.codeOf(stimulusOf(event, file), file, event.line), at * latentNames.length);
  });
  const design = buildDesign({
    ...designOptions(settings),
    frameTimes: frameTimes(run.series.nVolumes, run.tR, settings.sliceTimeReference),
    events,
    ...(codes && faceTrials.length > 0
      ? { modulators: [{ trialType: regressors.face, names: latentNames, values, centre: false }] }
      : {}),
    ...(run.confounds ? { confounds: run.confounds } : {}),
  });
  const split = splitDesign(design);
  return { x: spread(split.x, split.names, names), nuisance: split.nuisance };
}

/** The run's columns at their places among the study's; columns that the run lacks are zero. */
function spread(x: Matrix, have: readonly string[], want: readonly string[]): Matrix {
  const result = matrix(x.rows, want.length);
  have.forEach((name, from) => {
    const to = want.indexOf(name);
    for (let row = 0; row < x.rows; row++) result.data[row * want.length + to] = x.data[row * x.cols + from];
  });
  return result;
}
