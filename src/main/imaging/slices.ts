import { orientationCode } from '../formats/nifti/orientation.ts';
import { type Grid, worldCoordinates } from './grid.ts';
import type { Mask } from './mask.ts';

export type Plane = 'axial' | 'coronal' | 'sagittal';

/** One slice of a grid as it is looked at: left is the subject's left, up is up (neurological convention). */
export interface SliceView {
  readonly plane: Plane;
  /** Voxels across and down. */
  readonly width: number;
  readonly height: number;
  /** [height, width] flat voxel indices, from the upper left. */
  readonly voxels: Uint32Array;
  /** Size of a voxel across and down, mm. */
  readonly spacing: readonly [number, number];
  /** World coordinate of the middle of the slice along its normal, mm. */
  readonly position: number;
}

/** Letters at the edges of each plane's views: left, right, top, bottom. */
export const planeLetters: Readonly<Record<Plane, readonly [string, string, string, string]>> = {
  axial: ['L', 'R', 'A', 'P'],
  coronal: ['L', 'R', 'S', 'I'],
  sagittal: ['P', 'A', 'S', 'I'],
};

/** World axes (0 x, 1 y, 2 z) that go across, up and through. */
const worldAxes: Readonly<Record<Plane, readonly [number, number, number]>> = {
  axial: [0, 1, 2],
  coronal: [0, 2, 1],
  sagittal: [1, 2, 0],
};

/** Fewer voxels one way make no picture. */
const fewestVoxels = 4;

/**
 * Slices of a plane, evenly spread over a mask, from lowest to highest coordinate. An oblique grid is cut along its own
 * axes, those nearest to the plane.
 *
 * @returns none where the grid has fewer than four voxels across or down.
 */
export function sliceViews(mask: Mask, plane: Plane, count: number): SliceView[] {
  const { grid } = mask;
  const [across, up, through] = worldAxes[plane].map((world) => voxelAxis(grid, world));
  const [width, height] = [grid.shape[across.axis], grid.shape[up.axis]];
  if (width < fewestVoxels || height < fewestVoxels) return [];
  const strides = [1, grid.shape[0], grid.shape[0] * grid.shape[1]];
  return spreadOver(mask, through.axis, strides[through.axis], count, through.positive).map((slice) => {
    const voxels = new Uint32Array(width * height);
    for (let row = 0; row < height; row += 1) {
      const j = up.positive ? height - 1 - row : row;
      for (let column = 0; column < width; column += 1) {
        const i = across.positive ? column : width - 1 - column;
        voxels[row * width + column] =
          i * strides[across.axis] + j * strides[up.axis] + slice * strides[through.axis];
      }
    }
    const middle = voxels[Math.floor(height / 2) * width + Math.floor(width / 2)];
    return {
      plane,
      width,
      height,
      voxels,
      spacing: [spacingOf(grid, across.axis), spacingOf(grid, up.axis)],
      position: worldCoordinates(grid, middle)[worldAxes[plane][2]],
    };
  });
}

/** The voxel axis that runs along a world axis, and whether both grow the same way. */
function voxelAxis(grid: Grid, world: number): { axis: number; positive: boolean } {
  const code = orientationCode(grid.affine);
  const letters = ['LR', 'PA', 'IS'][world];
  const axis = [0, 1, 2].find((candidate) => letters.includes(code[candidate]));
  // An axis without extent has no letter: it goes to the world axis that is left over.
  const found = axis ?? [0, 1, 2].find((candidate) => code[candidate] === '?') ?? world;
  return { axis: found, positive: code[found] !== letters[0] };
}

function spacingOf({ affine }: Grid, axis: number): number {
  return Math.hypot(affine[axis], affine[4 + axis], affine[8 + axis]) || 1;
}

/** Slices between those that cut off the first and last hundredth of the mask, evenly. */
function spreadOver(mask: Mask, axis: number, stride: number, count: number, ascending: boolean): number[] {
  const size = mask.grid.shape[axis];
  const inSlice = new Float64Array(size);
  for (const index of mask.indices) inSlice[Math.floor(index / stride) % size] += 1;
  const total = mask.indices.length;
  let seen = 0;
  let first = size;
  let last = 0;
  for (let slice = 0; slice < size; slice += 1) {
    if (inSlice[slice] > 0 && seen + inSlice[slice] > 0.02 * total) first = Math.min(first, slice);
    if (inSlice[slice] > 0 && seen < 0.98 * total) last = slice;
    seen += inSlice[slice];
  }
  const steps = Math.min(count, last - first + 1);
  const chosen = Array.from({ length: steps }, (_, step) =>
    Math.round(first + ((step + 0.5) * (last - first + 1)) / steps - 0.5),
  );
  return ascending ? chosen : chosen.reverse();
}
