import { join } from 'node:path';
import { z } from 'zod';
import { FusiformError, type Problem } from '../../../shared/errors.ts';
import { tableFormats } from '../../formats/table/write.ts';
import { computeRows, type RowsEstimate } from '../../glm/contrast.ts';
import { parseContrast, parseContrastRows } from '../../glm/contrast-expression.ts';
import { buildDesign, type Design, type DesignOptions, type ModulatorSet } from '../../glm/design.ts';
import { fitRunWith, noiseModels } from '../../glm/fit-run.ts';
import { FixedEffects, fixedEffectsKinds } from '../../glm/fixed-effects.ts';
import { modulatorScalings } from '../../glm/modulators.ts';
import type { RunFit } from '../../glm/ols.ts';
import { type Matrix, matrix } from '../../math/matrix.ts';
import { defineStage } from '../stage.ts';
import {
  analysisMask,
  type BoldRun,
  forEachRun,
  frameTimes,
  openRuns,
  readRun,
  runSpecSchema,
} from './bold-run.ts';
import { eventModulators } from './event-modulators.ts';
import { designOptions, type GlmSettings, glmSettingsSchema } from './glm-settings.ts';
import { describeNoise, glmReadme, modelDescription } from './glm-sidecar.ts';
import { writeMaskImage } from './mask-image.ts';
import {
  contrastMaps,
  sourceOf,
  weightsByColumn,
  writeDerivativeDescription,
  writeDesign,
  writeStatMaps,
} from './stat-maps.ts';

const contrastSchema = z.strictObject({
  /** What the maps are called; null for the words of the expression. */
  label: z.string().nullable(),
  kind: z.enum(['t', 'F']),
  /** See `parseContrast` and `parseContrastRows`. */
  expression: z.string(),
});
export type ContrastRequest = z.output<typeof contrastSchema>;

const parameters = z.strictObject({
  runs: z.array(runSpecSchema).min(1),
  settings: glmSettingsSchema,
  noise: z.enum(noiseModels),
  contrasts: z.array(contrastSchema).min(1),
  fixedEffects: z.enum(fixedEffectsKinds),
  /** Columns of the events files that modulate their conditions, and what is done to their values. */
  modulators: z.array(z.string()),
  modulatorScaling: z.enum(modulatorScalings),
  /** Whether residual variance and R2 are written too. */
  modelMaps: z.boolean(),
  /** `sub-01_task-faces`: what the names of the maps begin with. */
  prefix: z.string(),
  /** Whether tables are written as Parquet too. */
  parquet: z.boolean().optional(),
});

/**
 * Runs (inputs as in bold-run.ts, optionally `mask`) -> maps of effect, variance, t, z and p of each t contrast and F, z
 * and p of each F contrast: one model a run, then fixed effects over runs.
 */
export const glmFitStage = defineStage({
  name: 'glm-fit',
  version: 2,
  parameters,
  async run(request, context) {
    const { runs, settings, noise, contrasts, fixedEffects, modelMaps, prefix } = request;
    const { outDir, signal, inputs } = context;
    const opened = await openRuns(runs, settings, context);
    const { mask, problems: maskProblems } = await analysisMask(inputs.mask, opened.results, signal);
    const nVoxels = mask.indices.length;
    const estimates = contrasts.map(() => new FixedEffects(fixedEffects));
    const quality = new ModelQuality(nVoxels);
    const weights: Record<string, number>[][] = [];
    const fitted = await forEachRun(opened.results, async (run, index) => {
      signal.throwIfAborted();
      const modulators = eventModulators(run.events, request.modulators, request.modulatorScaling);
      const design = designOf(run, settings, modulators);
      const rows = contrasts.map((contrast) => rowsOf(contrast, design.names));
      const fit = fitRunWith(noise, design, await readRun(run, mask, signal), nVoxels, {
        signal,
        // Runs are what is counted; a lone run counts its voxels.
        report: opened.results.length === 1 ? context.report : () => undefined,
      });
      const runEstimates: RowsEstimate[] = rows.map((matrixOfRows) => computeRows(fit, matrixOfRows));
      runEstimates.forEach((estimate, at) => {
        estimates[at].add(estimate);
      });
      quality.add(fit);
      if (weights.length === 0) weights.push(...rows.map((row) => weightsByColumn(row, design.names)));
      await writeDesign(outDir, run.name, design, run.tR, tableFormats(request.parquet === true));
      context.report({ done: index + 1, total: opened.results.length, unit: 'runs' });
      return {
        name: run.name,
        dof: fit.dof,
        autocorrelation: meanOf(fit.autocorrelation),
        source: sourceOf(run.series.path),
        problems: [...run.problems, ...ofRun(run, fit.problems), ...constantVoxels(run, fit)],
      };
    });
    const sidecar = {
      ...modelDescription(settings),
      ...(request.modulators.length === 0
        ? {}
        : { Modulators: { Columns: request.modulators, Scaling: request.modulatorScaling } }),
      ...describeNoise(
        noise,
        fitted.results.map(({ autocorrelation }) => autocorrelation),
      ),
      Runs: fitted.results.map(({ name }) => name),
      Sources: fitted.results.map(({ source }) => source),
    };
    const names = contrastNames(contrasts);
    const maps: Record<string, Record<string, string>> = {};
    for (const [at, { expression, kind }] of contrasts.entries()) {
      const estimate = estimates[at].result();
      maps[expression] = await writeStatMaps(
        outDir,
        `${prefix}_contrast-${names[at]}`,
        contrastMaps(estimate, kind),
        mask,
        {
          Contrast: { Name: names[at], Type: kind, Expression: expression, Weights: weights[at] },
          DegreesOfFreedom: kind === 't' ? estimate.dof : [estimate.nRows, estimate.dof],
          FixedEffects: fixedEffects,
          ...sidecar,
        },
      );
    }
    if (modelMaps) maps.model = await writeStatMaps(outDir, prefix, quality.maps(), mask, sidecar);
    await writeMaskImage(join(outDir, `${prefix}_desc-analysis_mask.nii.gz`), mask);
    await writeDerivativeDescription(
      outDir,
      opened.results.map(({ series }) => series.path),
      glmReadme(noise),
    );
    return {
      summary: {
        runs: fitted.results.map(({ name }) => name),
        voxels: nVoxels,
        noise,
        dof: fitted.results.reduce((sum, { dof }) => sum + dof, 0),
        autocorrelation: fitted.results.map(({ autocorrelation }) => autocorrelation),
        maps,
      },
      problems: [
        ...opened.problems,
        ...maskProblems,
        ...fitted.problems,
        ...fitted.results.flatMap(({ problems }) => problems),
      ],
    };
  },
});

