/**
 * Tails of the distributions that statistics of images need, computed in logs: a t of 40 with 100 degrees of
 * freedom has a z, although its p underflows long before the z is out of reach. `sf` is the survival function
 * P(X > x), `isf` its inverse, as in scipy.stats.
 */
import { logGamma, logIncompleteBeta, logUpperIncompleteGamma } from './gamma.ts';

export { logGamma } from './gamma.ts';

const LOG_HALF = -Math.LN2;
const HALF_LOG_TWO_PI = 0.9189385332046727;

/** P(Z > z) of the standard normal. */
export function normalSf(z: number): number {
  return Math.exp(normalLogSf(z));
}

/** log P(Z > z): finite down to the largest z whose square is. */
export function normalLogSf(z: number): number {
  if (Number.isNaN(z)) return Number.NaN;
  if (z < 0) return Math.log1p(-Math.exp(normalLogSf(-z)));
  if (z === Number.POSITIVE_INFINITY) return Number.NEGATIVE_INFINITY;
  if (z < 2) {
    // The series of the distribution function about 0 (Abramowitz & Stegun 26.2.11).
    let term = z;
    let sum = z;
    for (let k = 3; Math.abs(term) > 1e-17 * sum; k += 2) {
      term *= (z * z) / k;
      sum += term;
    }
    return Math.log(0.5 - sum * Math.exp(-0.5 * z * z - HALF_LOG_TWO_PI));
  }
  return -0.5 * z * z - HALF_LOG_TWO_PI + Math.log(millsRatio(z));
}

/** sf(z) / pdf(z) for z >= 2, by its continued fraction (Abramowitz & Stegun 26.2.14), from the far end. */
function millsRatio(z: number): number {
  const terms = Math.ceil(10 + 400 / (z * z));
  let fraction = z;
  for (let k = terms; k >= 1; k--) fraction = z + k / fraction;
  return 1 / fraction;
}

/** The z with P(Z > z) = p. 0 gives Infinity, 1 gives -Infinity. */
export function normalIsf(p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN;
  // Above one half 1 - p is exact, its log would not be.
  return p > 0.5 ? -normalIsfFromLog(Math.log(1 - p)) : normalIsfFromLog(Math.log(p));
}

/** The z with log P(Z > z) = logP: as far in the tail as logP is finite. */
export function normalIsfFromLog(logP: number): number {
  if (Number.isNaN(logP) || logP > 0) return Number.NaN;
  if (logP === 0) return Number.NEGATIVE_INFINITY;
  if (logP === Number.NEGATIVE_INFINITY) return Number.POSITIVE_INFINITY;
  if (logP > LOG_HALF) return -normalIsfFromLog(Math.log(-Math.expm1(logP)));
  const q = 0.5 - Math.exp(logP);
  if (q <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * horner(CENTRAL_TOP, r)) / horner(CENTRAL_BOTTOM, r);
  }
  const r = Math.sqrt(-logP);
  if (r <= 5) return horner(TAIL_TOP, r - 1.6) / horner(TAIL_BOTTOM, r - 1.6);
  if (r <= 27) return horner(FAR_TOP, r - 5) / horner(FAR_BOTTOM, r - 5);
  // Beyond the rational fits: Newton on the concave log sf from its asymptote.
  let z = Math.sqrt(-2 * logP - 2 * HALF_LOG_TWO_PI - Math.log(-2 * logP));
  for (let i = 0; i < 20; i++) {
    const step = (normalLogSf(z) - logP) * millsRatio(z);
    z += step;
    if (Math.abs(step) <= 1e-15 * z) break;
  }
  return z;
}

/** P(T > t) of Student's t with `dof` degrees of freedom (a real number > 0, Infinity for the normal). */
export function studentTSf(t: number, dof: number): number {
  return Math.exp(studentTLogSf(t, dof));
}

/** The logarithm of `studentTSf`, exact where that underflows. @throws RangeError for `dof` not above 0 */
export function studentTLogSf(t: number, dof: number): number {
  if (!(dof > 0)) throw new RangeError(`Degrees of freedom are positive, not ${dof}`);
  if (dof === Number.POSITIVE_INFINITY) return normalLogSf(t);
  if (t < 0) return Math.log1p(-Math.exp(studentTLogSf(-t, dof)));
  // x = dof / (dof + t^2), 1 - x = t^2 / (dof + t^2), in logs that neither overflow nor cancel.
  const ratio = t / Math.sqrt(dof);
  const logRatio = 2 * Math.log(ratio);
  const logX = ratio < 1e8 ? -Math.log1p(ratio * ratio) : -logRatio;
  return LOG_HALF + logIncompleteBeta(0.5 * dof, 0.5, logX, logRatio + logX);
}

