import type { LatentLinks, VoxelLinks } from '../../../shared/contract/links.ts';
import { FusiformError } from '../../../shared/errors.ts';
import { worldCoordinates } from '../../imaging/grid.ts';
import type { Workspace } from '../workspace.ts';
import { flatIndex, type MappingInSpace, readMappingInSpace } from './mapping-in-space.ts';
import { trainingCodes } from './training-codes.ts';

interface OfMapping {
  readonly subject: string;
  readonly model: string;
}

/** What a voxel answers to: its weights over the latents, and the faces that drive it least and most. */
export async function voxelLinks(
  workspace: Workspace,
  { voxel, ...of }: OfMapping & { readonly voxel: [number, number, number] },
): Promise<VoxelLinks> {
  const space = await readMappingInSpace(workspace, of);
  const position = space.positionOf(voxel);
  const index = flatIndex(space.grid, voxel);
  if (position < 0) {
    return {
      voxel,
      mm: worldCoordinates(space.grid, index),
      region: null,
      isSelected: false,
      bias: null,
      weights: [],
      faces: [],
      distance: null,
      modelArtifact: null,
    };
  }
  const { weights, bias } = weightsOf(space, position);
  const training = await trainingCodes(workspace, of.subject, space.outcome);
  const length = Math.hypot(...weights);
  const moved = (sign: number) =>
    Array.from(
      training?.mean ?? [],
      (mean, at) => mean + (sign * weights[at] * (training?.distance ?? 0)) / length,
    );
  return {
    ...space.placeOf(position),
    isSelected: true,
    bias,
    weights,
    faces:
      training === null || length === 0
        ? []
        : [
            { name: 'against', code: moved(-1) },
            { name: 'mean', code: moved(0) },
            { name: 'along', code: moved(1) },
          ],
    distance: training?.distance ?? null,
    modelArtifact: workspace.entry('model', of.model).hash,
  };
}

/** A voxel's weights, those of latents that are not modelled being 0. */
function weightsOf({ mapping }: MappingInSpace, position: number): { weights: number[]; bias: number } {
  const { dim, modelled } = mapping.description.latentSpace;
  const weights = new Array<number>(dim).fill(0);
  modelled.forEach((latent, row) => {
    weights[latent] = mapping.weights[row * mapping.nVoxels + position];
  });
  return { weights, bias: mapping.weights[modelled.length * mapping.nVoxels + position] };
}

/**
 * The voxels that answer most to a latent, and how training faces vary along it.
 *
 * @param latent from 0 @throws FusiformError LATENT_UNKNOWN
 */
export async function latentLinks(
  workspace: Workspace,
  { latent, count, ...of }: OfMapping & { readonly latent: number; readonly count: number },
): Promise<LatentLinks> {
  const space = await readMappingInSpace(workspace, of);
  const { mapping } = space;
  const { dim, modelled, means } = mapping.description.latentSpace;
  if (latent >= dim) {
    throw new FusiformError('LATENT_UNKNOWN', `The model has ${dim} latents, and no number ${latent + 1}.`);
  }
  const row = modelled.indexOf(latent);
  const training = await trainingCodes(workspace, of.subject, space.outcome);
  const values = row < 0 ? [] : mapping.weights.subarray(row * mapping.nVoxels, (row + 1) * mapping.nVoxels);
  return {
    latent,
    isModelled: row >= 0,
    mean: training?.mean[latent] ?? means[latent],
    sd: training?.sd[latent] ?? 0,
    meanCode: [...(training?.mean ?? means)],
    strongest: strongestOf(values, count).map((position) => ({
      ...space.placeOf(position),
      value: values[position],
    })),
    modelArtifact: workspace.entry('model', of.model).hash,
  };
}

/** Positions of the values of the largest size, the largest first. */
export function strongestOf(values: ArrayLike<number>, count: number): number[] {
  return Array.from({ length: values.length }, (_, at) => at)
    .sort((a, b) => Math.abs(values[b]) - Math.abs(values[a]))
    .slice(0, count);
}
