import type { Grid } from './grid.ts';

/** One byte a voxel, 0 or 1, x fastest. Voxels that share a face are neighbours (scipy's default structure). */
export type BinaryVolume = Uint8Array;

/** Voxels all of whose six neighbours belong too; what lies outside the grid does not (scipy's `binary_erosion`). */
export function erode(volume: BinaryVolume, grid: Grid, iterations: number): BinaryVolume {
  return repeat(volume, grid, iterations, (own, neighbours) => (own === 1 && neighbours === 6 ? 1 : 0));
}

/** Voxels that belong or have a neighbour that does (scipy's `binary_dilation`). */
export function dilate(volume: BinaryVolume, grid: Grid, iterations: number): BinaryVolume {
  return repeat(volume, grid, iterations, (own, neighbours) => (own === 1 || neighbours > 0 ? 1 : 0));
}

function repeat(
  volume: BinaryVolume,
  grid: Grid,
  iterations: number,
  rule: (own: number, neighbours: number) => 0 | 1,
): BinaryVolume {
  let current = volume;
  for (let iteration = 0; iteration < iterations; iteration += 1) {
    const next = new Uint8Array(current.length);
    let index = 0;
    visitVoxels(grid, (left, right, back, front, below, above) => {
      const count =
        (left < 0 ? 0 : current[left]) +
        (right < 0 ? 0 : current[right]) +
        (back < 0 ? 0 : current[back]) +
        (front < 0 ? 0 : current[front]) +
        (below < 0 ? 0 : current[below]) +
        (above < 0 ? 0 : current[above]);
      next[index] = rule(current[index], count);
      index += 1;
    });
    current = next;
  }
  return current;
}

/** Calls back for every voxel in order with the flat indices of its neighbours, -1 for those outside the grid. */
function visitVoxels(
  grid: Grid,
  visit: (left: number, right: number, back: number, front: number, below: number, above: number) => void,
): void {
  const [nx, ny, nz] = grid.shape;
  let index = 0;
  for (let k = 0; k < nz; k += 1) {
    for (let j = 0; j < ny; j += 1) {
      for (let i = 0; i < nx; i += 1, index += 1) {
        visit(
          i > 0 ? index - 1 : -1,
          i < nx - 1 ? index + 1 : -1,
          j > 0 ? index - nx : -1,
          j < ny - 1 ? index + nx : -1,
          k > 0 ? index - nx * ny : -1,
          k < nz - 1 ? index + nx * ny : -1,
        );
      }
    }
  }
}

/** The largest set of voxels connected by faces; of several as large, the one with the lowest index. */
export function largestComponent(volume: BinaryVolume, grid: Grid): BinaryVolume {
  const [nx, ny] = grid.shape;
  const plane = nx * ny;
  const seen = new Uint8Array(volume.length);
  const stack = new Uint32Array(volume.length);
  let best: Uint32Array = new Uint32Array(0);
  for (let seed = 0; seed < volume.length; seed += 1) {
    if (volume[seed] === 0 || seen[seed] === 1) continue;
    let end = 1;
    stack[0] = seed;
    seen[seed] = 1;
    const push = (index: number, inside: boolean): void => {
      if (!inside || volume[index] === 0 || seen[index] === 1) return;
      seen[index] = 1;
      stack[end] = index;
      end += 1;
    };
    for (let position = 0; position < end; position += 1) {
      const index = stack[position];
      const i = index % nx;
      const inPlane = index % plane;
      push(index - 1, i > 0);
      push(index + 1, i < nx - 1);
      push(index - nx, inPlane >= nx);
      push(index + nx, inPlane < plane - nx);
      push(index - plane, index >= plane);
      push(index + plane, index < volume.length - plane);
    }
    if (end > best.length) best = stack.slice(0, end);
  }
  const result = new Uint8Array(volume.length);
  for (const index of best) result[index] = 1;
  return result;
}
