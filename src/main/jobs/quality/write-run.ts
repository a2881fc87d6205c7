import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeJsonFile } from '../../formats/json/json.ts';
import { writeNifti } from '../../formats/nifti/write.ts';
import { type TableFormat, writeTable } from '../../formats/table/write.ts';
import { type Mask, unmask } from '../../imaging/mask.ts';
import { trendOrder, type VoxelStatistics } from '../../qc/voxel-statistics.ts';
import type { ExaminedRun } from './examine-run.ts';
import { volumeColumns } from './tables.ts';

/** `sub-01/ses-01/func`: the folder of a run, as BIDS has it. */
export function runFolder(name: string): string {
  const [, subject] = /(sub-[^_]+)/.exec(name) ?? [];
  const [, session] = /_(ses-[^_]+)/.exec(name) ?? [];
  return [subject, session, 'func'].filter((part) => part !== undefined).join('/');
}

/** tSNR of every voxel of the mask; NaN where there is none. */
export function tsnrMap(voxels: VoxelStatistics, sd: Float32Array): Float32Array {
  return voxels.mean.map((mean, voxel) => (voxels.usable[voxel] === 1 ? mean / sd[voxel] : Number.NaN));
}

/** Writes maps and the table of volumes of a run under BIDS names; returns the files by what they are. */
export async function writeRunFiles(
  { quality, voxels, meanImage }: Pick<ExaminedRun, 'quality' | 'voxels' | 'meanImage'>,
  mask: Mask,
  outDir: string,
  formats: readonly TableFormat[],
): Promise<Record<string, string>> {
  const folder = runFolder(quality.name);
  await mkdir(join(outDir, folder), { recursive: true });
  const stem = `${folder}/${quality.name}`;
  const inMask = (values: Float32Array) =>
    unmask(
      values.map((value) => (Number.isFinite(value) ? value : 0)),
      mask,
    ).data;
  const maps: readonly { name: string; data: Float32Array; description: string; units: string }[] = [
    { name: 'stat-mean', data: meanImage, description: 'Mean over time', units: 'image units' },
    {
      name: 'stat-std',
      data: inMask(voxels.sd),
      description: 'Standard deviation over time (divided by the number of volumes); 0 outside the mask',
      units: 'image units',
    },
    {
      name: 'stat-tsnr',
      data: inMask(tsnrMap(voxels, voxels.sd)),
      description:
        'Temporal signal-to-noise ratio: mean / standard deviation, nothing taken out; 0 outside the mask',
      units: 'arbitrary',
    },
    {
      name: 'stat-tsnr_desc-detrended',
      data: inMask(tsnrMap(voxels, voxels.detrendedSd)),
      description: `Temporal signal-to-noise ratio: mean / standard deviation of what polynomials up to order ${trendOrder} leave; 0 outside the mask`,
      units: 'arbitrary',
    },
  ];
  const files: Record<string, string> = {};
  for (const { name, data, description, units } of maps) {
    const path = `${stem}_${name}_boldmap`;
    await writeNifti(join(outDir, `${path}.nii.gz`), { grid: mask.grid, data, description: name });
    await writeJsonFile(join(outDir, `${path}.json`), { Description: description, Units: units });
    files[name] = `${path}.nii.gz`;
  }
  const table = `${stem}_desc-qc_timeseries`;
  await writeTable(join(outDir, table), volumeColumns(quality), formats);
  return { ...files, timeseries: `${table}.tsv` };
}
