import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { FusiformError, type Problem } from '../../../shared/errors.ts';
import { readJsonFile, writeJsonFile } from '../../formats/json/json.ts';
import { readSafetensorsFile, writeSafetensorsFile } from '../../formats/safetensors/safetensors.ts';
import { buildDesign, type DesignEvent, splitDesign } from '../../glm/design.ts';
import { NormalEquations } from '../../glm/streaming.ts';
import type { Mask } from '../../imaging/mask.ts';
import { matrix, type Matrix } from '../../math/matrix.ts';
import { defineStage, type StageContext } from '../stage.ts';
import {
  analysisMask,
  type BoldRun,
  forEachRun,
  frameTimes,
  openRun,
  readRun,
  type RunSpec,
  runSpecSchema,
} from './bold-run.ts';
import { type GlmSettings, glmSettingsSchema } from './glm-settings.ts';
import { readSubjectIndex } from './index-subject.ts';
import { type Latents, readLatents } from './latents.ts';
import { readMaskImage, writeMaskImage } from './mask-image.ts';
import { regressorOf, regressors, type Roles, stimulusOf } from './roles.ts';

const parameters = z.strictObject({
  runs: z.array(runSpecSchema).min(1),
  settings: glmSettingsSchema,
  engine: z.enum(['native', 'webgpu', 'wasm']),
});

export const encodingDescriptionSchema = z.object({
  subject: z.string(),
  latentNames: z.array(z.string()),
  /** Regressors without the latents. */
  others: z.array(z.string()),
  runs: z.number().int(),
});

export const encodingFiles = {
  equations: 'equations.safetensors',
  description: 'encoding.json',
  mask: 'mask.nii.gz',
} as const;

/** A large study's sums are written now and then, not after every run. */
const checkpointEveryMs = 20_000;

/**
 * Runs (inputs as in bold-run.ts), `subject`, `latents` of its stimuli, optionally `mask` -> the sums of the linear
 * model that explains every voxel by fixation, face, the latents as parametric modulators of the face, one regressor a
 * test face, one-back and imagery. Goes on after the last run that was saved.
 */
export const fitEncodingStage = defineStage({
  name: 'fit-encoding',
  version: 1,
  parameters,
  async run({ runs, settings, engine: kind }, context) {
    const { signal, outDir } = context;
    const index = await readSubjectIndex(context.inputs.subject);
    const latents = await readLatents(context.inputs.latents);
    const usable = runs.filter(({ name }) => index.runs.some((run) => run.name === name));
    const opened = await forEachRun(usable, (spec) => openRun(spec, settings.confounds, context));
    const { mask, problems: maskProblems } = await analysisMask(
      context.inputs.mask,
      opened.results[0].series,
      signal,
    );
    const latentNames = Array.from(
      { length: latents.latentDim },
      (_, at) => `latent-${String(at + 1).padStart(4, '0')}`,
    );
    const names = [...conditionNames(opened.results, index.roles, settings), ...latentNames];
    const engine = await context.engine(kind);
    const sums = new CheckpointedSums(context, names, mask.indices.length);
    const { equations, seen } = await sums.open();
    const codes = new CodeBook(latents);
    const ahead = opened.results.filter((run) => !seen.includes(run.name));
    const fitted = await forEachRun(ahead.map(specOf), async (_spec, at) => {
      signal.throwIfAborted();
      const run = ahead[at];
      const { x, nuisance } = runDesign(run, index.roles, settings, codes, names, latentNames);
      const y = await readRun(run, mask, signal);
      await equations.addRun(engine, x, nuisance, y);
      seen.push(run.name);
      await sums.saveNowAndThen(equations, seen);
      context.report({ done: equations.nRuns, total: opened.results.length, unit: 'runs' });
      return run.problems;
    });
    await writeSafetensorsFile(join(outDir, encodingFiles.equations), equations.toNamedArrays());
    await writeMaskImage(join(outDir, encodingFiles.mask), mask);
    await writeJsonFile(join(outDir, encodingFiles.description), {
      subject: index.subject,
      latentNames,
      others: names.slice(0, -latentNames.length),
      runs: equations.nRuns,
    } satisfies z.input<typeof encodingDescriptionSchema>);
    const problems: Problem[] = [
      ...opened.problems,
      ...maskProblems,
      ...fitted.problems,
      ...fitted.results.flat(),
    ];
    return {
      summary: {
        runs: equations.nRuns,
        voxels: mask.indices.length,
        regressors: names.length,
        observations: equations.nEffectiveObservations,
      },
      problems,
    };
  },
});

