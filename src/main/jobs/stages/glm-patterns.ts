import { join } from 'node:path';
import { z } from 'zod';
import { FusiformError, type Problem } from '../../../shared/errors.ts';
import { writeJsonFile } from '../../formats/json/json.ts';
import { writeNpyFile } from '../../formats/npy/npy.ts';
import { type TableFormat, tableFormats, writeTable } from '../../formats/table/write.ts';
import { computeContrast, tStatistics } from '../../glm/contrast.ts';
import { fitRunWith, noiseModels } from '../../glm/fit-run.ts';
import type { LinearFit } from '../../glm/linear-fit.ts';
import { fitLss, lsaDesign, singleTrialKinds, type Trial, trialsOf } from '../../glm/single-trial.ts';
import { defineStage, type StageContext } from '../stage.ts';
import { analysisMask, type BoldRun, forEachRun, openRuns, readRun, runSpecSchema } from './bold-run.ts';
import { designOf, ofRun, runDesignOptions } from './glm-fit.ts';
import { glmSettingsSchema } from './glm-settings.ts';

const parameters = z.strictObject({
  runs: z.array(runSpecSchema).min(1),
  settings: glmSettingsSchema,
  noise: z.enum(noiseModels),
  /** Trial types to take patterns of; empty for all that every run has. */
  conditions: z.array(z.string()),
  /** A pattern a trial, and how; null for one a condition. */
  singleTrial: z.enum(singleTrialKinds).nullable(),
  /**
   * What stands for a voxel's response: its effect over its standard error, so that noisy voxels count less (Misaki et
   * al. 2010, doi 10.1016/j.neuroimage.2010.05.051), or the effect itself.
   */
  estimate: z.enum(['t', 'effect']),
  /** Whether the table of trials is written as Parquet too. */
  parquet: z.boolean().optional(),
});
type Parameters = z.output<typeof parameters>;

const trialSchema = z.object({
  run: z.string(),
  condition: z.string(),
  /** Of its condition in its run, from 1. */
  number: z.number().int(),
  onset: z.number(),
  duration: z.number(),
  stimFile: z.string().nullable(),
});

/** What stands beside the patterns. */
export const patternsDescriptionSchema = z.object({
  runs: z.array(z.string()),
  conditions: z.array(z.string()),
  voxels: z.array(z.number().int()),
  /** Of patterns a trial: [trials, voxels] then, else [runs, conditions, voxels]. */
  trials: z.array(trialSchema).optional(),
});
type TrialRow = z.output<typeof trialSchema>;

export const patternsFiles = {
  patterns: 'patterns.npy',
  description: 'patterns.json',
  trials: 'trials.tsv',
} as const;

/**
 * Runs (inputs as in bold-run.ts, optionally `mask`) -> a pattern a condition and run, [nRuns, nConditions, nVoxels], or a
 * pattern a trial, [nTrials, nVoxels].
 */
export const glmPatternsStage = defineStage({
  name: 'glm-patterns',
  version: 2,
  parameters,
  async run(request, context) {
    const { runs, settings, conditions, singleTrial } = request;
    const { signal, outDir } = context;
    if (singleTrial === 'lss' && request.noise !== 'ols') {
      throw new FusiformError(
        'USAGE',
        'Patterns by lss take the noise as white: use --noise ols, or --single-trial lsa.',
      );
    }
    const opened = await openRuns(runs, settings, context);
    const { mask, problems } = await analysisMask(context.inputs.mask, opened.results, signal);
    const nVoxels = mask.indices.length;
    const wanted =
      conditions.length > 0 ? conditions : commonConditions(opened.results.map((run) => run.events.rows));
    const fitted = await forEachRun(opened.results, async (run, index) => {
      signal.throwIfAborted();
      for (const condition of wanted) refuseMissing(run, condition);
      const y = await readRun(run, mask, signal);
      const result =
        singleTrial === null
          ? conditionPatterns(run, request, wanted, y, nVoxels, context)
          : trialPatterns(run, request, singleTrial, wanted, y, nVoxels, context);
      context.report({ done: index + 1, total: opened.results.length, unit: 'runs' });
      return { ...result, name: run.name, problems: [...run.problems, ...result.problems] };
    });
    const total = fitted.results.reduce((sum, { patterns }) => sum + patterns.length, 0);
    const all = new Float32Array(total);
    let at = 0;
    for (const { patterns } of fitted.results) {
      all.set(patterns, at);
      at += patterns.length;
    }
    const names = fitted.results.map(({ name }) => name);
    const trials = fitted.results.flatMap((result) => result.trials);
    await writeNpyFile(join(outDir, patternsFiles.patterns), {
      shape: singleTrial === null ? [names.length, wanted.length, nVoxels] : [trials.length, nVoxels],
      data: all,
    });
    await writeJsonFile(join(outDir, patternsFiles.description), {
      runs: names,
      conditions: wanted,
      voxels: Array.from(mask.indices),
      grid: { shape: mask.grid.shape, affine: Array.from(mask.grid.affine) },
      ...(singleTrial === null ? {} : { singleTrial, trials }),
    } satisfies z.input<typeof patternsDescriptionSchema> & { grid: unknown; singleTrial?: string });
    if (singleTrial !== null) {
      await writeTrials(join(outDir, patternsFiles.trials), trials, tableFormats(request.parquet === true));
    }
    return {
      summary: {
        runs: names.length,
        conditions: wanted,
        voxels: nVoxels,
        ...(singleTrial === null ? {} : { trials: trials.length }),
      },
      problems: [
        ...opened.problems,
        ...problems,
        ...fitted.problems,
        ...fitted.results.flatMap((result) => result.problems),
      ],
    };
  },
});

