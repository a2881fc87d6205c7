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
  // Four rows of `b` at a time: each value of `a` is read once for all of them.
  const whole = nB - (nB % 4);
  for (let i = 0; i < nA; i += 1) {
    const row = left.subarray(i * nFeatures, (i + 1) * nFeatures);
    for (let j = 0; j < whole; j += 4) {
      const [b0, b1, b2, b3] = [j, j + 1, j + 2, j + 3].map((at) => at * nFeatures);
      let [s0, s1, s2, s3] = [0, 0, 0, 0];
      for (let k = 0; k < nFeatures; k += 1) {
        const value = row[k];
        s0 += value * right[b0 + k];
        s1 += value * right[b1 + k];
        s2 += value * right[b2 + k];
        s3 += value * right[b3 + k];
      }
      const at = i * nB + j;
      correlations[at] = s0;
      correlations[at + 1] = s1;
      correlations[at + 2] = s2;
      correlations[at + 3] = s3;
    }
    for (let j = whole; j < nB; j += 1) {
      let sum = 0;
      for (let k = 0; k < nFeatures; k += 1) sum += row[k] * right[j * nFeatures + k];
      correlations[i * nB + j] = sum;
    }
  }
  for (let at = 0; at < correlations.length; at += 1) {
    correlations[at] = Math.min(1, Math.max(-1, correlations[at]));
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
