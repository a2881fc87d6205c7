import { join } from 'node:path';
import { type Grid, voxelIndices, worldCoordinates } from '../../imaging/grid.ts';
import { readMapping, type StoredMapping } from '../../jobs/stages/fit-mapping.ts';
import { readMaskImage } from '../../jobs/stages/mask-image.ts';
import { FusiformError } from '../../../shared/errors.ts';
import { mappingName } from '../subjects.ts';
import type { StageOutcome, Workspace } from '../workspace.ts';

export interface Place {
  readonly voxel: [number, number, number];
  /** RAS+ millimetres. */
  readonly mm: [number, number, number];
  readonly region: string | null;
}

/** A subject's mapping with the grid that its voxels lie on. */
export interface MappingInSpace {
  readonly outcome: StageOutcome;
  readonly mapping: StoredMapping;
  readonly grid: Grid;
  /** Where one of the mapping's voxels lies. */
  placeOf(position: number): Place;
  /** The position of a voxel among those of the mapping; -1: it is not selected. */
  positionOf(voxel: readonly [number, number, number]): number;
}

/** The mapping that was looked at last: its weights may be large, and are given up when memory is short. */
let last: { readonly path: string; readonly mapping: WeakRef<StoredMapping> } | null = null;

/** @throws FusiformError NAME_UNKNOWN, and what reading throws */
export async function readMappingInSpace(
  workspace: Workspace,
  { subject, model }: { readonly subject: string; readonly model: string },
): Promise<MappingInSpace> {
  const outcome = workspace.entry('mapping', mappingName(subject, model));
  const known = last?.path === outcome.path ? last.mapping.deref() : undefined;
  const mapping = known ?? (await readMapping(outcome.path));
  last = { path: outcome.path, mapping: new WeakRef(mapping) };
  const { grid } = await readMaskImage(join(outcome.path, 'desc-selected_mask.nii.gz'));
  const { regions } = mapping.description;
  return {
    outcome,
    mapping,
    grid,
    placeOf(position) {
      const index = mapping.voxels[position];
      return {
        voxel: voxelIndices(grid, index),
        mm: worldCoordinates(grid, index),
        region: regions[mapping.region[position]] ?? null,
      };
    },
    positionOf: (voxel) => mapping.voxels.indexOf(flatIndex(grid, voxel)),
  };
}

/** x fastest. @throws FusiformError VOXEL_OUTSIDE */
export function flatIndex({ shape }: Grid, [i, j, k]: readonly [number, number, number]): number {
  if (i >= shape[0] || j >= shape[1] || k >= shape[2]) {
    throw new FusiformError(
      'VOXEL_OUTSIDE',
      `The voxel ${i}, ${j}, ${k} lies outside an image of ${shape.join(' x ')} voxels.`,
    );
  }
  return i + shape[0] * (j + shape[1] * k);
}
