/** Seconds after which the response to an impulse has died away. */
const extent = 32;
const step = 0.05;

/**
 * The double-gamma response to an impulse: peak after 5 s, undershoot after 15 s with a sixth of the area
 * (the shape of SPM's canonical response), unit area before the undershoot is taken off.
 *
 * @param seconds after the impulse.
 */
export function haemodynamicResponse(seconds: number): number {
  if (seconds <= 0) return 0;
  // Gamma densities of shape 6 and 16 and unit scale; 5! and 15! are exact in float64.
  return Math.exp(-seconds) * (seconds ** 5 / 120 - seconds ** 15 / 1307674368000 / 6);
}

const integral = (() => {
  const values = new Float64Array(extent / step + 1);
  for (let i = 1; i < values.length; i += 1) {
    const t = (i - 0.5) * step;
    values[i] = values[i - 1] + step * haemodynamicResponse(t);
  }
  return values;
})();

function integralUntil(seconds: number): number {
  const position = Math.min(Math.max(0, seconds / step), integral.length - 1);
  const below = Math.min(Math.floor(position), integral.length - 2);
  return integral[below] + (position - below) * (integral[below + 1] - integral[below]);
}

/**
 * The response to neural activity of height 1 that lasts from `onset` for `duration` seconds, at time `seconds`.
 * A lasting one approaches 5/6.
 */
export function boxcarResponse(seconds: number, onset: number, duration: number): number {
  return integralUntil(seconds - onset) - integralUntil(seconds - onset - duration);
}
