import type { MatFile } from '../../formats/mat/open-mat.ts';
import type { MatVariable } from '../../formats/mat/values.ts';
import { chooseVariable, readNumbers, sizeOf, wrongShape } from './variables.ts';

/** Values of the volumes that are read at a time. */
const valuesAtOnce = 2 ** 20;

export interface PublishedPatterns {
  /** [patterns, voxels], row-major. */
  readonly patterns: Float32Array;
  readonly count: number;
  /** Voxels of a whole volume. */
  readonly volumeVoxels: number;
  /** Values that were NaN, and are zero, as the published code takes them. */
  readonly zeroed: number;
}

/** How the axes of a variable are to be read: one may be the patterns, the others are the volume, MATLAB's first fastest. */
interface Axes {
  readonly patternAxis: number | null;
  readonly spatial: readonly number[];
}

/**
 * Patterns of the selected voxels out of whole volumes (`vol`): [patterns, voxels], [voxels, patterns], or a volume of
 * three axes with the patterns before or behind them. Volumes are read a slab at a time.
 *
 * @param indices the voxels, counted from zero, in the order of the weights.
 * @param expected number of patterns where it is known.
 * @throws FusiformError MAT_VARIABLE_MISSING, PUBLISHED_SHAPE where the volume is too small for the voxels, holds another
 *   number of patterns, or an infinite value
 */
export async function readPatterns(
  file: MatFile,
  indices: Uint32Array,
  expected: number | null,
  signal: AbortSignal,
): Promise<PublishedPatterns> {
  const largest = indices.reduce((most, index) => Math.max(most, index), 0);
  const variable = chooseVariable(file, 'vol', (one) => sizeOf(one) > largest);
  const { shape } = variable;
  const axes = readAxes(file.path, variable, largest, expected);
  const count = axes.patternAxis === null ? 1 : shape[axes.patternAxis];
  const sizes = axes.spatial.map((axis) => shape[axis]);
  const volumeVoxels = sizes.reduce((product, size) => product * size, 1);
  const plane = volumeVoxels / sizes[sizes.length - 1];
  const planesAtOnce = Math.max(1, Math.floor(valuesAtOnce / (plane * count)));
  const order = Uint32Array.from(indices.keys()).sort((a, b) => indices[a] - indices[b]);
  const patterns = new Float32Array(count * indices.length);
  let zeroed = 0;
  let next = 0;
  while (next < order.length) {
    signal.throwIfAborted();
    const from = Math.floor(indices[order[next]] / plane);
    const to = Math.min(sizes[sizes.length - 1], from + planesAtOnce);
    const slab = await readSlab(file, variable, axes, [from, to]);
    for (; next < order.length && indices[order[next]] < to * plane; next++) {
      const at = order[next];
      const offset = slab.offsetOf(indices[at] - from * plane);
      for (let pattern = 0; pattern < count; pattern++) {
        const value = slab.data[offset + pattern * slab.patternStride];
        if (value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY) {
          throw wrongShape(
            file.path,
            variable,
            `voxel ${indices[at] + 1} of pattern ${pattern + 1} is ${value}`,
          );
        }
        if (Number.isNaN(value)) zeroed += 1;
        else patterns[pattern * indices.length + at] = value;
      }
    }
  }
  return { patterns, count, volumeVoxels, zeroed };
}

function readAxes(path: string, variable: MatVariable, largest: number, expected: number | null): Axes {
  const { shape } = variable;
  const candidates: Axes[] = [];
  if (shape.length === 1) candidates.push({ patternAxis: null, spatial: [0] });
  if (shape.length === 2) {
    candidates.push({ patternAxis: 0, spatial: [1] }, { patternAxis: 1, spatial: [0] });
  }
  if (shape.length === 3) candidates.push({ patternAxis: null, spatial: [0, 1, 2] });
  if (shape.length === 4) {
    candidates.push({ patternAxis: 3, spatial: [0, 1, 2] }, { patternAxis: 0, spatial: [1, 2, 3] });
  }
  const volume = ({ spatial }: Axes) => spatial.reduce((product, axis) => product * shape[axis], 1);
  const large = candidates.filter((axes) => volume(axes) > largest);
  if (large.length === 0) {
    throw wrongShape(path, variable, `validindices reaches voxel ${largest + 1}, and no axis has so many`);
  }
  const patternsOf = ({ patternAxis }: Axes) => (patternAxis === null ? 1 : shape[patternAxis]);
  const fitting = large.filter((axes) => expected === null || patternsOf(axes) === expected);
  if (fitting.length === 0) {
    throw wrongShape(path, variable, `${expected} patterns are expected, not ${patternsOf(large[0])}`);
  }
  return fitting[0];
}

interface Slab {
  readonly data: ArrayLike<number>;
  readonly patternStride: number;
  /** Where the first pattern's value of a voxel lies; voxels are counted from the beginning of the slab. */
  offsetOf(voxel: number): number;
}

async function readSlab(
  file: MatFile,
  variable: MatVariable,
  { patternAxis, spatial }: Axes,
  range: readonly [number, number],
): Promise<Slab> {
  const slowest = spatial[spatial.length - 1];
  const region = variable.shape.map((_, axis) => (axis === slowest ? range : null));
  const { shape, data } = await readNumbers(file, variable.name, region);
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  return {
    data,
    patternStride: patternAxis === null ? 0 : strides[patternAxis],
    offsetOf(voxel) {
      let rest = voxel;
      let offset = 0;
      for (const axis of spatial) {
        offset += (rest % shape[axis]) * strides[axis];
        rest = Math.floor(rest / shape[axis]);
      }
      return offset;
    },
  };
}