/**
 * The z whose tail is that of t: `isf_normal(sf_t(t))`, as nilearn's z maps, but exact in the far tail where
 * nilearn stops at the z of p = 1e-300. Odd in t: tToZ(-t) = -tToZ(t), tToZ(0) = 0.
 */
export function tToZ(t: number, dof: number): number {
  if (t === 0) return 0;
  const z = normalIsfFromLog(studentTLogSf(Math.abs(t), dof));
  return t < 0 ? -z : z;
}

/** P(F > f) with `dof1` and `dof2` degrees of freedom. */
export function fSf(f: number, dof1: number, dof2: number): number {
  return Math.exp(fLogSf(f, dof1, dof2));
}

/** The logarithm of `fSf`, exact where that underflows. @throws RangeError for degrees of freedom not above 0 */
export function fLogSf(f: number, dof1: number, dof2: number): number {
  if (!(dof1 > 0 && dof2 > 0)) {
    throw new RangeError(`Degrees of freedom are positive, not ${dof1} and ${dof2}`);
  }
  if (Number.isNaN(f)) return Number.NaN;
  if (f <= 0) return 0;
  const logRatio = Math.log(dof1) + Math.log(f) - Math.log(dof2);
  const logX = logRatio < 30 ? -Math.log1p(Math.exp(logRatio)) : -logRatio - Math.exp(-logRatio);
  return logIncompleteBeta(0.5 * dof2, 0.5 * dof1, logX, logRatio + logX);
}

/** The z whose upper tail is that of f: negative where f is less than expected by chance. f = 0 gives -Infinity. */
export function fToZ(f: number, dof1: number, dof2: number): number {
  return normalIsfFromLog(fLogSf(f, dof1, dof2));
}

/**
 * P(X > x) of chi-square with `dof` degrees of freedom.
 * @throws RangeError for `dof` not above 0
 */
export function chiSquareSf(x: number, dof: number): number {
  if (!(dof > 0)) throw new RangeError(`Degrees of freedom are positive, not ${dof}`);
  return Number.isNaN(x) ? Number.NaN : Math.exp(logUpperIncompleteGamma(dof / 2, x / 2));
}

/**
 * P(X > k) of the binomial with n draws of probability p. The p-value of "at least k successes" is
 * `binomialSf(k - 1, n, p)`.
 * @throws RangeError unless n is a non-negative integer and 0 <= p <= 1
 */
export function binomialSf(k: number, n: number, p: number): number {
  if (!(Number.isInteger(n) && n >= 0 && p >= 0 && p <= 1)) {
    throw new RangeError(`There is no binomial distribution with n = ${n}, p = ${p}`);
  }
  const whole = Math.floor(k);
  if (whole < 0) return 1;
  if (whole >= n) return 0;
  return Math.exp(logIncompleteBeta(whole + 1, n - whole, Math.log(p), Math.log1p(-p)));
}

/**
 * The density of the gamma distribution at x: 0 for x < 0.
 * @throws RangeError unless shape > 0 and scale > 0
 */
export function gammaPdf(x: number, shape: number, scale = 1): number {
  if (!(shape > 0 && scale > 0)) {
    throw new RangeError(`There is no gamma distribution of shape ${shape} and scale ${scale}`);
  }
  if (x < 0) return 0;
  if (x === 0) return shape > 1 ? 0 : shape === 1 ? 1 / scale : Number.POSITIVE_INFINITY;
  const u = x / scale;
  return Math.exp((shape - 1) * Math.log(u) - u - logGamma(shape)) / scale;
}

function horner(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (let i = coefficients.length - 1; i >= 0; i--) sum = sum * x + coefficients[i];
  return sum;
}

// Wichura 1988, Algorithm AS 241 (PPND16), Applied Statistics 37: relative error about 1e-16.
const CENTRAL_TOP = [
  3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987,
  67265.7709270087, 33430.57558358813, 2509.0809287301227,
];
const CENTRAL_BOTTOM = [
  1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
  28729.085735721943, 5226.495278852854,
];
const TAIL_TOP = [
  1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
  0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
];
const TAIL_BOTTOM = [
  1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
  0.0005475938084995345, 1.0507500716444169e-9,
];
const FAR_TOP = [
  6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
  0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
];
const FAR_BOTTOM = [
  1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
  1.8463183175100548e-5, 1.421511758316446e-7, 2.0442631033899397e-15,
];
