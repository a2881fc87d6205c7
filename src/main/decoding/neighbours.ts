import type { Engine } from '../engine/engine.ts';

export type Closeness = 'euclidean' | 'correlation';

export interface Neighbour {
  /** Position in the set. */
  readonly row: number;
  /** Euclidean distance, or 1 - Pearson's correlation: smaller is closer. */
  readonly distance: number;
}

/** Rows of the set whose products with the queries are in memory at a time. */
const rowsAtOnce = 4096;
/**
 * How far a product in single precision may be off, as a share of the lengths of both rows. Ten bits of mantissa are
 * enough for it, so that graphics cards may round the factors to TF32; true neighbours are then picked in float64.
 */
const productError = 1e-3;

/**
 * The k nearest rows of a set to each query, nearest first; of equally near ones the earlier row first.
 *
 * All products are computed on the engine, a part of the set at a time, in single precision; every row that could be
 * among the k nearest within rounding is then measured in float64, so that the answer is exact and the same on every
 * engine. A row of one value throughout has no correlation: its distance is 1.
 *
 * @param queries [nQueries, nFeatures] @param set [nRows, nFeatures]
 * @param k at least 1; fewer come back where the set has fewer rows
 * @param onRows called after each part of the set, with the rows so far
 */
export async function nearestNeighbours(
  engine: Engine,
  queries: Float32Array,
  set: Float32Array,
  nFeatures: number,
  options: { readonly k: number; readonly by: Closeness; readonly onRows?: (done: number) => void },
): Promise<Neighbour[][]> {
  const { tf } = engine;
  const { k, by } = options;
  const nQueries = queries.length / nFeatures;
  const nRows = set.length / nFeatures;
  // Distances are those between prepared rows: about the set's mean, or standardised.
  const origin = by === 'euclidean' ? meanRow(set, nFeatures) : null;
  const left = prepareRows(queries, nFeatures, origin);
  const candidates = Array.from({ length: nQueries }, () => new Candidates(k));
  const queryTensor = tf.tensor2d(left.rows.slice(), [nQueries, nFeatures]);
  try {
    for (let from = 0; from < nRows; from += rowsAtOnce) {
      const to = Math.min(nRows, from + rowsAtOnce);
      const right = prepareRows(set.subarray(from * nFeatures, to * nFeatures), nFeatures, origin);
      const product = tf.tidy(() =>
        tf.matMul(queryTensor, tf.tensor2d(right.rows, [to - from, nFeatures]), false, true),
      );
      const products = await product.data<'float32'>();
      product.dispose();
      for (let query = 0; query < nQueries; query++) {
        const own = left.squares[query];
        for (let row = 0; row < to - from; row++) {
          const other = right.squares[row];
          const squared = own + other - 2 * products[query * (to - from) + row];
          candidates[query].offer(from + row, squared, 2 * productError * Math.sqrt(own * other));
        }
      }
      options.onRows?.(to);
    }
  } finally {
    queryTensor.dispose();
  }
  return candidates.map((found, query) => {
    const own = queries.subarray(query * nFeatures, (query + 1) * nFeatures);
    return found
      .rows()
      .map((row) => ({
        row,
        distance: exactDistance(own, set.subarray(row * nFeatures, (row + 1) * nFeatures), by),
      }))
      .sort((a, b) => a.distance - b.distance || a.row - b.row)
      .slice(0, k);
  });
}

/** The distance of two rows, in float64 (see `Neighbour.distance`). */
export function exactDistance(a: Float32Array, b: Float32Array, by: Closeness): number {
  if (by === 'euclidean') {
    let sum = 0;
    for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
    return Math.sqrt(sum);
  }
  let [meanA, meanB] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    meanA += a[i] / a.length;
    meanB += b[i] / a.length;
  }
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] - meanA, b[i] - meanB];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa > 0 && bb > 0 ? 1 - Math.min(1, Math.max(-1, ab / Math.sqrt(aa * bb))) : 1;
}

/** The rows that may be among the k nearest, given how far each measured distance may be off. */
class Candidates {
  readonly #k: number;
  /** The k smallest upper bounds so far, ascending. */
  readonly #upper: number[] = [];
  #kept: { row: number; lower: number }[] = [];

  constructor(k: number) {
    this.#k = k;
  }

  offer(row: number, squared: number, error: number): void {
    const lower = squared - error;
    if (this.#upper.length === this.#k && lower > this.#upper[this.#k - 1]) return;
    this.#kept.push({ row, lower });
    const upper = squared + error;
    let at = this.#upper.length;
    while (at > 0 && this.#upper[at - 1] > upper) at--;
    if (at < this.#k) {
      this.#upper.splice(at, 0, upper);
      this.#upper.length = Math.min(this.#upper.length, this.#k);
    }
    // What the bound has left behind goes now and then, so that few are held however large the set is.
    if (this.#kept.length > 64 + 4 * this.#k && this.#kept.length % 64 === 0) this.#prune();
  }

  rows(): number[] {
    this.#prune();
    return this.#kept.map(({ row }) => row);
  }

  #prune(): void {
    const bound = this.#upper.length < this.#k ? Number.POSITIVE_INFINITY : this.#upper[this.#k - 1];
    this.#kept = this.#kept.filter(({ lower }) => lower <= bound);
  }
}

function meanRow(values: Float32Array, nFeatures: number): Float64Array {
  const mean = new Float64Array(nFeatures);
  for (let start = 0; start < values.length; start += nFeatures) {
    for (let i = 0; i < nFeatures; i++) mean[i] += values[start + i];
  }
  const n = Math.max(1, values.length / nFeatures);
  return mean.map((sum) => sum / n);
}

/** Rows less an origin, or (without one) of mean 0 and length 1; and the squares of their lengths. */
function prepareRows(
  values: Float32Array,
  nFeatures: number,
  origin: Float64Array | null,
): { rows: Float32Array; squares: Float64Array } {
  const rows = new Float32Array(values.length);
  const squares = new Float64Array(values.length / nFeatures);
  for (let row = 0; row < squares.length; row++) {
    const start = row * nFeatures;
    let mean = 0;
    if (origin === null) for (let i = 0; i < nFeatures; i++) mean += values[start + i] / nFeatures;
    let square = 0;
    for (let i = 0; i < nFeatures; i++) square += (values[start + i] - (origin?.[i] ?? mean)) ** 2;
    const scale = origin !== null ? 1 : square > 0 ? 1 / Math.sqrt(square) : 0;
    for (let i = 0; i < nFeatures; i++) rows[start + i] = (values[start + i] - (origin?.[i] ?? mean)) * scale;
    // A row without a direction stands at distance sqrt(2) of every other, as correlation 0 does.
    squares[row] = origin !== null ? square : 1;
  }
  return { rows, squares };
}
