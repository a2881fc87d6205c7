import { join } from 'node:path';
import { z } from 'zod';
import { FusiformError } from '../../../shared/errors.ts';
import { writeJsonFile } from '../../formats/json/json.ts';
import { writeNpyFile } from '../../formats/npy/npy.ts';
import { computeContrast, tStatistics } from '../../glm/contrast.ts';
import { fitRun } from '../../glm/ols.ts';
import { defineStage } from '../stage.ts';
import { analysisMask, forEachRun, openRun, readRun, runSpecSchema } from './bold-run.ts';
import { designOf } from './glm-fit.ts';
import { glmSettingsSchema } from './glm-settings.ts';

const parameters = z.strictObject({
  runs: z.array(runSpecSchema).min(1),
  settings: glmSettingsSchema,
  /** Trial types to take patterns of; empty for all that every run has. */
  conditions: z.array(z.string()),
  /**
   * What stands for a voxel's response: its effect over its standard error, so that noisy voxels count less (Misaki et
   * al. 2010, doi 10.1016/j.neuroimage.2010.05.051), or the effect itself.
   */
  estimate: z.enum(['t', 'effect']),
});

/** What stands beside the patterns. */
export const patternsDescriptionSchema = z.object({
  runs: z.array(z.string()),
  conditions: z.array(z.string()),
  voxels: z.array(z.number().int()),
});

export const patternsFiles = { patterns: 'patterns.npy', description: 'patterns.json' } as const;

/** Runs (inputs as in bold-run.ts, optionally `mask`) -> a pattern a condition and run: [nRuns, nConditions, nVoxels]. */
export const glmPatternsStage = defineStage({
  name: 'glm-patterns',
  version: 1,
  parameters,
  async run({ runs, settings, conditions, estimate }, context) {
    const { signal, outDir } = context;
    const opened = await forEachRun(runs, (spec) => openRun(spec, settings, context));
    const { mask, problems } = await analysisMask(context.inputs.mask, opened.results[0].series, signal);
    const nVoxels = mask.indices.length;
    const wanted =
      conditions.length > 0 ? conditions : commonConditions(opened.results.map((run) => run.events.rows));
    const fitted = await forEachRun(opened.results, async (run, index) => {
      signal.throwIfAborted();
      const design = designOf(run, settings);
      const weights = wanted.map((condition) => weightsOf(design.names, condition, run.events.file));
      const fit = fitRun(design, await readRun(run, mask, signal), nVoxels);
      const patterns = new Float32Array(wanted.length * nVoxels);
      weights.forEach((weight, at) => {
        const contrast = computeContrast(fit, weight);
        patterns.set(estimate === 't' ? tStatistics(contrast) : contrast.effect, at * nVoxels);
      });
      context.report({ done: index + 1, total: opened.results.length, unit: 'runs' });
      return { name: run.name, patterns, problems: [...run.problems, ...fit.problems] };
    });
    const stride = wanted.length * nVoxels;
    const all = new Float32Array(fitted.results.length * stride);
    fitted.results.forEach(({ patterns }, at) => {
      all.set(patterns, at * stride);
    });
    const names = fitted.results.map(({ name }) => name);
    await writeNpyFile(join(outDir, patternsFiles.patterns), {
      shape: [names.length, wanted.length, nVoxels],
      data: all,
    });
    await writeJsonFile(join(outDir, patternsFiles.description), {
      runs: names,
      conditions: wanted,
      voxels: Array.from(mask.indices),
      grid: { shape: mask.grid.shape, affine: Array.from(mask.grid.affine) },
    } satisfies z.input<typeof patternsDescriptionSchema> & { grid: unknown });
    return {
      summary: { runs: names.length, conditions: wanted, voxels: nVoxels },
      problems: [
        ...opened.problems,
        ...problems,
        ...fitted.problems,
        ...fitted.results.flatMap((result) => result.problems),
      ],
    };
  },
});

function commonConditions(runs: readonly (readonly { readonly trialType: string }[])[]): string[] {
  const sets = runs.map((rows) => new Set(rows.map((row) => row.trialType)));
  return [...sets[0]].filter((name) => sets.every((set) => set.has(name))).sort();
}

function weightsOf(names: readonly string[], condition: string, file: string): Float64Array {
  if (!names.includes(condition)) {
    throw new FusiformError('CONDITION_MISSING', `The run has no trials of "${condition}".`, { file });
  }
  return Float64Array.from(names, (name) => (name === condition ? 1 : 0));
}
