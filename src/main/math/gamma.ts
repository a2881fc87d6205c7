/** The gamma and beta functions, in logs. */

const HALF_LOG_TWO_PI = 0.9189385332046727;

/** What Stirling's formula leaves of log gamma for x >= 10 (Abramowitz & Stegun 6.1.41): below 1e-17 beyond its terms. */
function stirlingCorrection(x: number): number {
  const inverse = 1 / x;
  const square = inverse * inverse;
  return (
    inverse *
    (1 / 12 +
      square *
        (-1 / 360 +
          square *
            (1 / 1260 +
              square *
                (-1 / 1680 +
                  square *
                    (1 / 1188 + square * (-691 / 360360 + square * (1 / 156 - square * (3617 / 122400))))))))
  );
}

/**
 * log |gamma(x)| for x > 0, to about 1e-15 of max(1, the value).
 * @throws RangeError for x <= 0
 */
export function logGamma(x: number): number {
  if (!(x > 0)) throw new RangeError(`logGamma is defined here for x > 0, not ${x}`);
  let shifted = x;
  let product = 1;
  while (shifted < 10) {
    product *= shifted;
    shifted += 1;
  }
  const stirling =
    (shifted - 0.5) * Math.log(shifted) - shifted + HALF_LOG_TWO_PI + stirlingCorrection(shifted);
  return stirling - Math.log(product);
}

/** log beta(a, b) for a, b > 0, without the cancellation of three log gammas when an argument is large. */
export function logBeta(a: number, b: number): number {
  const p = Math.min(a, b);
  const q = Math.max(a, b);
  if (p >= 10) {
    const correction = stirlingCorrection(p) + stirlingCorrection(q) - stirlingCorrection(p + q);
    return (
      -0.5 * Math.log(q) +
      HALF_LOG_TWO_PI +
      correction +
      (p - 0.5) * Math.log(p / (p + q)) +
      q * Math.log1p(-p / (p + q))
    );
  }
  if (q >= 10) {
    const correction = stirlingCorrection(q) - stirlingCorrection(p + q);
    return logGamma(p) + correction + p - p * Math.log(p + q) + (q - 0.5) * Math.log1p(-p / (p + q));
  }
  return logGamma(p) + logGamma(q) - logGamma(p + q);
}

const MAX_TERMS = 100_000;

/**
 * log of the regularised incomplete beta function I_x(a, b), finite far in the lower tail.
 * @param logX log x
 * @param logY log (1 - x): given apart, because 1 - x loses all digits near x = 1
 */
export function logIncompleteBeta(a: number, b: number, logX: number, logY: number): number {
  if (logX === Number.NEGATIVE_INFINITY) return Number.NEGATIVE_INFINITY;
  if (logY === Number.NEGATIVE_INFINITY) return 0;
  const front = a * logX + b * logY - logBeta(a, b);
  // The continued fraction converges fast below the mean; above it the mirrored one does.
  const x = Math.exp(logX);
  if (x <= (a + 1) / (a + b + 2)) return front - Math.log(a) + Math.log(betaFraction(a, b, x));
  const complement = Math.exp(front - Math.log(b)) * betaFraction(b, a, Math.exp(logY));
  return Math.log1p(-Math.min(1, complement));
}

/**
 * log of the regularised upper incomplete gamma function Q(a, x), finite far in the upper tail (Press et al.,
 * *Numerical Recipes*, 6.2: the series below a + 1, the continued fraction above).
 */
export function logUpperIncompleteGamma(a: number, x: number): number {
  if (x <= 0) return 0;
  const front = a * Math.log(x) - x - logGamma(a);
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; term > 1e-17 * sum; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return Math.log1p(-Math.min(1, Math.exp(front) * sum));
  }
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let fraction = d;
  for (let i = 1; i <= MAX_TERMS; i++) {
    const numerator = -i * (i - a);
    b += 2;
    d = numerator * d + b;
    d = 1 / (Math.abs(d) < tiny ? tiny : d);
    c = b + numerator / c;
    c = Math.abs(c) < tiny ? tiny : c;
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 3e-16) break;
  }
  return front + Math.log(fraction);
}

/** Continued fraction of the incomplete beta function by Lentz's method (Press et al., *Numerical Recipes*, 6.4). */
function betaFraction(a: number, b: number, x: number): number {
  const tiny = 1e-300;
  let c = 1;
  let d = 1 - ((a + b) * x) / (a + 1);
  d = 1 / (Math.abs(d) < tiny ? tiny : d);
  let result = d;
  for (let m = 1; m <= MAX_TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 + even * d;
    c = 1 + even / c;
    d = 1 / (Math.abs(d) < tiny ? tiny : d);
    c = Math.abs(c) < tiny ? tiny : c;
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 + odd * d;
    c = 1 + odd / c;
    d = 1 / (Math.abs(d) < tiny ? tiny : d);
    c = Math.abs(c) < tiny ? tiny : c;
    const step = d * c;
    result *= step;
    if (Math.abs(step - 1) < 3e-16) break;
  }
  return result;
}
