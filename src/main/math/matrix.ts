/**
 * Dense float64 matrices, row-major, and their products. The loops run along rows, four terms of the inner
 * dimension at a time, so that a product streams through memory once for every four terms.
 */
export interface Matrix {
  readonly rows: number;
  readonly cols: number;
  /** [rows * cols], row-major. */
  readonly data: Float64Array;
}

/** A matrix over `data` (not copied), or of zeros. @throws RangeError when the length does not fit */
export function matrix(rows: number, cols: number, data?: Float64Array | ArrayLike<number>): Matrix {
  if (data === undefined) return { rows, cols, data: new Float64Array(rows * cols) };
  if (data.length !== rows * cols) {
    throw new RangeError(`${data.length} values do not fill a ${rows} x ${cols} matrix`);
  }
  return { rows, cols, data: data instanceof Float64Array ? data : Float64Array.from(data) };
}

export function identity(n: number): Matrix {
  const result = matrix(n, n);
  for (let i = 0; i < n; i++) result.data[i * n + i] = 1;
  return result;
}

export function transpose(a: Matrix): Matrix {
  const { rows, cols, data } = a;
  const out = new Float64Array(rows * cols);
  const block = 32;
  for (let r0 = 0; r0 < rows; r0 += block) {
    const r1 = Math.min(rows, r0 + block);
    for (let c0 = 0; c0 < cols; c0 += block) {
      const c1 = Math.min(cols, c0 + block);
      for (let r = r0; r < r1; r++) {
        for (let c = c0; c < c1; c++) out[c * rows + r] = data[r * cols + c];
      }
    }
  }
  return { rows: cols, cols: rows, data: out };
}

/** `a b`, [m, k] by [k, n]. @throws RangeError when the inner dimensions differ */
export function multiply(a: Matrix, b: Matrix): Matrix {
  if (a.cols !== b.rows) throw shapeError('a b', a, b);
  const result = matrix(a.rows, b.cols);
  const { data: x, cols: k } = a;
  for (let i = 0; i < a.rows; i++) {
    addRowCombination(result.data, i * b.cols, x, i * k, 1, k, b);
  }
  return result;
}

/** `a' b`, [k, m] and [k, n] to [m, n]. @throws RangeError when the numbers of rows differ */
export function crossProduct(a: Matrix, b: Matrix): Matrix {
  if (a.rows !== b.rows) throw shapeError("a' b", a, b);
  const result = matrix(a.cols, b.cols);
  for (let i = 0; i < a.cols; i++) {
    addRowCombination(result.data, i * b.cols, a.data, i, a.cols, a.rows, b);
  }
  return result;
}

/** `a b'`, [m, k] and [n, k] to [m, n]. @throws RangeError when the numbers of columns differ */
export function multiplyTransposed(a: Matrix, b: Matrix): Matrix {
  if (a.cols !== b.cols) throw shapeError("a b'", a, b);
  const result = matrix(a.rows, b.rows);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < b.rows; j++) {
      result.data[i * b.rows + j] = dot(a.data, i * a.cols, b.data, j * b.cols, a.cols);
    }
  }
  return result;
}

/** Columns that stand side by side in a panel of `gram`. */
export const panel = 4;

/**
 * `a' a`, [cols, cols], exactly symmetric. The columns are rearranged into panels of four, so that eight sums at a time
 * stay in registers while two panels go by.
 */
export function gram(a: Matrix): Matrix {
  const { rows, cols: n } = a;
  const panels = inPanels(a);
  const nPanels = Math.ceil(n / panel);
  const padded = new Float64Array((nPanels * panel) ** 2);
  for (let p = 0; p < nPanels; p++) {
    for (let q = p; q < nPanels; q++) {
      gramTile(padded, nPanels * panel, panels, rows, p, q, 0);
      gramTile(padded, nPanels * panel, panels, rows, p, q, 2);
    }
  }
  const result = matrix(n, n);
  for (let i = 0; i < n; i++) {
    const from = i * nPanels * panel;
    result.data.set(padded.subarray(from, from + n), i * n);
  }
  mirrorUpper(result.data, n);
  return result;
}

