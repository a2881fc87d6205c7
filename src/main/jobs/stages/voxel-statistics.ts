import { join } from 'node:path';
import { z } from 'zod';
import { readJsonFile, writeJsonFile } from '../../formats/json/json.ts';
import { niftiIntents } from '../../formats/nifti/write.ts';
import { readSafetensorsFile, writeSafetensorsFile } from '../../formats/safetensors/safetensors.ts';
import { type CrossValidatedGain, crossValidatedGain } from '../../glm/cross-validated-gain.ts';
import { type VoxelStatistics, voxelStatistics } from '../../glm/voxel-statistics.ts';
import type { Mask } from '../../imaging/mask.ts';
import { defineStage } from '../stage.ts';
import { readFolds } from './encoding-sums.ts';
import { readEncoding } from './fit-encoding.ts';
import { readMaskImage, writeMaskImage } from './mask-image.ts';
import { regressors } from './roles.ts';
import { solvingEngine } from './solving-engine.ts';
import { type StatisticMap, writeStatisticMap } from './statistic-map.ts';

const descriptionSchema = z.object({
  subject: z.string(),
  faceDof: z.number(),
  gainDof: z.tuple([z.number(), z.number()]),
  /** Folds of runs that were left out in turn; 0 where the encoding model has none. */
  folds: z.number().int(),
});

const files = {
  arrays: 'statistics.safetensors',
  description: 'statistics.json',
  mask: 'mask.nii.gz',
} as const;

export interface StoredVoxelStatistics {
  readonly subject: string;
  readonly mask: Mask;
  readonly statistics: VoxelStatistics;
  /** Null where the encoding model was fitted without folds. */
  readonly crossValidated: CrossValidatedGain | null;
}

/**
 * Encoding model (input `encoding`) -> what its voxels are chosen by, as arrays and as maps: the face-against-baseline
 * test, and the variance that the latents explain beyond the face regressor; where the model has folds, the same in runs
 * that were left out, and how alike the weights of odd and even folds are.
 */
export const voxelStatisticsStage = defineStage({
  name: 'voxel-statistics',
  version: 1,
  parameters: z.strictObject({ engine: z.enum(['native', 'webgpu', 'wasm']) }),
  async run({ engine }, context) {
    const { outDir } = context;
    const { description, equations, mask } = await readEncoding(context.inputs.encoding);
    const statistics = await voxelStatistics(equations, {
      latentNames: description.latentNames,
      faceContrast: regressors.face,
      engine: await solvingEngine(equations, engine, context),
      work: context,
    });
    const nVoxels = mask.indices.length;
    const folds = await readFolds(context.inputs.encoding);
    const crossValidated =
      folds.length < 2
        ? null
        : await crossValidatedGain(folds, {
            names: equations.names,
            latentNames: description.latentNames,
            engine: await solvingEngine(equations, engine, context),
            work: context,
          });
    const array = (data: Float64Array) => ({ shape: [nVoxels], data });
    const { faceT, gainF, gainedVariance, varies, faceDof, gainDof } = statistics;
    await writeSafetensorsFile(join(outDir, files.arrays), {
      faceT: array(faceT),
      gainF: array(gainF),
      gainedVariance: array(gainedVariance),
      varies: { shape: [nVoxels], data: varies },
      ...(crossValidated
        ? {
            crossValidatedR: array(crossValidated.correlation),
            crossValidatedZ: array(crossValidated.z),
            crossValidatedGain: array(crossValidated.gain),
            weightReliability: array(crossValidated.weightReliability),
          }
        : {}),
    });
    await writeJsonFile(join(outDir, files.description), {
      subject: description.subject,
      faceDof,
      gainDof: [gainDof[0], gainDof[1]],
      folds: folds.length,
    } satisfies z.input<typeof descriptionSchema>);
    await writeMaskImage(join(outDir, files.mask), mask);
    for (const map of [...maps(statistics), ...crossValidatedMaps(crossValidated, folds.length)])
      await writeStatisticMap(outDir, map, mask);
    return {
      summary: {
        subject: description.subject,
        voxels: nVoxels,
        constantVoxels: varies.reduce((sum, value) => sum + 1 - value, 0),
        faceDof,
        gainDof: [gainDof[0], gainDof[1]],
        folds: folds.length,
      },
    };
  },
});

