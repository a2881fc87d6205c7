import { applyAffine } from '../../../shared/space/affine.ts';
import type { Grid } from '../../../shared/space/grid.ts';

/** Faces of voxels that are seen from outside, and the edges between faces that turn. */
export interface VoxelMesh {
  /** [faces * 4, 3] corners, mm. */
  readonly positions: Float32Array;
  /** [faces * 4, 3] */
  readonly normals: Float32Array;
  /** [faces, 2, 3] triangles. */
  readonly indices: Uint32Array;
  /** [faces]: the flat index of each face's voxel. */
  readonly voxels: Uint32Array;
  /** [segments, 2, 3] ends of edges, mm. */
  readonly edges: Float32Array;
}

/** Corners of the six faces of a voxel, in half steps, counter-clockwise seen from outside. */
const faces = [0, 1, 2].flatMap((axis) =>
  [1, -1].map((side) => {
    const [u, v] = [(axis + 1) % 3, (axis + 2) % 3];
    const around =
      side > 0
        ? [
            [-1, -1],
            [1, -1],
            [1, 1],
            [-1, 1],
          ]
        : [
            [-1, -1],
            [-1, 1],
            [1, 1],
            [1, -1],
          ];
    const corners = around.map(([a, b]) => {
      const corner: [number, number, number] = [0, 0, 0];
      corner[axis] = side * 0.5;
      corner[u] = a * 0.5;
      corner[v] = b * 0.5;
      return corner;
    });
    return { axis, side, corners };
  }),
);

/** The voxels of a set as boxes; faces between two of them are left out. */
export function voxelMesh(grid: Grid, isInside: (index: number) => boolean): VoxelMesh {
  const [nx, ny, nz] = grid.shape;
  const { affine: a } = grid;
  const determinant =
    a[0] * (a[5] * a[10] - a[6] * a[9]) -
    a[1] * (a[4] * a[10] - a[6] * a[8]) +
    a[2] * (a[4] * a[9] - a[5] * a[8]);
  const positions: number[] = [];
  const normals: number[] = [];
  const indices: number[] = [];
  const voxels: number[] = [];
  const edges: number[] = [];
  const sizes = [nx, ny, nz];
  const inside = (at: readonly number[]): boolean =>
    at.every((place, axis) => place >= 0 && place < sizes[axis]) &&
    isInside(at[0] + nx * (at[1] + ny * at[2]));
  for (let k = 0, index = 0; k < nz; k += 1) {
    for (let j = 0; j < ny; j += 1) {
      for (let i = 0; i < nx; i += 1, index += 1) {
        if (!isInside(index)) continue;
        const voxel = [i, j, k];
        for (const { axis, side, corners } of faces) {
          const beside = [...voxel];
          beside[axis] += side;
          if (inside(beside)) continue;
          const first = positions.length / 3;
          const placed = corners.map(([x, y, z]) => applyAffine(a, [i + x, j + y, k + z]));
          const length = Math.hypot(a[axis], a[4 + axis], a[8 + axis]) || 1;
          for (const corner of placed) {
            positions.push(...corner);
            normals.push(
              (side * a[axis]) / length,
              (side * a[4 + axis]) / length,
              (side * a[8 + axis]) / length,
            );
          }
          const turn = determinant >= 0 ? [0, 1, 2, 0, 2, 3] : [0, 2, 1, 0, 3, 2];
          indices.push(...turn.map((corner) => first + corner));
          voxels.push(index);
          addEdges(edges, voxel, axis, side, placed, corners, inside);
        }
      }
    }
  }
  return {
    positions: Float32Array.from(positions),
    normals: Float32Array.from(normals),
    indices: Uint32Array.from(indices),
    voxels: Uint32Array.from(voxels),
    edges: Float32Array.from(edges),
  };
}

/** An edge is drawn where the face beside it does not go on in the same plane. */
function addEdges(
  edges: number[],
  voxel: readonly number[],
  axis: number,
  side: number,
  placed: readonly (readonly number[])[],
  corners: readonly (readonly number[])[],
  inside: (at: readonly number[]) => boolean,
): void {
  for (let at = 0; at < 4; at += 1) {
    const next = (at + 1) % 4;
    const outward = [0, 1, 2].map((direction) =>
      direction !== axis && corners[at][direction] === corners[next][direction]
        ? 2 * corners[at][direction]
        : 0,
    );
    const neighbour = voxel.map((place, direction) => place + outward[direction]);
    const above = [...neighbour];
    above[axis] += side;
    const goesOn = inside(neighbour) && !inside(above);
    if (!goesOn) edges.push(...placed[at], ...placed[next]);
  }
}
