import { basename, join } from 'node:path';
import { writeJsonFile } from '../../formats/json/json.ts';
import { writeNifti } from '../../formats/nifti/write.ts';
import { type Mask, unmask } from '../../imaging/mask.ts';

/** One number a voxel of a mask, as an image with a sidecar beside it. */
export interface StatisticMap {
  /** Without its endings: `desc-face_stat-t_statmap`. */
  readonly name: string;
  /** [nVoxels], in the order of the mask. */
  readonly values: ArrayLike<number>;
  /** Code of nifti1.h and its parameters, such as `{ code: 3, parameters: [dof, 0, 0] }` for t. */
  readonly intent: { readonly code: number; readonly parameters?: readonly [number, number, number] };
  /** What the sidecar says: `Description`, `Units`, and what else a reader needs. */
  readonly sidecar: Readonly<Record<string, unknown>> & { readonly Description: string };
}

/** Writes `<name>.nii.gz` and `<name>.json`; voxels outside the mask are 0. */
export async function writeStatisticMap(folder: string, map: StatisticMap, mask: Mask): Promise<string> {
  const { grid, data } = unmask(Float32Array.from(map.values), mask);
  const path = join(folder, `${map.name}.nii.gz`);
  await writeNifti(path, { grid, data, intent: map.intent, description: map.name });
  await writeJsonFile(join(folder, `${map.name}.json`), { ...map.sidecar, OutsideMask: 0 });
  return basename(path);
}
