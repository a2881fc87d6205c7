const directions = [
  ['L', 'R'],
  ['P', 'A'],
  ['I', 'S'],
] as const;

/**
 * The anatomical directions towards which the voxel axes grow, such as `RAS` or `LPI` (nibabel's `aff2axcodes`).
 *
 * Each voxel axis takes the world axis it is closest to; for oblique images the closest pair is settled first, so
 * that no direction is given twice. An axis without extent gives `?`.
 *
 * @param affine 4x4 row-major, voxel to RAS+ millimetres.
 */
export function orientationCode(affine: Float64Array): string {
  const cosines: { axis: number; world: number; value: number }[] = [];
  for (let axis = 0; axis < 3; axis += 1) {
    const length = Math.hypot(affine[axis], affine[4 + axis], affine[8 + axis]);
    if (!(length > 0)) continue;
    for (let world = 0; world < 3; world += 1) {
      cosines.push({ axis, world, value: affine[4 * world + axis] / length });
    }
  }
  cosines.sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const code = ['?', '?', '?'];
  const taken = new Set<number>();
  for (const { axis, world, value } of cosines) {
    if (code[axis] !== '?' || taken.has(world) || value === 0) continue;
    code[axis] = directions[world][value > 0 ? 1 : 0];
    taken.add(world);
  }
  return code.join('');
}
