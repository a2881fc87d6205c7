import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrainImage, MaskStep } from '../../../shared/contract/brain.ts';
import { FusiformError } from '../../../shared/errors.ts';
import { appVersion } from '../../../shared/version.ts';
import { bareLabel } from '../../bids/entities.ts';
import { readJsonFile, writeJsonFile } from '../../formats/json/json.ts';
import { writeNifti } from '../../formats/nifti/write.ts';
import { voxelCount } from '../../imaging/grid.ts';
import type { Workspace } from '../workspace.ts';
import { describeImage, fileImage } from './describe-image.ts';
import { gridOfImage } from './image-ids.ts';

/** Masks that were drawn, below the project's folder. */
export const masksFolder = 'masks';

export interface MaskToSave {
  readonly subject: string;
  /** Letters and digits; becomes the label of the file. */
  readonly name: string;
  /** Id of the image on whose grid it lies. */
  readonly grid: string;
  /** First voxel and length of each run of voxels, flat, x fastest. */
  readonly runs: readonly number[];
  readonly steps: readonly MaskStep[];
}

/**
 * Writes a mask as NIfTI into the project, with a sidecar that says how it came about. Each of the two files is written
 * whole or not at all, the image first: a sidecar never speaks of an image that is not there. What the sidecar of an
 * earlier mask of the name told stays in its history.
 *
 * @throws FusiformError PARAMETERS_INVALID, MASK_EMPTY, DISK_FULL, WRITE_FAILED
 */
export async function saveMask(workspace: Workspace, mask: MaskToSave): Promise<BrainImage> {
  const { subject, name, steps } = mask;
  if (!/^[a-z0-9]+$/i.test(name)) {
    throw new FusiformError('PARAMETERS_INVALID', `"${name}" is no label: letters and digits alone.`);
  }
  const grid = await gridOfImage(workspace.store.artifactsDir, mask.grid);
  const data = filled(mask.runs, voxelCount(grid));
  const count = data.reduce((sum, value) => sum + value, 0);
  if (count === 0) throw new FusiformError('MASK_EMPTY', 'The mask holds no voxel.');
  const folder = join(workspace.store.dir, masksFolder);
  await mkdir(folder, { recursive: true });
  const stem = join(
    folder,
    `sub-${bareLabel(subject, 'sub').replaceAll(/[^a-z0-9]/gi, '')}_label-${name}_mask`,
  );
  const earlier = await historyOf(`${stem}.json`);
  const file = `${stem}.nii.gz`;
  await writeNifti(file, { grid, data, description: `drawn mask ${name}` });
  await writeJsonFile(`${stem}.json`, {
    Type: 'ROI',
    Label: name,
    Subject: subject,
    Description: 'Drawn by hand; 1 inside, 0 outside.',
    Voxels: count,
    GridOf: mask.grid,
    GeneratedBy: { Name: 'Fusiform', Version: appVersion },
    History: [...earlier, { SavedAt: new Date().toISOString(), Voxels: count, Steps: steps }],
  });
  return fileImage(file, { ...(await describeImage(file)), name: `Drawn: ${name}`, kind: 'mask' });
}

function filled(runs: readonly number[], count: number): Uint8Array {
  const data = new Uint8Array(count);
  for (let at = 0; at + 1 < runs.length; at += 2) {
    const end = runs[at] + runs[at + 1];
    if (end > count) {
      throw new FusiformError(
        'PARAMETERS_INVALID',
        `The mask has a voxel ${end - 1}; its grid has ${count}.`,
      );
    }
    data.fill(1, runs[at], end);
  }
  return data;
}

async function historyOf(sidecar: string): Promise<readonly unknown[]> {
  if (!existsSync(sidecar)) return [];
  const told = (await readJsonFile(sidecar).catch(() => null)) as { History?: unknown } | null;
  return Array.isArray(told?.History) ? told.History : [];
}
