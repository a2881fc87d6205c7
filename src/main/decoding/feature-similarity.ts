/**
 * How well reconstructions keep what a network sees of the faces. Features are `[nFaces, nFeatures]`, row by row; the
 * faces and their reconstructions stand in the same order.
 */

/**
 * The share of what sets faces apart, in the features, that each reconstruction misses:
 * `|f(x_i) - f(x'_i)|^2 / mean_j |f(x_j) - mean f|^2`, in float64. Their mean over the faces is one less the explained
 * variance: 0 for perfect reconstructions, 1 for the mean features in place of each face, more for worse.
 *
 * @returns `[nFaces]`
 * @throws RangeError when the shapes do not fit, or all faces have the same features.
 */
export function missedVariance(
  originals: Float32Array,
  reconstructions: Float32Array,
  nFeatures: number,
): Float64Array {
  const nFaces = countRows(originals, reconstructions, nFeatures);
  const centre = new Float64Array(nFeatures);
  for (let i = 0; i < originals.length; i += 1) centre[i % nFeatures] += originals[i] / nFaces;
  let spread = 0;
  const missed = new Float64Array(nFaces);
  for (let face = 0; face < nFaces; face += 1) {
    for (let k = 0, at = face * nFeatures; k < nFeatures; k += 1, at += 1) {
      spread += (originals[at] - centre[k]) ** 2;
      missed[face] += (originals[at] - reconstructions[at]) ** 2;
    }
  }
  if (spread === 0) throw new RangeError('All faces have the same features');
  return missed.map((squares) => (squares * nFaces) / spread);
}

/**
 * The distance of LPIPS (Zhang et al. 2018, equation 1) without its learned weights: at each position of a layer the
 * features of both images are scaled to length 1 over the channels (plus 1e-10), and their squared difference is
 * averaged over the positions. Between 0 and 4; add the layers up.
 *
 * @param originals `[nFaces, nPositions, nChannels]` @param reconstructions the same.
 * @returns `[nFaces]`
 * @throws RangeError when the shapes do not fit.
 */
export function perceptualDistance(
  originals: Float32Array,
  reconstructions: Float32Array,
  nPositions: number,
  nChannels: number,
): Float64Array {
  const nFaces = countRows(originals, reconstructions, nPositions * nChannels);
  const distances = new Float64Array(nFaces);
  for (let at = 0, start = 0; start < originals.length; at += 1, start += nChannels) {
    let squaresA = 0;
    let squaresB = 0;
    for (let k = start; k < start + nChannels; k += 1) {
      squaresA += originals[k] ** 2;
      squaresB += reconstructions[k] ** 2;
    }
    const lengthA = Math.sqrt(squaresA) + 1e-10;
    const lengthB = Math.sqrt(squaresB) + 1e-10;
    let sum = 0;
    for (let k = start; k < start + nChannels; k += 1) {
      sum += (originals[k] / lengthA - reconstructions[k] / lengthB) ** 2;
    }
    distances[Math.floor(at / nPositions)] += sum / nPositions;
  }
  return distances;
}

function countRows(originals: Float32Array, reconstructions: Float32Array, nFeatures: number): number {
  const nFaces = originals.length / nFeatures;
  if (originals.length !== reconstructions.length || !Number.isInteger(nFaces) || nFaces === 0) {
    throw new RangeError(
      `${originals.length} and ${reconstructions.length} values are no equal numbers of rows of ${nFeatures}`,
    );
  }
  return nFaces;
}
