import { choleskyFactor, choleskySolve } from '../math/cholesky.ts';
import { crossProduct, gram, type Matrix, matrix } from '../math/matrix.ts';
import { Random } from '../math/random.ts';

export interface ReadoutOptions {
  /** Decides which faces go into which fold. */
  readonly seed: number;
  /** Default 10. */
  readonly folds?: number;
  /** Added to the diagonal of the codes' scatter, as a share of its mean; default 1e-3. */
  readonly ridge?: number;
}

/**
 * What a linear function of the codes says of faces that it was not fitted on: k-fold ridge regression (with an
 * intercept that is not shrunk), all targets at once, in float64. For a class, give targets of 1 and -1 and take the
 * sign: Fisher's discriminant up to the threshold.
 *
 * @param codes `[nFaces, nLatents]`
 * @param targets `[nFaces, nTargets]`
 * @returns predictions `[nFaces, nTargets]`, each by the fit that left out the face's fold.
 * @throws RangeError when the shapes do not fit, there are fewer faces than folds, or the codes of a fit are constant.
 */
export function crossValidatedReadout(
  codes: Float32Array | Float64Array,
  nLatents: number,
  targets: Float32Array | Float64Array,
  nTargets: number,
  options: ReadoutOptions,
): Float64Array {
  const { seed, folds = 10, ridge = 1e-3 } = options;
  const nFaces = codes.length / nLatents;
  if (!Number.isInteger(nFaces) || targets.length !== nFaces * nTargets || nFaces < folds) {
    throw new RangeError(
      `${codes.length} and ${targets.length} values for codes of ${nLatents}, ${nTargets} targets and ${folds} folds`,
    );
  }
  const order = new Random(seed).fork('folds').permutation(nFaces);
  const rowsOf = Array.from({ length: folds }, (_, fold) => order.filter((_, at) => at % folds === fold));
  const pick = (values: Float32Array | Float64Array, width: number, rows: Uint32Array) => {
    const picked = matrix(rows.length, width);
    rows.forEach((row, at) => {
      picked.data.set(values.subarray(row * width, (row + 1) * width), at * width);
    });
    return picked;
  };
  const parts = rowsOf.map((rows) => {
    const x = withIntercept(pick(codes, nLatents, rows));
    const y = pick(targets, nTargets, rows);
    return { rows, x, scatter: gram(x), products: crossProduct(x, y) };
  });
  const predictions = new Float64Array(targets.length);
  for (const held of parts) {
    const rest = parts.filter((part) => part !== held);
    const scatter = sumOf(rest.map((part) => part.scatter));
    const weights = solveRidge(scatter, sumOf(rest.map((part) => part.products)), ridge);
    held.rows.forEach((row, at) => {
      for (let target = 0; target < nTargets; target += 1) {
        let sum = 0;
        for (let k = 0; k <= nLatents; k += 1) {
          sum += held.x.data[at * (nLatents + 1) + k] * weights.data[k * nTargets + target];
        }
        predictions[row * nTargets + target] = sum;
      }
    });
  }
  return predictions;
}

/** A last column of ones. */
function withIntercept({ rows, cols, data }: Matrix): Matrix {
  const wide = matrix(rows, cols + 1);
  for (let row = 0; row < rows; row += 1) {
    wide.data.set(data.subarray(row * cols, (row + 1) * cols), row * (cols + 1));
    wide.data[row * (cols + 1) + cols] = 1;
  }
  return wide;
}

function sumOf(matrices: readonly Matrix[]): Matrix {
  const [{ rows, cols }] = matrices;
  const sum = matrix(rows, cols);
  for (const { data } of matrices) for (let i = 0; i < data.length; i += 1) sum.data[i] += data[i];
  return sum;
}

/** Solves about the mean of the codes, so that the ridge is a share of their variance and spares the intercept. */
function solveRidge(scatter: Matrix, products: Matrix, ridge: number): Matrix {
  const width = scatter.rows;
  const last = width - 1;
  const count = scatter.data[last * width + last];
  let variance = 0;
  for (let k = 0; k < last; k += 1) {
    variance += scatter.data[k * width + k] - scatter.data[last * width + k] ** 2 / count;
  }
  for (let k = 0; k < last; k += 1) scatter.data[k * width + k] += (ridge * variance) / last;
  const factor = choleskyFactor(scatter);
  if (!factor.ok) throw new RangeError('The codes hold nothing that differs between the faces');
  return choleskySolve(factor.lower, products);
}
