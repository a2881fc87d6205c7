import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { FusiformError, type Problem } from '../../../shared/errors.ts';
import { readTable, isMissing } from '../../formats/tsv/table.ts';
import { writeTsvFile } from '../../formats/tsv/write.ts';
import { estimateAr1, whitenColumns, whitenSeries } from '../../glm/autocorrelation.ts';
import { sideBySide } from '../../glm/design.ts';
import { regressorNames } from '../../glm/hrf.ts';
import { singleTrialKinds } from '../../glm/single-trial.ts';
import { NormalEquations } from '../../glm/streaming.ts';
import type { Mask } from '../../imaging/mask.ts';
import { defineStage, type StageContext } from '../stage.ts';
import { type BoldRun, forEachRun, openRuns, readRun, runSpecSchema } from './bold-run.ts';
import { type DecodedTrial, decodedUnits, faceTypes, fileNames, labelTrials } from './decoded-trials.ts';
import { conditionNames, runDesign } from './encoding-design.ts';
import { glmSettingsSchema } from './glm-settings.ts';
import { readMaskImage } from './mask-image.ts';
import { writePatterns } from './other-patterns.ts';
import { faceName, regressorOf, rolesSchema } from './roles.ts';
import { trialPatterns } from './trial-patterns.ts';

const parameters = z.strictObject({
  subject: z.string(),
  runs: z.array(runSpecSchema).min(1),
  /** As the mapping's: its patterns and these must be of one kind. */
  settings: glmSettingsSchema,
  noise: z.enum(['ols', 'ar1']),
  roles: rolesSchema,
  /** Trial types to decode; null: those that show or call up a face. */
  types: z.array(z.string()).nullable(),
  unit: z.enum(decodedUnits),
  /** How the pattern of a single trial is estimated. */
  singleTrial: z.enum(singleTrialKinds),
  engine: z.enum(['native', 'webgpu', 'wasm']),
});
type Parameters = z.output<typeof parameters>;

const tableName = 'patterns.tsv';

/** What a pattern is of. */
export interface PatternRow {
  readonly name: string;
  /** By comma where it is of several. */
  readonly run: string;
  /** Seconds; null for a picture that was shown more than once. */
  readonly onset: number | null;
  readonly trialType: string;
  readonly stimFile: string | null;
  readonly presentations: number;
}

interface Estimated {
  readonly rows: readonly Omit<PatternRow, 'name'>[];
  /** [rows, voxels] */
  readonly patterns: Float32Array;
}

/**
 * Runs (inputs as in bold-run.ts) that a mapping was not fitted with, and the voxels of that mapping (`mapping`) -> a pattern a
 * picture over all these runs, or one a trial, to be decoded. The model of a run is the mapping's, without latents.
 */
export const runPatternsStage = defineStage({
  name: 'run-patterns',
  version: 1,
  parameters,
  async run(request, context) {
    const { subject, settings, roles, unit, types } = request;
    const mask = await readMaskImage(join(context.inputs.mapping, 'desc-selected_mask.nii.gz'));
    const opened = await openRuns(request.runs, settings, context);
    const labelled = labelTrials(opened.results, roles, types ?? faceTypes(roles), unit);
    if (labelled.trials.length === 0) {
      const there = new Set(opened.results.flatMap(({ events }) => events.rows.map((row) => row.trialType)));
      throw new FusiformError(
        'NOTHING_TO_DECODE',
        `The runs have no trials of ${(types ?? faceTypes(roles)).map((type) => `"${type}"`).join(', ')}; there are ${[...there].map((type) => `"${type}"`).join(', ')}.`,
        { file: opened.results[0].events.file },
      );
    }
    const problems: Problem[] = [...opened.problems];
    const estimate = unit === 'trial' ? singleTrials : pictures;
    const { rows, patterns } = await estimate(labelled, mask, request, context, problems);
    const names = fileNames(rows.map((row) => textOf(row, subject, unit)));
    await writePatterns(context.outDir, {
      names,
      nVoxels: mask.indices.length,
      patterns,
      presentations: rows.map(({ presentations }) => presentations),
    });
    await writeTsvFile(
      join(context.outDir, tableName),
      ['name', 'run', 'onset', 'trial_type', 'stim_file', 'presentations'],
      rows.map((row, at) => [names[at], row.run, row.onset, row.trialType, row.stimFile, row.presentations]),
    );
    return {
      summary: {
        patterns: rows.length,
        trials: rows.reduce((sum, { presentations }) => sum + presentations, 0),
        runs: new Set(rows.flatMap(({ run }) => run.split(','))).size,
        voxels: mask.indices.length,
      },
      problems,
    };
  },
});