export interface Encoding {
  readonly description: z.output<typeof encodingDescriptionSchema>;
  readonly equations: NormalEquations;
  readonly mask: Mask;
}

export async function readEncoding(folder: string): Promise<Encoding> {
  const description = encodingDescriptionSchema.parse(
    await readJsonFile(join(folder, encodingFiles.description)),
  );
  const { arrays } = await readSafetensorsFile(join(folder, encodingFiles.equations));
  const equations = NormalEquations.fromNamedArrays(arrays);
  const mask = await readMaskImage(join(folder, encodingFiles.mask));
  return { description, equations, mask };
}

/** The sums on the disk, so that a killed process begins with the next run. */
class CheckpointedSums {
  readonly #file: string;
  readonly #create: () => NormalEquations;
  #saved = performance.now();

  constructor(context: StageContext, names: readonly string[], nVoxels: number) {
    this.#file = join(context.scratchDir, 'equations.safetensors');
    this.#create = () => NormalEquations.create(names, nVoxels);
  }

  /** The sums so far, and the names of the runs in them. */
  async open(): Promise<{ equations: NormalEquations; seen: string[] }> {
    if (!existsSync(this.#file)) return { equations: this.#create(), seen: [] };
    const { arrays, metadata } = await readSafetensorsFile(this.#file);
    return {
      equations: NormalEquations.fromNamedArrays(arrays),
      seen: JSON.parse(metadata.runs) as string[],
    };
  }

  async saveNowAndThen(equations: NormalEquations, seen: readonly string[]): Promise<void> {
    if (performance.now() - this.#saved < checkpointEveryMs) return;
    await writeSafetensorsFile(this.#file, equations.toNamedArrays(), { runs: JSON.stringify(seen) });
    this.#saved = performance.now();
  }
}

/** Latent codes by stimulus. */
class CodeBook {
  readonly #latents: Latents;
  readonly #rows: Map<string, number>;

  constructor(latents: Latents) {
    this.#latents = latents;
    this.#rows = new Map(latents.files.map((file, row) => [file, row]));
  }

  /** @throws FusiformError STIMULUS_NOT_ENCODED with the line of the trial */
  codeOf(stimFile: string, file: string, line: number): Float32Array {
    const row = this.#rows.get(stimFile);
    if (row === undefined) {
      throw new FusiformError('STIMULUS_NOT_ENCODED', `The stimulus "${stimFile}" has no latent code.`, {
        file,
        line,
      });
    }
    const { codes, latentDim } = this.#latents;
    return codes.subarray(row * latentDim, (row + 1) * latentDim);
  }
}

function conditionNames(runs: readonly BoldRun[], roles: Roles, { hrfModel }: GlmSettings): string[] {
  const conditions = new Set(
    runs.flatMap(({ events }) => events.rows.map((event) => regressorOf(event, roles, events.file))),
  );
  const withDerivative = hrfModel.endsWith('derivative');
  return [...conditions].sort().flatMap((name) => (withDerivative ? [name, `${name}_derivative`] : [name]));
}

/** A run's part of the study's design: the columns that all runs share, in their order, and the run's nuisance. */
function runDesign(
  run: BoldRun,
  roles: Roles,
  settings: GlmSettings,
  codes: CodeBook,
  names: readonly string[],
  latentNames: readonly string[],
): { x: Matrix; nuisance: Matrix } {
  const { rows, file } = run.events;
  const events: DesignEvent[] = rows.map((event) => ({
    onset: event.onset,
    duration: event.duration,
    trialType: regressorOf(event, roles, file),
  }));
  const faceTrials = rows.filter((_, at) => events[at].trialType === regressors.face);
  const values = matrix(faceTrials.length, latentNames.length);
  faceTrials.forEach((event, at) => {
    values.data.set(codes.codeOf(stimulusOf(event, file), file, event.line), at * latentNames.length);
  });
  const design = buildDesign({
    frameTimes: frameTimes(run.series.nVolumes, run.tR),
    events,
    hrfModel: settings.hrfModel,
    driftModel: settings.driftModel,
    highPass: settings.highPass,
    driftOrder: settings.driftOrder,
    ...(faceTrials.length > 0
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

function specOf(run: BoldRun): RunSpec {
  return { name: run.name, repetitionTime: run.tR };
}