/** Two columns of panel p, from `first` on, by the four of panel q. */
function gramTile(
  out: Float64Array,
  width: number,
  panels: Float64Array,
  rows: number,
  p: number,
  q: number,
  first: 0 | 2,
): void {
  const length = rows * panel;
  const left = p * length + first;
  const right = q * length;
  let [s0, s1, s2, s3, t0, t1, t2, t3] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let k = 0; k < length; k += panel) {
    const u = panels[left + k];
    const v = panels[left + k + 1];
    const b0 = panels[right + k];
    const b1 = panels[right + k + 1];
    const b2 = panels[right + k + 2];
    const b3 = panels[right + k + 3];
    s0 += u * b0;
    s1 += u * b1;
    s2 += u * b2;
    s3 += u * b3;
    t0 += v * b0;
    t1 += v * b1;
    t2 += v * b2;
    t3 += v * b3;
  }
  const above = (p * panel + first) * width + q * panel;
  const below = above + width;
  out[above] = s0;
  out[above + 1] = s1;
  out[above + 2] = s2;
  out[above + 3] = s3;
  out[below] = t0;
  out[below + 1] = t1;
  out[below + 2] = t2;
  out[below + 3] = t3;
}

/** [panels, rows, 4], zeros behind the last column. */
export function inPanels({ rows, cols, data }: Matrix): Float64Array {
  const result = new Float64Array(Math.ceil(cols / panel) * panel * rows);
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++) {
      const at = (col - (col % panel)) * rows + row * panel + (col % panel);
      result[at] = data[row * cols + col];
    }
  }
  return result;
}

/** Copies the upper triangle of an [n, n] array onto the lower one. */
export function mirrorUpper(data: Float64Array, n: number): void {
  for (let i = 1; i < n; i++) {
    for (let j = 0; j < i; j++) data[i * n + j] = data[j * n + i];
  }
}

/** The dot product of two stretches of arrays. */
export function dot(
  a: Float64Array,
  aStart: number,
  b: Float64Array,
  bStart: number,
  length: number,
): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = 0;
  for (; i + 3 < length; i += 4) {
    s0 += a[aStart + i] * b[bStart + i];
    s1 += a[aStart + i + 1] * b[bStart + i + 1];
    s2 += a[aStart + i + 2] * b[bStart + i + 2];
    s3 += a[aStart + i + 3] * b[bStart + i + 3];
  }
  for (; i < length; i++) s0 += a[aStart + i] * b[bStart + i];
  return s0 + s1 + (s2 + s3);
}

/** out[outStart..] += sum over i < count of weights[start + i * step] * (row i of b). */
function addRowCombination(
  out: Float64Array,
  outStart: number,
  weights: Float64Array,
  start: number,
  step: number,
  count: number,
  b: Matrix,
): void {
  const { cols: n, data: y } = b;
  let i = 0;
  for (; i + 3 < count; i += 4) {
    const w0 = weights[start + i * step];
    const w1 = weights[start + (i + 1) * step];
    const w2 = weights[start + (i + 2) * step];
    const w3 = weights[start + (i + 3) * step];
    const b0 = i * n;
    const b1 = b0 + n;
    const b2 = b1 + n;
    const b3 = b2 + n;
    for (let j = 0; j < n; j++) {
      out[outStart + j] += w0 * y[b0 + j] + w1 * y[b1 + j] + w2 * y[b2 + j] + w3 * y[b3 + j];
    }
  }
  for (; i < count; i++) {
    const w = weights[start + i * step];
    for (let j = 0; j < n; j++) out[outStart + j] += w * y[i * n + j];
  }
}

function shapeError(product: string, a: Matrix, b: Matrix): RangeError {
  return new RangeError(`${product} of ${a.rows} x ${a.cols} and ${b.rows} x ${b.cols} is not defined`);
}

/** The sum of squares of every column: [cols]. */
export function columnSquares({ cols, data }: Matrix): Float64Array {
  const sums = new Float64Array(cols);
  for (let i = 0; i < data.length; i++) sums[i % cols] += data[i] ** 2;
  return sums;
}
