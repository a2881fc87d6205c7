/// <reference path="./vtk-marching-cubes.d.ts" />
import vtkDataArray from '@kitware/vtk.js/Common/Core/DataArray.js';
import vtkImageData from '@kitware/vtk.js/Common/DataModel/ImageData.js';
import vtkImageMarchingCubes from '@kitware/vtk.js/Filters/General/ImageMarchingCubes.js';
import { applyAffine } from '../../../shared/space/affine.ts';
import type { Volume } from '../../../shared/space/grid.ts';
import { type Mesh, smoothed } from './mesh.ts';

/** Voxels that are marched through; more are averaged first, which a surface of a head does not suffer from. */
const mostVoxels = 1_500_000;

export interface IsosurfaceOptions {
  /** The value on the surface; inside is above. */
  readonly level: number;
  /** Whether the voxels are 0 and 1: their steps are rounded off first. */
  readonly isMask: boolean;
}

/**
 * The surface on which a volume has a value, smoothed, in millimetres, closed also where the volume ends. Values that are
 * not finite are outside.
 *
 * @returns a mesh without triangles where the volume has no such value
 */
export function isosurface(volume: Volume, { level, isMask }: IsosurfaceOptions): Mesh {
  const reduced = padded(volume, level, mostVoxels);
  if (reduced === null) return { positions: new Float32Array(0), indices: new Uint32Array(0) };
  const { shape, data, toVoxel } = reduced;
  const values = isMask ? averaged(averaged(data, shape), shape) : data;
  const image = vtkImageData.newInstance();
  image.setDimensions([...shape]);
  image
    .getPointData()
    .setScalars(vtkDataArray.newInstance({ name: 'values', numberOfComponents: 1, values }));
  const filter = vtkImageMarchingCubes.newInstance({
    contourValue: level,
    computeNormals: false,
    mergePoints: true,
  });
  filter.setInputData(image);
  filter.update();
  const output = filter.getOutputData();
  const points = output.getPoints().getData();
  const cells = output.getPolys().getData();
  const positions = new Float32Array(points.length);
  const { affine } = volume.grid;
  for (let at = 0; at < points.length; at += 3) {
    positions.set(applyAffine(affine, toVoxel([points[at], points[at + 1], points[at + 2]])), at);
  }
  const indices = new Uint32Array((cells.length / 4) * 3);
  for (let cell = 0; cell < cells.length / 4; cell += 1) {
    for (let corner = 0; corner < 3; corner += 1) indices[3 * cell + corner] = cells[4 * cell + 1 + corner];
  }
  return smoothed(outwards({ positions, indices }), isMask ? 12 : 6);
}

type Triple = readonly [number, number, number];

/** The part of a volume around what is inside, with a border outside of it, thinned where it is large. */
function padded(
  { grid, data }: Volume,
  level: number,
  most: number,
): { shape: Triple; data: Float32Array; toVoxel: (at: Triple) => Triple } | null {
  const [nx, ny, nz] = grid.shape;
  const low = [nx, ny, nz];
  const high = [-1, -1, -1];
  let least = level;
  for (let k = 0, at = 0; k < nz; k += 1) {
    for (let j = 0; j < ny; j += 1) {
      for (let i = 0; i < nx; i += 1, at += 1) {
        const value = data[at];
        if (value - value === 0 && value < least) least = value;
        if (!(value >= level) || value === Infinity) continue;
        [i, j, k].forEach((place, axis) => {
          if (place < low[axis]) low[axis] = place;
          if (place > high[axis]) high[axis] = place;
        });
      }
    }
  }
  if (high[0] < 0) return null;
  const extent = high.map((end, axis) => end - low[axis] + 1);
  const step = Math.max(1, Math.ceil(Math.cbrt((extent[0] * extent[1] * extent[2]) / most)));
  const border = 3;
  const shape = extent.map((size) => Math.ceil(size / step) + 2 * border) as [number, number, number];
  const outside = least < level ? least : level - 1;
  const values = new Float32Array(shape[0] * shape[1] * shape[2]).fill(outside);
  for (let k = border, z = low[2]; z <= high[2]; k += 1, z += step) {
    for (let j = border, y = low[1]; y <= high[1]; j += 1, y += step) {
      for (let i = border, x = low[0]; x <= high[0]; i += 1, x += step) {
        const value = data[x + nx * (y + ny * z)];
        if (value - value === 0) values[i + shape[0] * (j + shape[1] * k)] = value;
      }
    }
  }
  const toVoxel = (at: Triple): Triple => [
    low[0] + step * (at[0] - border),
    low[1] + step * (at[1] - border),
    low[2] + step * (at[2] - border),
  ];
  return { shape, data: values, toVoxel };
}

/** The mean of each voxel and its neighbours along the three axes, one axis after the other (1, 2, 1). */
function averaged(data: Float32Array, [nx, ny, nz]: Triple): Float32Array {
  let from = data;
  for (const stride of [1, nx, nx * ny]) {
    const to = from.slice();
    for (let at = stride; at < nx * ny * nz - stride; at += 1) {
      to[at] = 0.25 * (from[at - stride] + 2 * from[at] + from[at + stride]);
    }
    from = to;
  }
  return from;
}

/** The same with all triangles turned so that the mesh has a positive volume: an affine may mirror. */
function outwards({ positions: p, indices }: Mesh): Mesh {
  let volume = 0;
  for (let at = 0; at < indices.length; at += 3) {
    const [a, b, c] = [3 * indices[at], 3 * indices[at + 1], 3 * indices[at + 2]];
    volume +=
      p[a] * (p[b + 1] * p[c + 2] - p[b + 2] * p[c + 1]) -
      p[a + 1] * (p[b] * p[c + 2] - p[b + 2] * p[c]) +
      p[a + 2] * (p[b] * p[c + 1] - p[b + 1] * p[c]);
  }
  if (volume >= 0) return { positions: p, indices };
  const turned = indices.slice();
  for (let at = 0; at < turned.length; at += 3) [turned[at], turned[at + 1]] = [turned[at + 1], turned[at]];
  return { positions: p, indices: turned };
}