/** The model of one run: conditions, modulators, confounds, drift and the constant. */
export function designOf(
  run: BoldRun,
  settings: GlmSettings,
  modulators: readonly ModulatorSet[] = [],
): Design {
  return buildDesign({ ...runDesignOptions(run, settings), modulators });
}

export function runDesignOptions(run: BoldRun, settings: GlmSettings): DesignOptions {
  return {
    ...designOptions(settings),
    frameTimes: frameTimes(run.series.nVolumes, run.tR, settings.sliceTimeReference),
    events: run.events.rows,
    ...(run.confounds ? { confounds: run.confounds } : {}),
  };
}

function rowsOf({ kind, expression }: ContrastRequest, names: readonly string[]): Matrix {
  const rows =
    expression.trim().startsWith('[') || kind === 'F' ? parseContrastRows(expression, names) : null;
  if (rows === null) return matrix(1, names.length, parseContrast(expression, names));
  if (kind === 't' && rows.rows > 1) {
    throw new FusiformError(
      'CONTRAST_INVALID',
      `The contrast '${expression}' has ${rows.rows} rows: it is one for F, not for t`,
    );
  }
  return rows;
}

/** `face - house` is `faceHouse`, as BIDS wants labels: letters and digits. A name that is taken gets a number. */
export function contrastNames(contrasts: readonly Pick<ContrastRequest, 'label' | 'expression'>[]): string[] {
  const taken = new Set<string>();
  return contrasts.map(({ label, expression }) => {
    const words = ((label ?? expression).match(/\p{L}[\p{L}\p{N}_]*/gu) ?? []).flatMap((word) =>
      word.split('_').filter((part) => part !== ''),
    );
    const camel =
      words.map((word, at) => (at === 0 ? word : word[0].toUpperCase() + word.slice(1))).join('') ||
      'contrast';
    let name = camel;
    for (let number = 2; taken.has(name); number++) name = `${camel}${number}`;
    taken.add(name);
    return name;
  });
}

/** What a fit noticed, with the run it was noticed in. */
export function ofRun({ series }: BoldRun, problems: readonly Problem[]): Problem[] {
  return problems.map((problem) => ({ file: series.path, ...problem }));
}

function constantVoxels(run: BoldRun, { residualVariance }: RunFit): Problem[] {
  const constant = residualVariance.reduce((sum, variance) => sum + (variance === 0 ? 1 : 0), 0);
  if (constant === 0) return [];
  return [
    new FusiformError(
      'VOXELS_CONSTANT',
      `${constant} of ${residualVariance.length} voxels never change in ${run.name}: their effects, t and z are 0.`,
      { file: run.series.path, details: { voxels: constant } },
    ).toProblem(),
  ];
}

function meanOf(values: Float64Array | undefined): number | null {
  return values === undefined || values.length === 0
    ? null
    : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** How well the models of the runs fit: residual variance and R2, pooled over runs. */
class ModelQuality {
  readonly #residual: Float64Array;
  readonly #total: Float64Array;
  #dof = 0;

  constructor(nVoxels: number) {
    this.#residual = new Float64Array(nVoxels);
    this.#total = new Float64Array(nVoxels);
  }

  add({ residualVariance, totalSquares, dof }: RunFit): void {
    this.#dof += dof;
    for (let v = 0; v < this.#residual.length; v++) {
      this.#residual[v] += residualVariance[v] * dof;
      this.#total[v] += totalSquares[v];
    }
  }

  maps() {
    return [
      {
        stat: 'residualVariance',
        values: this.#residual.map((sum) => sum / this.#dof),
        describe: 'Residual variance: sums of squared residuals over degrees of freedom, over all runs',
        units: 'of the images, squared',
      },
      {
        stat: 'rSquared',
        values: this.#residual.map((sum, v) => (this.#total[v] > 0 ? 1 - sum / this.#total[v] : 0)),
        describe:
          "Share of the variance about the runs' means that the whole model explains, drift and confounds included",
        units: 'unitless',
      },
    ];
  }
}
