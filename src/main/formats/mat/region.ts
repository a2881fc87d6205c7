/** Part of an array in MATLAB's axes: `[from, to)` for each, zero-based; null for all of an axis. */
export type Region = readonly (readonly [from: number, to: number] | null)[];

/** @throws RangeError for a region outside of the variable */
export function checkRegion(name: string, shape: readonly number[], region: Region): void {
  if (region.length !== shape.length) throw new RangeError(`"${name}" has ${shape.length} axes`);
  for (const [axis, range] of region.entries()) {
    if (range === null) continue;
    const [from, to] = range;
    if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= shape[axis])) {
      throw new RangeError(`"${name}" has ${shape[axis]} elements along axis ${axis}, not ${from} to ${to}`);
    }
  }
}