export async function readVoxelStatistics(folder: string): Promise<StoredVoxelStatistics> {
  const description = descriptionSchema.parse(await readJsonFile(join(folder, files.description)));
  const { arrays } = await readSafetensorsFile(join(folder, files.arrays));
  const numbers = (name: string) => Float64Array.from(arrays[name].data);
  return {
    subject: description.subject,
    mask: await readMaskImage(join(folder, files.mask)),
    statistics: {
      faceT: numbers('faceT'),
      faceDof: description.faceDof,
      gainF: numbers('gainF'),
      gainDof: description.gainDof,
      gainedVariance: numbers('gainedVariance'),
      varies: Uint8Array.from(arrays.varies.data),
    },
    crossValidated:
      description.folds < 2
        ? null
        : {
            correlation: numbers('crossValidatedR'),
            z: numbers('crossValidatedZ'),
            gain: numbers('crossValidatedGain'),
            weightReliability: numbers('weightReliability'),
          },
  };
}

function maps({ faceT, faceDof, gainF, gainDof, gainedVariance }: VoxelStatistics): StatisticMap[] {
  const model = 'Linear model of the subject, all runs; constant voxels are 0.';
  return [
    {
      name: 'desc-face_stat-t_statmap',
      values: faceT,
      intent: { code: niftiIntents.t, parameters: [faceDof, 0, 0] },
      sidecar: {
        Description: `Faces against baseline, in the model without latents. ${model}`,
        DegreesOfFreedom: faceDof,
        Units: 'unitless',
      },
    },
    {
      name: 'desc-latents_stat-f_statmap',
      values: gainF,
      intent: { code: niftiIntents.f, parameters: [gainDof[0], gainDof[1], 0] },
      sidecar: {
        Description: `F of the latents, given the other regressors (nested models). ${model}`,
        DegreesOfFreedom: gainDof,
        Units: 'unitless',
      },
    },
    {
      name: 'desc-gainedVariance_map',
      values: gainedVariance,
      intent: { code: niftiIntents.estimate },
      sidecar: {
        Description: `Share of the residual variance of the model without latents that the latents explain. ${model}`,
        Units: 'share, 0 to 1',
      },
    },
  ];
}

function crossValidatedMaps(result: CrossValidatedGain | null, folds: number): StatisticMap[] {
  if (result === null) return [];
  const what = `${folds} folds of runs, each left out in turn.`;
  const estimate = { code: niftiIntents.estimate };
  return [
    {
      name: 'desc-crossValidatedLatents_stat-r_statmap',
      values: result.correlation,
      intent: estimate,
      sidecar: {
        Description: `Correlation of what the latents predict with what the model without them leaves. ${what}`,
        Units: 'correlation, -1 to 1',
      },
    },
    {
      name: 'desc-crossValidatedLatents_stat-z_statmap',
      values: result.z,
      intent: { code: niftiIntents.z },
      sidecar: {
        Description: `z of that correlation under no effect of the latents. ${what}`,
        Units: 'unitless',
      },
    },
    {
      name: 'desc-crossValidatedGain_map',
      values: result.gain,
      intent: estimate,
      sidecar: {
        Description: `1 - squared error with latents / squared error without. ${what}`,
        Units: 'share; negative where the latents predict worse than none',
      },
    },
    {
      name: 'desc-weightReliability_stat-r_statmap',
      values: result.weightReliability,
      intent: estimate,
      sidecar: {
        Description: 'Correlation over latents of the weights from odd and from even folds of runs.',
        Units: 'correlation, -1 to 1',
      },
    },
  ];
}
