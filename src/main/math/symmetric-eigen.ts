import { dot, identity, type Matrix, transpose } from './matrix.ts';

export interface SymmetricEigen {
  /** [n], descending. */
  readonly values: Float64Array;
  /** [n, n], one eigenvector a column, of unit length, its largest element positive. */
  readonly vectors: Matrix;
}

const MAX_SWEEPS = 60;

/**
 * Eigenvalues and eigenvectors of a symmetric [n, n] matrix: Householder tridiagonalisation, then implicit QL
 * with Wilkinson shifts (Golub & Van Loan 2013, *Matrix Computations*, 8.3; EISPACK tql2).
 * @throws RangeError when `a` is not square or not finite
 */
export function symmetricEigen(a: Matrix): SymmetricEigen {
  const n = a.rows;
  if (n !== a.cols) throw new RangeError(`A ${a.rows} x ${a.cols} matrix has no eigenvectors`);
  for (const value of a.data) {
    if (!Number.isFinite(value)) throw new RangeError('The matrix holds a value that is not finite');
  }
  const { diagonal, offDiagonal, basis } = tridiagonalise(a);
  implicitQl(diagonal, offDiagonal, basis.data, n);
  return sortDescending(diagonal, basis);
}

interface Tridiagonal {
  /** [n] */
  readonly diagonal: Float64Array;
  /** [n], element i couples i and i + 1; the last is 0. */
  readonly offDiagonal: Float64Array;
  /** Q' of a = Q T Q': the vectors stand in rows, so that every later rotation runs along memory. */
  readonly basis: Matrix;
}

function tridiagonalise(a: Matrix): Tridiagonal {
  const n = a.rows;
  const work = a.data.slice();
  const diagonal = new Float64Array(n);
  const offDiagonal = new Float64Array(n);
  const scales = new Float64Array(n);
  const p = new Float64Array(n);
  for (let k = 0; k < n - 1; k++) {
    const row = k * n;
    diagonal[k] = work[row + k];
    // Row k right of the diagonal becomes the Householder vector v that maps it onto its first element.
    let largest = 0;
    for (let j = k + 1; j < n; j++) largest = Math.max(largest, Math.abs(work[row + j]));
    if (k === n - 2 || largest === 0) {
      offDiagonal[k] = work[row + k + 1];
      continue;
    }
    let sum = 0;
    for (let j = k + 1; j < n; j++) {
      work[row + j] /= largest;
      sum += work[row + j] * work[row + j];
    }
    const first = work[row + k + 1];
    const alpha = first > 0 ? -Math.sqrt(sum) : Math.sqrt(sum);
    offDiagonal[k] = alpha * largest;
    work[row + k + 1] = first - alpha;
    const scale = 1 / (sum - alpha * first);
    scales[k] = scale;
    // The remaining block: A - v w' - w v', with p = scale A v and w = p - (scale/2)(p'v) v.
    const size = n - k - 1;
    for (let i = k + 1; i < n; i++) p[i] = scale * dot(work, i * n + k + 1, work, row + k + 1, size);
    const half = 0.5 * scale * dot(p, k + 1, work, row + k + 1, size);
    for (let i = k + 1; i < n; i++) p[i] -= half * work[row + i];
    for (let i = k + 1; i < n; i++) {
      const vi = work[row + i];
      const wi = p[i];
      const at = i * n;
      for (let j = k + 1; j < n; j++) work[at + j] -= vi * p[j] + wi * work[row + j];
    }
  }
  diagonal[n - 1] = work[n * n - 1];

  const basis = identity(n);
  const q = basis.data;
  for (let k = n - 3; k >= 0; k--) {
    if (scales[k] === 0) continue;
    const start = k + 1;
    for (let i = start; i < n; i++) {
      const factor = scales[k] * dot(q, i * n + start, work, k * n + start, n - start);
      for (let j = start; j < n; j++) q[i * n + j] -= factor * work[k * n + j];
    }
  }
  return { diagonal, offDiagonal, basis };
}

/** Diagonalises in place: `d` the eigenvalues, the rows of `z` the eigenvectors. */
function implicitQl(d: Float64Array, e: Float64Array, z: Float64Array, n: number): void {
  // What counts as zero is measured by the largest part: among the zero eigenvalues of a matrix of low rank, a
  // neighbour's size would be rounding noise itself.
  const scale = d.reduce((largest, value, l) => Math.max(largest, Math.abs(value) + Math.abs(e[l])), 0);
  for (let l = 0; l < n; l++) {
    for (let sweep = 0; ; sweep++) {
      let m = l;
      while (m < n - 1 && Math.abs(e[m]) > Number.EPSILON * scale) m++;
      if (m === l) break;
      if (sweep === MAX_SWEEPS) throw new RangeError('The eigenvalues did not converge');
      let g = (d[l + 1] - d[l]) / (2 * e[l]);
      let r = Math.hypot(g, 1);
      g = d[m] - d[l] + e[l] / (g + (g >= 0 ? r : -r));
      let s = 1;
      let c = 1;
      let p = 0;
      let i = m - 1;
      for (; i >= l; i--) {
        const f = s * e[i];
        const b = c * e[i];
        r = Math.hypot(f, g);
        e[i + 1] = r;
        if (r === 0) {
          // Underflow: the matrix splits here.
          d[i + 1] -= p;
          e[m] = 0;
          break;
        }
        s = f / r;
        c = g / r;
        g = d[i + 1] - p;
        r = (d[i] - g) * s + 2 * c * b;
        p = s * r;
        d[i + 1] = g + p;
        g = c * r - b;
        const upper = i * n;
        const lower = upper + n;
        for (let k = 0; k < n; k++) {
          const t = z[lower + k];
          z[lower + k] = s * z[upper + k] + c * t;
          z[upper + k] = c * z[upper + k] - s * t;
        }
      }
      if (r === 0 && i >= l) continue;
      d[l] -= p;
      e[l] = g;
      e[m] = 0;
    }
  }
}

function sortDescending(values: Float64Array, rows: Matrix): SymmetricEigen {
  const n = values.length;
  const order = Array.from(values.keys()).sort((i, j) => values[j] - values[i]);
  const sorted = new Float64Array(n * n);
  order.forEach((from, to) => {
    const vector = rows.data.subarray(from * n, (from + 1) * n);
    let largest = 0;
    for (const value of vector) if (Math.abs(value) > Math.abs(largest)) largest = value;
    // The sign of an eigenvector is arbitrary: fixed, so that results compare.
    const sign = largest < 0 ? -1 : 1;
    for (let k = 0; k < n; k++) sorted[to * n + k] = sign * vector[k];
  });
  return {
    values: Float64Array.from(order, (i) => values[i]),
    vectors: transpose({ rows: n, cols: n, data: sorted }),
  };
}
