import { join } from 'node:path';
import { z } from 'zod';
import { FusiformError, type Problem } from '../../../shared/errors.ts';
import { writeJsonFile } from '../../formats/json/json.ts';
import { niftiIntents } from '../../formats/nifti/write.ts';
import { writeSafetensorsFile } from '../../formats/safetensors/safetensors.ts';
import { columnsOfRows } from '../../formats/table/columns.ts';
import { writeTable } from '../../formats/table/write.ts';
import {
  type NoiseCeiling,
  noiseCeiling,
  patternReliability,
  type SplitHalf,
  splitHalfReliability,
} from '../../glm/reliability.ts';
import { defineStage } from '../stage.ts';
import { forEachRun, readRun, runSpecSchema } from './bold-run.ts';
import { conditionNames } from './encoding-design.ts';
import { glmSettingsSchema } from './glm-settings.ts';
import { medianOf } from './median-of.ts';
import { regionsOf, regionsSchema } from './region-inputs.ts';
import { planSets, RunSets } from './run-sets.ts';
import { type StatisticMap, writeStatisticMap } from './statistic-map.ts';
import { openSubjectRuns } from './subject-runs.ts';

const parameters = z.strictObject({
  runs: z.array(runSpecSchema).min(1),
  settings: glmSettingsSchema,
  noise: z.enum(['ols', 'ar1']),
  maskThreshold: z.number().min(0).max(1),
  /** Sets of runs, each with a pattern of its own; even, so that halves are made of whole sets. */
  sets: z.number().int().min(2).multipleOf(2),
  regions: regionsSchema,
});

/**
 * Runs (inputs as in bold-run.ts), `subject`, optionally `mask` and images of regions -> how reliable each voxel's
 * responses to the test faces are: split halves of odd and even runs, and the noise ceiling over sets of runs.
 *
 * Run i belongs to set i modulo the number of sets. A set's model has all conditions and no latents: those modulate the
 * training faces alone, and a set may have fewer trials than there are latents.
 */
export const voxelReliabilityStage = defineStage({
  name: 'voxel-reliability',
  version: 2,
  parameters,
  async run({ runs, settings, noise, maskThreshold, sets: wantedSets, regions: wanted }, context) {
    const { signal, outDir } = context;
    const { index, mask, ...opened } = await openSubjectRuns(runs, settings, maskThreshold, context);
    const nVoxels = mask.indices.length;
    const names = conditionNames(opened.runs, index.roles, settings);
    const plan = planSets(opened.runs, index, settings, wantedSets);
    const { faces, leftOut } = plan;
    const nSets = plan.present.length;
    const sets = new RunSets(names, nVoxels, plan.present);
    const fitted = await forEachRun(opened.runs, async (run, at) => {
      signal.throwIfAborted();
      const y = await readRun(run, mask, signal);
      await sets.add(at % nSets, run, index, settings, noise, y);
      context.report({ done: at + 1, total: opened.runs.length, unit: 'runs' });
      return run.problems;
    });
    const halves = await sets.halves(faces, context);
    const split = splitHalfReliability(halves[0], halves[1], faces.length, nVoxels);
    const ceiling = noiseCeiling(await sets.patterns(faces, context), faces.length, nVoxels);
    const { regions, problems: regionProblems } = await regionsOf(wanted, mask, context.inputs);
    const everywhere = { name: 'all', voxels: Uint32Array.from(mask.indices.keys()) };
    const rows = [everywhere, ...regions].map(({ name, voxels }) => ({
      region: name,
      voxels: voxels.length,
      splitHalf: medianOf(split.r, voxels),
      spearmanBrown: medianOf(split.corrected, voxels),
      noiseCeiling: medianOf(ceiling.percent, voxels),
      above10: share(ceiling.percent, voxels, 10),
      patterns: mean(patternReliability(halves[0], halves[1], faces.length, nVoxels, voxels)),
    }));
    const maps: string[] = [];
    for (const map of mapsOf(split, ceiling, faces.length, nSets)) {
      maps.push(await writeStatisticMap(outDir, map, mask));
    }
    await writeSafetensorsFile(join(outDir, 'reliability.safetensors'), {
      splitHalf: { shape: [nVoxels], data: split.r },
      spearmanBrown: { shape: [nVoxels], data: split.corrected },
      noiseCeiling: { shape: [nVoxels], data: ceiling.percent },
      signalVariance: { shape: [nVoxels], data: ceiling.signalVariance },
      noiseVariance: { shape: [nVoxels], data: ceiling.noiseVariance },
      voxels: { shape: [nVoxels], data: mask.indices },
    });
    const table = columnsOfRows(
      {
        region: 'string',
        voxels: 'int',
        splitHalf: 'double',
        spearmanBrown: 'double',
        noiseCeiling: 'double',
        above10: 'double',
        patterns: 'double',
      },
      rows.map((row) => Object.values(row)),
    );
    await writeTable(join(outDir, 'reliability'), table, ['tsv', 'parquet'], { sidecar: false });
    const summary = {
      subject: index.subject,
      runs: fitted.results.length,
      sets: nSets,
      testFaces: faces.length,
      voxels: nVoxels,
      regions: rows,
      maps,
    };
    await writeJsonFile(join(outDir, 'reliability.json'), summary);
    const note =
      leftOut.length === 0
        ? []
        : [
            new FusiformError(
              'RELIABILITY_FACES_LEFT_OUT',
              `${leftOut.length} test faces were not shown in every one of the ${nSets} sets of runs and are left out.`,
              { details: { faces: leftOut } },
            ).toProblem(),
          ];
    const problems: Problem[] = [
      ...opened.problems,
      ...fitted.problems,
      ...fitted.results.flat(),
      ...regionProblems,
      ...note,
    ];
    return { summary, problems };
  },
});

function mapsOf(split: SplitHalf, ceiling: NoiseCeiling, nFaces: number, nSets: number): StatisticMap[] {
  const what = `Responses to ${nFaces} test faces`;
  const correlation = { code: niftiIntents.estimate };
  return [
    {
      name: 'desc-splitHalf_stat-r_statmap',
      values: split.r,
      intent: correlation,
      sidecar: { Description: `${what}: correlation of odd with even runs.`, Units: 'correlation, -1 to 1' },
    },
    {
      name: 'desc-spearmanBrown_stat-r_statmap',
      values: split.corrected,
      intent: correlation,
      sidecar: {
        Description: `${what}: split-half correlation, corrected to all runs by Spearman and Brown.`,
        Units: 'correlation, -1 to 1',
      },
    },
    {
      name: 'desc-noiseCeiling_stat-percent_statmap',
      values: ceiling.percent,
      intent: correlation,
      sidecar: {
        Description:
          `${what}: percent of the variance over faces of the mean response that is not noise, ` +
          `from ${nSets} sets of runs.`,
        Units: 'percent, 0 to 100',
        Reference: 'Allen et al. 2022, doi 10.1038/s41593-021-00962-x',
      },
    },
    {
      name: 'desc-noiseCeiling_stat-ncsnr_statmap',
      values: ceiling.ncsnr,
      intent: correlation,
      sidecar: {
        Description: `${what}: standard deviation of the signal over that of the noise of one set of runs.`,
        Units: 'ratio',
        Reference: 'Allen et al. 2022, doi 10.1038/s41593-021-00962-x',
      },
    },
  ];
}

function share(values: Float64Array, voxels: Uint32Array, above: number): number | null {
  return voxels.length === 0
    ? null
    : voxels.reduce((sum, voxel) => sum + (values[voxel] > above ? 1 : 0), 0) / voxels.length;
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
