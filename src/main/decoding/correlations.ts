/**
 * Pearson's correlation of every row of `a` with every row of `b`, in float64.
 *
 * A row of one value throughout has no direction: its correlations count as 0, so that it ties with whatever it is
 * compared with.
 *
 * @param a [nA, nFeatures] @param b [nB, nFeatures]
 * @returns [nA, nB]
 */
export function rowCorrelations(
  a: Float32Array | Float64Array,
  b: Float32Array | Float64Array,
  nFeatures: number,
): Float64Array {
  if (nFeatures < 1 || a.length % nFeatures !== 0 || b.length % nFeatures !== 0) {
    throw new RangeError(`${a.length} and ${b.length} values are no whole number of rows of ${nFeatures}`);
  }
  const left = standardisedRows(a, nFeatures);
  const right = standardisedRows(b, nFeatures);
  const nA = a.length / nFeatures;
  const nB = b.length / nFeatures;
  const correlations = new Float64Array(nA * nB);
  for (let i = 0; i < nA; i += 1) {
    for (let j = 0; j < nB; j += 1) {
      let sum = 0;
      for (let k = 0; k < nFeatures; k += 1) sum += left[i * nFeatures + k] * right[j * nFeatures + k];
      correlations[i * nB + j] = Math.min(1, Math.max(-1, sum));
    }
  }
  return correlations;
}

/** Rows of mean 0 and length 1; rows of one value become 0. */
function standardisedRows(values: Float32Array | Float64Array, nFeatures: number): Float64Array {
  const rows = Float64Array.from(values);
  for (let start = 0; start < rows.length; start += nFeatures) {
    const row = rows.subarray(start, start + nFeatures);
    if (row.every((value) => value === row[0])) {
      row.fill(0);
      continue;
    }
    let mean = 0;
    for (const value of row) mean += value / nFeatures;
    let squares = 0;
    for (let k = 0; k < nFeatures; k += 1) {
      row[k] -= mean;
      squares += row[k] * row[k];
    }
    const scale = 1 / Math.sqrt(squares);
    for (let k = 0; k < nFeatures; k += 1) row[k] *= scale;
  }
  return rows;
}

/** How many of a row's other entries the entry `target` beats; a tie counts one half. */
export function distractorsBeaten(row: Float64Array, target: number): number {
  let beaten = 0;
  for (let j = 0; j < row.length; j += 1) {
    if (j === target) continue;
    if (row[target] > row[j]) beaten += 1;
    else if (row[target] === row[j]) beaten += 0.5;
  }
  return beaten;
}
