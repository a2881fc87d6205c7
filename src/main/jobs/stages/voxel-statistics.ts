import { join } from 'node:path';
import { z } from 'zod';
import { readJsonFile, writeJsonFile } from '../../formats/json/json.ts';
import { niftiIntents } from '../../formats/nifti/write.ts';
import { readSafetensorsFile, writeSafetensorsFile } from '../../formats/safetensors/safetensors.ts';
import { type VoxelStatistics, voxelStatistics } from '../../glm/voxel-statistics.ts';
import type { Mask } from '../../imaging/mask.ts';
import { defineStage } from '../stage.ts';
import { readEncoding } from './fit-encoding.ts';
import { readMaskImage, writeMaskImage } from './mask-image.ts';
import { regressors } from './roles.ts';
import { type StatisticMap, writeStatisticMap } from './statistic-map.ts';

const descriptionSchema = z.object({
  subject: z.string(),
  faceDof: z.number(),
  gainDof: z.tuple([z.number(), z.number()]),
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
}

/**
 * Encoding model (input `encoding`) -> what its voxels are chosen by, as arrays and as maps: the face-against-baseline
 * test, and the variance that the latents explain beyond the face regressor.
 */
export const voxelStatisticsStage = defineStage({
  name: 'voxel-statistics',
  version: 1,
  parameters: z.strictObject({}),
  async run(_parameters, context) {
    const { outDir } = context;
    const { description, equations, mask } = await readEncoding(context.inputs.encoding);
    const statistics = await voxelStatistics(equations, {
      latentNames: description.latentNames,
      faceContrast: regressors.face,
      work: context,
    });
    const nVoxels = mask.indices.length;
    const { faceT, gainF, gainedVariance, varies, faceDof, gainDof } = statistics;
    await writeSafetensorsFile(join(outDir, files.arrays), {
      faceT: { shape: [nVoxels], data: faceT },
      gainF: { shape: [nVoxels], data: gainF },
      gainedVariance: { shape: [nVoxels], data: gainedVariance },
      varies: { shape: [nVoxels], data: varies },
    });
    await writeJsonFile(join(outDir, files.description), {
      subject: description.subject,
      faceDof,
      gainDof: [gainDof[0], gainDof[1]],
    } satisfies z.input<typeof descriptionSchema>);
    await writeMaskImage(join(outDir, files.mask), mask);
    for (const map of maps(statistics)) await writeStatisticMap(outDir, map, mask);
    return {
      summary: {
        subject: description.subject,
        voxels: nVoxels,
        constantVoxels: varies.reduce((sum, value) => sum + 1 - value, 0),
        faceDof,
        gainDof: [gainDof[0], gainDof[1]],
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
