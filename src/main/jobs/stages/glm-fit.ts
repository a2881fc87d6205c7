import { join } from 'node:path';
import { z } from 'zod';
import { appVersion } from '../../../shared/version.ts';
import { writeJsonFile } from '../../formats/json/json.ts';
import { type NiftiToWrite, niftiIntents, writeNifti } from '../../formats/nifti/write.ts';
import { writeTsvFile } from '../../formats/tsv/write.ts';
import {
  type ContrastEstimate,
  computeContrast,
  fixedEffects,
  parseContrast,
  tStatistics,
  zStatistics,
} from '../../glm/contrast.ts';
import { buildDesign, type Design } from '../../glm/design.ts';
import { fitRun } from '../../glm/ols.ts';
import { type Mask, unmask } from '../../imaging/mask.ts';
import { defineStage } from '../stage.ts';
import {
  analysisMask,
  type BoldRun,
  forEachRun,
  frameTimes,
  openRun,
  readRun,
  runSpecSchema,
} from './bold-run.ts';
import { designOptions, type GlmSettings, glmSettingsSchema } from './glm-settings.ts';
import { writeMaskImage } from './mask-image.ts';

const parameters = z.strictObject({
  runs: z.array(runSpecSchema).min(1),
  settings: glmSettingsSchema,
  /** Ordinary least squares: the noise is taken as white. */
  noise: z.literal('ols'),
  contrasts: z.array(z.string()).min(1),
  /** `sub-01_task-faces`: what the names of the maps begin with. */
  prefix: z.string(),
});

/**
 * Runs (inputs as in bold-run.ts, optionally `mask`) -> maps of effect, variance, t and z of each contrast: one model a
 * run, then fixed effects over runs.
 */
export const glmFitStage = defineStage({
  name: 'glm-fit',
  version: 1,
  parameters,
  async run({ runs, settings, contrasts, prefix }, context) {
    const { outDir, signal } = context;
    const opened = await forEachRun(runs, (spec) => openRun(spec, settings, context));
    const { mask, problems: maskProblems } = await analysisMask(
      context.inputs.mask,
      opened.results[0].series,
      signal,
    );
    const estimates: ContrastEstimate[][] = contrasts.map(() => []);
    const fitted = await forEachRun(opened.results, async (run, index) => {
      signal.throwIfAborted();
      const design = designOf(run, settings);
      const weights = contrasts.map((contrast) => parseContrast(contrast, design.names));
      const fit = fitRun(design, await readRun(run, mask, signal), mask.indices.length);
      weights.forEach((weight, at) => {
        estimates[at].push(computeContrast(fit, weight));
      });
      await writeDesign(join(outDir, `${run.name}_design.tsv`), design);
      context.report({ done: index + 1, total: opened.results.length, unit: 'runs' });
      return { name: run.name, dof: fit.dof, problems: [...run.problems, ...fit.problems] };
    });
    const maps: Record<string, Record<string, string>> = {};
    const names = contrastNames(contrasts);
    for (const [at, contrast] of contrasts.entries()) {
      maps[contrast] = await writeMaps(
        `${prefix}_contrast-${names[at]}`,
        contrast,
        fixedEffects(estimates[at]),
        mask,
        outDir,
      );
    }
    await writeMaskImage(join(outDir, `${prefix}_desc-analysis_mask.nii.gz`), mask);
    await writeJsonFile(join(outDir, 'dataset_description.json'), {
      Name: 'Statistical maps',
      BIDSVersion: '1.10.0',
      DatasetType: 'derivative',
      GeneratedBy: [{ Name: 'Fusiform', Version: appVersion }],
    });
    return {
      summary: {
        runs: fitted.results.map(({ name }) => name),
        voxels: mask.indices.length,
        dof: fitted.results.reduce((sum, { dof }) => sum + dof, 0),
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

/** The model of one run: conditions, confounds, drift and the constant. */
export function designOf(run: BoldRun, settings: GlmSettings): Design {
  return buildDesign({
    ...designOptions(settings),
    frameTimes: frameTimes(run.series.nVolumes, run.tR, settings.sliceTimeReference),
    events: run.events.rows,
    ...(run.confounds ? { confounds: run.confounds } : {}),
  });
}

/** `face - house` is `faceHouse`, as BIDS wants labels: letters and digits. A name that is taken gets a number. */
export function contrastNames(contrasts: readonly string[]): string[] {
  const taken = new Set<string>();
  return contrasts.map((contrast) => {
    const words = contrast.match(/\p{L}[\p{L}\p{N}]*/gu) ?? [];
    const camel =
      words.map((word, at) => (at === 0 ? word : word[0].toUpperCase() + word.slice(1))).join('') ||
      'contrast';
    let name = camel;
    for (let number = 2; taken.has(name); number++) name = `${camel}${number}`;
    taken.add(name);
    return name;
  });
}

async function writeMaps(
  stem: string,
  contrast: string,
  estimate: ContrastEstimate,
  mask: Mask,
  outDir: string,
): Promise<Record<string, string>> {
  const maps: { stat: string; values: Float64Array; intent: NonNullable<NiftiToWrite['intent']> }[] = [
    { stat: 'effect', values: estimate.effect, intent: { code: niftiIntents.estimate } },
    { stat: 'variance', values: estimate.variance, intent: { code: niftiIntents.estimate } },
    {
      stat: 't',
      values: tStatistics(estimate),
      intent: { code: niftiIntents.t, parameters: [estimate.dof, 0, 0] },
    },
    { stat: 'z', values: zStatistics(estimate), intent: { code: niftiIntents.z } },
  ];
  const files: Record<string, string> = {};
  for (const { stat, values, intent } of maps) {
    const { grid, data } = unmask(Float32Array.from(values), mask);
    files[stat] = `${stem}_stat-${stat}_statmap.nii.gz`;
    await writeNifti(join(outDir, files[stat]), { grid, data, intent, description: `${stat}: ${contrast}` });
  }
  await writeJsonFile(join(outDir, `${stem}_statmap.json`), {
    Contrast: contrast,
    NoiseModel: 'ordinary least squares',
    DegreesOfFreedom: estimate.dof,
    Units: { effect: "the image's own", t: 'unitless', z: 'unitless' },
    OutsideMask: 0,
  });
  return files;
}

async function writeDesign(path: string, { names, columns }: Design): Promise<void> {
  const rows = Array.from({ length: columns.rows }, (_, row) =>
    Array.from(columns.data.subarray(row * columns.cols, (row + 1) * columns.cols)),
  );
  await writeTsvFile(path, names, rows);
}
