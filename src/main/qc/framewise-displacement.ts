/** Radius of the sphere on which rotations are measured as millimetres (Power et al. 2012). */
export const headRadius = 50;

/**
 * Framewise displacement (Power et al. 2012, doi 10.1016/j.neuroimage.2011.10.018): the sum of the absolute changes of
 * the six parameters of rigid motion since the volume before, rotations as arcs on a sphere.
 *
 * @param motion [nVolumes, 6] row-major: three translations in mm, three rotations in radians.
 * @param radius mm, default 50.
 * @returns [nVolumes] mm; NaN at the first volume.
 */
export function framewiseDisplacement(motion: Float64Array, radius = headRadius): Float64Array {
  const nVolumes = motion.length / 6;
  const displacement = new Float64Array(nVolumes).fill(Number.NaN);
  for (let t = 1; t < nVolumes; t += 1) {
    let sum = 0;
    for (let axis = 0; axis < 6; axis += 1) {
      const change = Math.abs(motion[t * 6 + axis] - motion[(t - 1) * 6 + axis]);
      sum += axis < 3 ? change : change * radius;
    }
    displacement[t] = sum;
  }
  return displacement;
}