/** What the patterns of a folder are of; null for patterns of a file from elsewhere, of which nothing more is known. */
export async function readPatternRows(folder: string): Promise<PatternRow[] | null> {
  const file = join(folder, tableName);
  if (!existsSync(file)) return null;
  const { rows } = await readTable(file);
  return rows.map(({ values }) => ({
    name: values.name,
    run: values.run,
    onset: isMissing(values.onset) ? null : Number(values.onset),
    trialType: values.trial_type,
    stimFile: isMissing(values.stim_file) ? null : values.stim_file,
    presentations: Number(values.presentations),
  }));
}

interface Labelled {
  readonly runs: readonly BoldRun[];
  readonly trials: readonly DecodedTrial[];
}

/** One response a picture over all runs, by the sums of the linear model, as test faces have theirs. */
async function pictures(
  { runs, trials }: Labelled,
  mask: Mask,
  { settings, noise, roles, engine: kind }: Parameters,
  context: StageContext,
  problems: Problem[],
): Promise<Estimated> {
  const nVoxels = mask.indices.length;
  const names = conditionNames(runs, roles, settings);
  const engine = await context.engine(kind);
  const sums = NormalEquations.create(names, nVoxels, { precision: 'float32' });
  try {
    const fitted = await forEachRun(runs, async (run, at) => {
      context.signal.throwIfAborted();
      const y = await readRun(run, mask, context.signal);
      const { x, nuisance } = runDesign(run, roles, settings, null, names, []);
      const rho = noise === 'ar1' ? estimateAr1(sideBySide([nuisance, x]), y, nVoxels) : 0;
      if (rho !== 0) whitenSeries(y, nVoxels, rho);
      await sums.addRun(engine, whitenColumns(x, rho), whitenColumns(nuisance, rho), y);
      context.report({ done: at + 1, total: runs.length, unit: 'runs' });
      return run;
    });
    problems.push(...fitted.problems, ...fitted.results.flatMap((run) => run.problems));
    const used = new Set(fitted.results.map(({ name }) => name));
    const shown = await sums.shown();
    const work = { signal: context.signal, report: () => undefined };
    const { beta } = await shown.solveSubset(shown.names, { work });
    const groups = [
      ...Map.groupBy(
        trials.filter(({ run }) => used.has(run)),
        ({ regressor }) => regressor,
      ),
    ];
    const patterns = new Float32Array(groups.length * nVoxels);
    const rows = groups.map(([regressor, own], at) => {
      const [main] = regressorNames(regressor, settings.hrfModel, settings.firDelays);
      const from = shown.names.indexOf(main) * nVoxels;
      patterns.set(beta.subarray(from, from + nVoxels), at * nVoxels);
      return {
        run: [...new Set(own.map(({ run }) => run))].join(','),
        onset: own.length === 1 ? own[0].onset : null,
        trialType: own[0].trialType,
        stimFile: own[0].stimFile,
        presentations: own.length,
      };
    });
    return { rows, patterns };
  } finally {
    sums.dispose();
  }
}

/** One response a trial, run by run. */
async function singleTrials(
  { runs, trials }: Labelled,
  mask: Mask,
  { settings, roles, singleTrial }: Parameters,
  context: StageContext,
  problems: Problem[],
): Promise<Estimated> {
  const nVoxels = mask.indices.length;
  const fitted = await forEachRun(
    runs.filter(({ name }) => trials.some(({ run }) => run === name)),
    async (run, at) => {
      context.signal.throwIfAborted();
      const y = await readRun(run, mask, context.signal);
      const own = trials.filter((trial) => trial.run === run.name);
      const events = run.events.rows.map((event) => ({
        onset: event.onset,
        duration: event.duration,
        trialType: regressorOf(event, roles, run.events.file),
      }));
      const conditions = [...new Set(own.map(({ regressor }) => regressor))];
      const wanted = { settings, singleTrial, events, conditions, y, nVoxels };
      const patterns = trialPatterns(run, wanted, context.signal);
      context.report({ done: at + 1, total: runs.length, unit: 'runs' });
      return { run, own, patterns };
    },
  );
  problems.push(...fitted.problems, ...fitted.results.flatMap(({ run }) => run.problems));
  const kept = fitted.results.flatMap(({ own }) => own);
  const patterns = new Float32Array(kept.length * nVoxels);
  let row = 0;
  for (const result of fitted.results) {
    patterns.set(result.patterns, row * nVoxels);
    row += result.own.length;
  }
  return { rows: kept.map((trial) => ({ ...trial, presentations: 1 })), patterns };
}

function textOf(
  { run, onset, stimFile, trialType }: Omit<PatternRow, 'name'>,
  subject: string,
  unit: Parameters['unit'],
): string {
  const picture = stimFile === null ? trialType.trim() : faceName(stimFile);
  if (unit === 'picture') return picture;
  const short = run.replace(`sub-${subject}_`, '');
  return `${short}_${String(Math.round(onset ?? 0)).padStart(4, '0')}s_${picture}`;
}
