import { labelColour } from '../layers/colour-maps.ts';
import { isDiscrete, type Layer } from '../layers/layer.ts';
import { colourOf, isShown } from '../layers/paint.ts';
import type { RegionStyle } from '../view/use-brain-view.ts';
import type { ColouredVoxels, RegionShape } from './scene.ts';
import { surfaces } from './surfaces.ts';
import { voxelMesh } from './voxel-mesh.ts';

/** Regions that are drawn one by one; an atlas of more is drawn as voxels in one mesh. */
const mostShapes = 40;

/** The values that occur in a label image, ascending, without 0. */
export function labelValues({ volume }: Pick<Layer, 'volume'>): number[] {
  const found = new Set<number>();
  for (const value of volume.data) {
    if (value - value === 0 && Math.round(value) !== 0) found.add(Math.round(value));
  }
  return [...found].sort((a, b) => a - b);
}

/** The regions of label images as shapes. */
export async function regionShapes(layers: readonly Layer[], style: RegionStyle): Promise<RegionShape[]> {
  if (style === 'none') return [];
  const shapes = layers
    .filter(({ image }) => isDiscrete(image))
    .flatMap((layer) =>
      labelValues(layer)
        .slice(0, mostShapes)
        .map((value) => shapeOf(layer, value, style)),
    );
  return Promise.all(shapes);
}

async function shapeOf(
  { id, volume }: Layer,
  value: number,
  style: Exclude<RegionStyle, 'none'>,
): Promise<RegionShape> {
  const { grid, data } = volume;
  const colour = labelColour(value);
  if (style !== 'solid')
    return { colour, style, shape: voxelMesh(grid, (index) => Math.round(data[index]) === value) };
  const own = { grid, data: data.map((each) => (Math.round(each) === value ? 1 : 0)) };
  const surface = await surfaces.ofVolume(`${id} ${value}`, own, { level: 0.5, isMask: true });
  return { colour, style, shape: surface.full };
}

/** What of the maps is above their thresholds, as boxes in the maps' colours. */
export function valueVoxels(layers: readonly Layer[]): ColouredVoxels[] {
  return layers
    .filter(({ image }) => !isDiscrete(image))
    .map(({ volume: { grid, data }, paint }) => {
      const mesh = voxelMesh(grid, (index) => isShown(paint, data[index]));
      const colours = new Float32Array(3 * mesh.voxels.length);
      mesh.voxels.forEach((voxel, face) => {
        const colour = colourOf(paint, data[voxel]) ?? [0, 0, 0];
        // Lights work on light itself, colours on the screen on its root.
        for (let channel = 0; channel < 3; channel += 1)
          colours[3 * face + channel] = (colour[channel] / 255) ** 2.2;
      });
      return { mesh, colours };
    });
}
