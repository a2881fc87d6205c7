/** A number as it is written in text: a true minus, so many digits. */
export function number(value: number | null | undefined, digits = 2): string {
  if (value === null || value === undefined || Number.isNaN(value)) return 'n/a';
  return value.toFixed(digits).replace('-', '\u2212');
}

/** Three numbers that matter, whatever their size. */
export function significant(value: number): string {
  return Number(value.toPrecision(3)).toString().replace('-', '\u2212');
}

export function shareText(value: number): string {
  return `${Math.round(100 * value)} %`;
}

/** Voxel indices as the address holds them, or null where it holds none. */
export function voxelOf(text: string): [number, number, number] | null {
  const indices = text.split(',').map(Number);
  const [i, j, k] = indices;
  const areIndices = indices.length === 3 && indices.every((index) => Number.isInteger(index) && index >= 0);
  return areIndices ? [i, j, k] : null;
}