interface RunPatterns {
  /** [patterns of the run, nVoxels] */
  readonly patterns: Float32Array;
  readonly trials: readonly TrialRow[];
  readonly problems: readonly Problem[];
}

function conditionPatterns(
  run: BoldRun,
  { settings, noise, estimate }: Parameters,
  wanted: readonly string[],
  y: Float32Array,
  nVoxels: number,
  { signal }: StageContext,
): RunPatterns {
  const work = { signal, report: () => undefined };
  const fit = fitRunWith(noise, designOf(run, settings), y, nVoxels, work);
  return {
    patterns: columnPatterns(fit, wanted, estimate),
    trials: [],
    problems: ofRun(run, fit.problems),
  };
}

function trialPatterns(
  run: BoldRun,
  { settings, noise, estimate }: Parameters,
  kind: 'lsa' | 'lss',
  wanted: readonly string[],
  y: Float32Array,
  nVoxels: number,
  { signal }: StageContext,
): RunPatterns {
  const work = { signal, report: () => undefined };
  const options = runDesignOptions(run, settings);
  const trials = trialsOf(run.events.rows, wanted);
  const rows = trials.map((trial) => trialRow(run, trial));
  if (kind === 'lss') {
    const result = fitLss(options, trials, y, nVoxels, work);
    return {
      patterns: Float32Array.from(estimate === 't' ? result.t : result.effects),
      trials: rows,
      problems: [],
    };
  }
  const fit = fitRunWith(noise, lsaDesign(options, trials), y, nVoxels, work);
  const names = trials.map(({ name }) => name);
  return { patterns: columnPatterns(fit, names, estimate), trials: rows, problems: ofRun(run, fit.problems) };
}

/** A pattern a column of a fit: [columns.length, nVoxels]. */
function columnPatterns(
  fit: LinearFit,
  columns: readonly string[],
  estimate: Parameters['estimate'],
): Float32Array {
  const patterns = new Float32Array(columns.length * fit.nVoxels);
  columns.forEach((column, at) => {
    const weights = Float64Array.from(fit.names, (name) => (name === column ? 1 : 0));
    const contrast = computeContrast(fit, weights);
    patterns.set(estimate === 't' ? tStatistics(contrast) : contrast.effect, at * fit.nVoxels);
  });
  return patterns;
}

function trialRow(run: BoldRun, { event, trialType, number }: Trial): TrialRow {
  const { onset, duration, stimFile } = run.events.rows[event];
  return { run: run.name, condition: trialType, number, onset, duration, stimFile };
}

async function writeTrials(
  path: string,
  trials: readonly TrialRow[],
  formats: readonly TableFormat[],
): Promise<void> {
  const text = (name: string, value: (trial: TrialRow) => string | null) =>
    ({ name, type: 'string', values: trials.map(value) }) as const;
  const number = (name: string, type: 'int' | 'double', value: (trial: TrialRow) => number) =>
    ({ name, type, values: trials.map(value) }) as const;
  const columns = [
    text('run', ({ run }) => run),
    text('condition', ({ condition }) => condition),
    number('number', 'int', (trial) => trial.number),
    number('onset', 'double', ({ onset }) => onset),
    number('duration', 'double', ({ duration }) => duration),
    text('stim_file', ({ stimFile }) => stimFile),
  ];
  await writeTable(path.replace(/\.tsv$/, ''), columns, formats);
}

/** Patterns a trial, [nTrials, nVoxels], as patterns a condition and run: means, [nRuns, nConditions, nVoxels]. */
export function averageTrials(
  patterns: Float32Array,
  about: {
    readonly runs: readonly string[];
    readonly conditions: readonly string[];
    readonly trials: readonly { readonly run: string; readonly condition: string }[];
    readonly nVoxels: number;
  },
): Float32Array {
  const { runs, conditions, trials, nVoxels } = about;
  const cellOf = trials.map(
    ({ run, condition }) => runs.indexOf(run) * conditions.length + conditions.indexOf(condition),
  );
  const counts = new Float64Array(runs.length * conditions.length);
  for (const cell of cellOf) counts[cell] += 1;
  const means = new Float32Array(counts.length * nVoxels);
  cellOf.forEach((cell, trial) => {
    for (let v = 0; v < nVoxels; v++)
      means[cell * nVoxels + v] += patterns[trial * nVoxels + v] / counts[cell];
  });
  return means;
}

function commonConditions(runs: readonly (readonly { readonly trialType: string }[])[]): string[] {
  const sets = runs.map((rows) => new Set(rows.map((row) => row.trialType)));
  return [...sets[0]].filter((name) => sets.every((set) => set.has(name))).sort();
}

function refuseMissing({ events }: BoldRun, condition: string): void {
  if (events.rows.some(({ trialType }) => trialType === condition)) return;
  throw new FusiformError('CONDITION_MISSING', `The run has no trials of "${condition}".`, {
    file: events.file,
  });
}
