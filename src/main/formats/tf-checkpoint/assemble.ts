import type { NumericArray } from '../../math/nd-array.ts';
import { CheckpointFault } from './fault.ts';
import type { Region } from './messages.ts';

/** Whether parts cover a variable exactly once. */
export function assertTiling(name: string, shape: readonly number[], regions: readonly Region[]): void {
  const covered = regions.reduce((sum, region) => sum + count(region.shape), 0);
  if (covered !== count(shape)) {
    throw new CheckpointFault(`the parts of "${name}" hold ${covered} values, the variable ${count(shape)}`);
  }
  for (const [at, a] of regions.entries()) {
    for (const b of regions.slice(at + 1)) {
      const apart = shape.some(
        (_, axis) =>
          a.start[axis] + a.shape[axis] <= b.start[axis] || b.start[axis] + b.shape[axis] <= a.start[axis],
      );
      if (!apart) throw new CheckpointFault(`two parts of "${name}" overlap`);
    }
  }
}

/** Puts the values of a part (row-major) in their place in the variable. */
export function placePart(
  whole: NumericArray,
  shape: readonly number[],
  part: NumericArray,
  { start, shape: size }: Region,
): void {
  if (part.length === 0) return;
  const run = size.at(-1) ?? 1;
  const index = size.slice(0, -1).map(() => 0);
  for (let from = 0; from < part.length; from += run) {
    let to = 0;
    for (let axis = 0; axis < shape.length; axis++) {
      to = to * shape[axis] + start[axis] + (axis < index.length ? index[axis] : 0);
    }
    whole.set(part.subarray(from, from + run) as never, to);
    for (let axis = index.length - 1; axis >= 0; axis--) {
      index[axis] += 1;
      if (index[axis] < size[axis]) break;
      index[axis] = 0;
    }
  }
}

function count(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
