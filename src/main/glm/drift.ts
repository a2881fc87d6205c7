import { type Matrix, matrix } from '../math/matrix.ts';

/** How slow changes of the signal are modelled. */
export const driftModels = ['cosine', 'polynomial', 'none'] as const;
export type DriftModel = (typeof driftModels)[number];

export interface DriftOptions {
  readonly driftModel: DriftModel;
  /** Hz: cosines of lower frequency are in the model. Used by `cosine`; default 0.01. */
  readonly highPass?: number;
  /** Used by `polynomial`; default 1. */
  readonly driftOrder?: number;
}

/** Slow columns and, last, a constant of 1: [nTime, names.length], named `drift_1` ... `constant` as in nilearn. */
export function createDrift(
  frameTimes: ArrayLike<number>,
  options: DriftOptions,
): { readonly names: readonly string[]; readonly columns: Matrix } {
  const columns =
    options.driftModel === 'cosine'
      ? createCosineDrift(options.highPass ?? 0.01, frameTimes)
      : options.driftModel === 'polynomial'
        ? createPolynomialDrift(options.driftOrder ?? 1, frameTimes)
        : createPolynomialDrift(0, frameTimes);
  const names = Array.from({ length: columns.cols }, (_, k) =>
    k === columns.cols - 1 ? 'constant' : `drift_${k + 1}`,
  );
  return { names, columns };
}

/**
 * The discrete cosine basis (DCT-II) below a frequency, and a constant last: nilearn's `create_cosine_drift`, whose
 * cosines are those of SPM's `spm_dctmtx`. SPM counts one column less at some cut-offs (it rounds differently).
 * @param highPass Hz
 * @param frameTimes seconds, equally spaced
 * @returns [nTime, order + 1], order = min(nTime - 1, floor(2 nTime highPass tR))
 */
export function createCosineDrift(highPass: number, frameTimes: ArrayLike<number>): Matrix {
  const n = frameTimes.length;
  const tR = (frameTimes[n - 1] - frameTimes[0]) / (n - 1);
  const order = Math.min(n - 1, Math.floor(2 * n * highPass * tR));
  const result = matrix(n, order + 1);
  const scale = Math.sqrt(2 / n);
  for (let i = 0; i < n; i++) {
    for (let k = 1; k <= order; k++) {
      result.data[i * (order + 1) + k - 1] = scale * Math.cos((Math.PI / n) * (i + 0.5) * k);
    }
    result.data[i * (order + 1) + order] = 1;
  }
  return result;
}

/**
 * Powers of time up to `order`, each orthogonal to the lower ones, and the constant last: nilearn's `_poly_drift`.
 * @returns [nTime, order + 1]
 */
export function createPolynomialDrift(order: number, frameTimes: ArrayLike<number>): Matrix {
  const n = frameTimes.length;
  let longest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < n; i++) longest = Math.max(longest, frameTimes[i]);
  const powers: Float64Array[] = [];
  for (let k = 0; k <= order; k++) {
    const power = Float64Array.from(frameTimes, (t) => (t / longest) ** k);
    // Twice, because one pass of Gram-Schmidt leaves the rounding of nearly parallel powers.
    for (let pass = 0; pass < 2; pass++) for (const lower of powers) projectOut(power, lower);
    powers.push(power);
  }
  const result = matrix(n, order + 1);
  [...powers.slice(1), powers[0]].forEach((column, k) => {
    for (let i = 0; i < n; i++) result.data[i * (order + 1) + k] = column[i];
  });
  return result;
}

function projectOut(values: Float64Array, direction: Float64Array): void {
  let product = 0;
  let length = 0;
  for (let i = 0; i < values.length; i++) {
    product += values[i] * direction[i];
    length += direction[i] * direction[i];
  }
  for (let i = 0; i < values.length; i++) values[i] -= (product / length) * direction[i];
}
