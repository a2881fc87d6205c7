import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { FusiformError, type Problem } from '../../../shared/errors.ts';
import { appVersion } from '../../../shared/version.ts';
import { writeFileAtomic } from '../../formats/files/atomic-write.ts';
import { writeJsonFile } from '../../formats/json/json.ts';
import { tableFormats, writeTable } from '../../formats/table/write.ts';
import { computeBrainMask } from '../../imaging/brain-mask.ts';
import { loadMask } from '../../imaging/load-mask.ts';
import type { Mask } from '../../imaging/mask.ts';
import { carpetFigure } from '../quality/carpet-figure.ts';
import { carpetGroups } from '../quality/carpet-groups.ts';
import { compareRuns } from '../quality/compare-runs.ts';
import { examineRun, type OpenedRun, openQualityRun } from '../quality/examine-run.ts';
import { reportOf } from '../quality/report.ts';
import { qualityDocument, qualitySummary } from '../quality/summary.ts';
import { runColumns } from '../quality/tables.ts';
import { tsnrMap, writeRunFiles } from '../quality/write-run.ts';
import { defineStage, type StageContext } from '../stage.ts';
import { forEachRun, runSpecSchema } from './bold-run.ts';
import { glmSettingsSchema } from './glm-settings.ts';

const parameters = z.strictObject({
  subject: z.string(),
  runs: z.array(runSpecSchema).min(1),
  /** How the design is built whose picture and correlations are shown. */
  settings: glmSettingsSchema,
  thresholds: z.strictObject({
    /** mm */
    fd: z.number().gt(0),
    stdDvars: z.number().gt(0),
    outlierFraction: z.number().gt(0).max(1),
  }),
  /** Whether the mask was asked for: one that does not fit is then an error; one that was found is passed over. */
  maskRequired: z.boolean(),
  /** Whether the tables are written as Parquet too. */
  parquet: z.boolean().optional(),
});

export const qualityFiles = { report: 'report.html', table: 'qc', document: 'qc.json' } as const;

/**
 * Runs (inputs as in bold-run.ts, events and confounds where there are any), optionally `mask` and masks of tissues
 * (named as in carpet-groups.ts) -> a report, tables and maps of their quality.
 *
 * Each run is read once, one after another; at most the mask's voxels of one run are in memory, and of every run two
 * numbers a voxel.
 */
export const qualityStage = defineStage({
  name: 'quality',
  version: 1,
  parameters,
  async run({ subject, runs, settings, thresholds, maskRequired, parquet }, context) {
    const { outDir } = context;
    const formats = tableFormats(parquet === true);
    const opened = await forEachRun(runs, (spec) => openQualityRun(spec, settings, context));
    const found = await findMask(opened.results, maskRequired, context);
    const { mask } = found;
    const { grouping, problems: groupProblems } = await carpetGroups(context.inputs, mask);
    const total = opened.results.reduce((sum, { series }) => sum + series.nVolumes, 0);
    let done = 0;
    const files: Record<string, Record<string, string>> = {};
    const background = new Float64Array(mask.grid.shape.reduce((product, size) => product * size, 1));
    const examined = await forEachRun(opened.results, async (run) => {
      const before = done;
      try {
        const result = await examineRun(run, { mask, grouping, thresholds }, context, () => {
          done += 1;
          context.report({ done, total, unit: 'volumes', note: run.name });
        });
        const { quality, voxels, meanImage, carpet } = result;
        files[run.name] = await writeRunFiles(result, mask, outDir, formats);
        for (let index = 0; index < background.length; index += 1) {
          background[index] += meanImage[index] || 0;
        }
        return {
          quality,
          mean: voxels.mean,
          tsnr: tsnrMap(voxels, voxels.detrendedSd),
          carpet: await carpetFigure({
            carpet,
            tR: run.tR,
            displacement: quality.displacement,
            flagged: quality.flagged,
            thresholds,
            ...quality.volumes,
          }),
          problems: [...run.problems, ...result.problems],
        };
      } finally {
        done = before + run.series.nVolumes;
      }
    });
    const compared = compareRuns(examined.results);
    const maskFacts = { voxels: mask.indices.length, source: found.source };
    const content = { subject, runs: compared, thresholds, mask: maskFacts, files };
    const leftOut = [...opened.problems, ...examined.problems].map(({ message }) => message);
    const { page, figures } = await reportOf({
      ...content,
      grid: mask,
      background,
      maps: examined.results.map(({ tsnr }) => tsnr),
      carpets: examined.results.map(({ carpet }) => carpet),
      leftOut,
    });
    await writeTable(join(outDir, qualityFiles.table), runColumns(compared), formats, { sidecar: false });
    await writeJsonFile(join(outDir, qualityFiles.document), qualityDocument(content));
    await mkdir(join(outDir, 'figures'), { recursive: true });
    for (const [name, svg] of Object.entries(figures)) {
      await writeFileAtomic(join(outDir, 'figures', `${name}.svg`), svg);
    }
    await writeFileAtomic(join(outDir, qualityFiles.report), page);
    await writeJsonFile(join(outDir, 'dataset_description.json'), {
      Name: 'Quality control',
      BIDSVersion: '1.10.0',
      DatasetType: 'derivative',
      GeneratedBy: [{ Name: 'Fusiform', Version: appVersion }],
    });
    return {
      summary: qualitySummary(content),
      problems: [
        ...opened.problems,
        ...found.problems,
        ...groupProblems,
        ...examined.problems,
        ...examined.results.flatMap(({ problems }) => problems),
      ],
    };
  },
});

interface FoundMask {
  readonly mask: Mask;
  /** What the report says of it. */
  readonly source: string;
  readonly problems: readonly Problem[];
}

/** The mask among the inputs, else the brain found in the mean image of the first run that can be read. */
async function findMask(
  runs: readonly OpenedRun[],
  required: boolean,
  context: StageContext,
): Promise<FoundMask> {
  const problems: Problem[] = [];
  const path = context.inputs.mask;
  if (path !== undefined) {
    try {
      const loaded = await loadMask(path, runs[0].series.grid);
      return { mask: loaded.mask, source: `from ${basename(path)}`, problems: loaded.problems };
    } catch (error) {
      if (required || !(error instanceof FusiformError)) throw error;
      problems.push(error.toProblem());
    }
  }
  let refusal: unknown;
  for (const { name, series } of runs) {
    try {
      const mask = computeBrainMask(await series.readMean(context.signal));
      return { mask, source: `the brain found in the mean image of ${name}`, problems };
    } catch (error) {
      // A run that cannot be read is listed when its turn comes; another one may do.
      if (!(error instanceof FusiformError)) throw error;
      refusal ??= error;
    }
  }
  throw refusal;
}
