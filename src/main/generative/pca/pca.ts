import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { FusiformError } from '../../../shared/errors.ts';
import type { WorkContext } from '../../../shared/progress.ts';
import type { Engine } from '../../engine/engine.ts';
import { matrix } from '../../math/matrix.ts';
import type { NamedArrays } from '../../math/nd-array.ts';
import { Random } from '../../math/random.ts';
import { symmetricEigen } from '../../math/symmetric-eigen.ts';
import { chunks } from '../chunks.ts';
import type { ImageSet } from '../image-set.ts';
import { gramOf, orthonormalise, toTensor } from './orthonormalise.ts';

export { loadPca } from './model.ts';

/** Passes over the faces that sharpen the subspace before the components are read from it. */
const iterations = 7;
/** Floats of centred faces on the engine at once. */
const floatsAtOnce = 2 ** 23;

/**
 * Principal components of faces ("eigenfaces"): the linear latent space that the paper compares with. Pixels
 * are flattened to `[n, S * S * 3]` in 0..1 and centred, not scaled. Randomised subspace iteration (Halko,
 * Martinsson & Tropp 2011, algorithm 4.4) with a Rayleigh-Ritz step; agrees with the exact decomposition to
 * float32 where eigenvalues are apart.
 *
 * @param nComponents at most `faces.count - 1` and at most the number of pixel values.
 * @param options.seed decides the random start, and so the last bits alone.
 * @returns `mean` [S*S*3], `components` [nComponents, S*S*3] of unit length, leading first, each with its
 *   element of largest magnitude positive, `explainedVariance` [nComponents] (divided by n - 1); all float32.
 * @throws FusiformError `TOO_FEW_FACES`.
 */
export async function fitPca(
  engine: Engine,
  faces: ImageSet,
  nComponents: number,
  options: { readonly seed: number },
  context: WorkContext,
): Promise<NamedArrays> {
  const nFeatures = faces.size * faces.size * 3;
  const most = Math.min(faces.count - 1, nFeatures);
  if (nComponents > most) {
    throw new FusiformError(
      'TOO_FEW_FACES',
      `${faces.count} faces of ${nFeatures} pixel values have at most ${most} components, not ${nComponents}`,
    );
  }
  // A wider subspace than asked for: its last directions converge last.
  const width = Math.min(most, nComponents + Math.max(10, Math.ceil(nComponents / 4)));
  let done = 0;
  const passDone = async (count: number) => {
    done += count;
    context.report({ done, total: faces.count * (iterations + 2), unit: 'faces' });
    await nextTurn();
    context.signal.throwIfAborted();
  };

  const centred = await centre(faces, passDone);
  let basis = randomBasis(engine, nFeatures, width, options.seed);
  try {
    for (let pass = 0; pass < iterations; pass++) {
      const product = await covarianceProduct(engine, centred, basis, passDone);
      basis.dispose();
      basis = await orthonormalise(engine, product);
      product.dispose();
    }
    const { values, vectors } = symmetricEigen(await projectedScatter(engine, centred, basis, passDone));
    const { tf } = engine;
    const rotated = tf.tidy(() => tf.matMul(toTensor(engine, vectors), basis, true, true));
    const components = (await rotated.data<'float32'>()).slice(0, nComponents * nFeatures);
    rotated.dispose();
    fixSigns(components, nFeatures);
    const variances = Float32Array.from(values.subarray(0, nComponents), (value) =>
      Math.max(0, value / (faces.count - 1)),
    );
    return {
      mean: { shape: [nFeatures], data: Float32Array.from(centred.mean) },
      components: { shape: [nComponents, nFeatures], data: components },
      explainedVariance: { shape: [nComponents], data: variances },
    };
  } finally {
    basis.dispose();
  }
}

/** The faces with their mean, summed over chunks. */
async function centre(faces: ImageSet, chunkDone: (count: number) => Promise<void>): Promise<CentredFaces> {
  const nFeatures = faces.size * faces.size * 3;
  const mean = new Float64Array(nFeatures);
  for (const [from, to] of chunks(faces.count, facesAtOnce(nFeatures))) {
    for (let face = from; face < to; face++) {
      const pixels = faces.image(face);
      for (let j = 0; j < nFeatures; j++) mean[j] += pixels[j];
    }
    await chunkDone(to - from);
  }
  for (let j = 0; j < nFeatures; j++) mean[j] /= 255 * faces.count;
  return new CentredFaces(faces, mean);
}

function facesAtOnce(nFeatures: number): number {
  return Math.max(1, Math.floor(floatsAtOnce / nFeatures));
}

/** Faces as rows of pixel values less their mean, made a few at a time. */
class CentredFaces {
  /** `[nFeatures]`, 0..1. */
  readonly mean: Float64Array;
  readonly #faces: ImageSet;

  constructor(faces: ImageSet, mean: Float64Array) {
    this.#faces = faces;
    this.mean = mean;
  }

  /** `[to - from, nFeatures]` */
  rows({ tf }: Engine, from: number, to: number): Tensor2D {
    const nFeatures = this.mean.length;
    const values = new Float32Array((to - from) * nFeatures);
    for (let row = 0; row < to - from; row++) {
      const pixels = this.#faces.image(from + row);
      const target = row * nFeatures;
      for (let j = 0; j < nFeatures; j++) values[target + j] = pixels[j] / 255 - this.mean[j];
    }
    return tf.tensor2d(values, [to - from, nFeatures]);
  }

  chunks(): Iterable<readonly [from: number, to: number]> {
    return chunks(this.#faces.count, facesAtOnce(this.mean.length));
  }
}

function randomBasis({ tf }: Engine, rows: number, cols: number, seed: number): Tensor2D {
  const values = new Float32Array(rows * cols);
  new Random(seed).fork('pca start').fillNormal(values);
  return tf.tensor2d(values, [rows, cols]);
}

/** `X' (X basis)`, [nFeatures, width], summed over chunks of faces. */
async function covarianceProduct(
  engine: Engine,
  faces: CentredFaces,
  basis: Tensor2D,
  chunkDone: (count: number) => Promise<void>,
): Promise<Tensor2D> {
  const { tf } = engine;
  let sum: Tensor2D = tf.zerosLike(basis);
  try {
    for (const [from, to] of faces.chunks()) {
      const before = sum;
      sum = tf.tidy(() => {
        const rows = faces.rows(engine, from, to);
        return tf.add(before, tf.matMul(rows, tf.matMul(rows, basis), true, false));
      });
      before.dispose();
      await chunkDone(to - from);
    }
    return sum;
  } catch (error) {
    sum.dispose();
    throw error;
  }
}

/** `(X basis)' (X basis)`, [width, width], the chunks summed in float64. */
async function projectedScatter(
  engine: Engine,
  faces: CentredFaces,
  basis: Tensor2D,
  chunkDone: (count: number) => Promise<void>,
) {
  const { tf } = engine;
  const width = basis.shape[1];
  const scatter = matrix(width, width);
  for (const [from, to] of faces.chunks()) {
    const scores: Tensor2D = tf.tidy(() => tf.matMul(faces.rows(engine, from, to), basis));
    const part = await gramOf(engine, scores);
    scores.dispose();
    for (let i = 0; i < part.data.length; i++) scatter.data[i] += part.data[i];
    await chunkDone(to - from);
  }
  return scatter;
}

/** The sign of a component is arbitrary; its largest element decides, so that results compare. */
function fixSigns(components: Float32Array, nFeatures: number): void {
  for (let start = 0; start < components.length; start += nFeatures) {
    const component = components.subarray(start, start + nFeatures);
    let largest = 0;
    for (const value of component) if (Math.abs(value) > Math.abs(largest)) largest = value;
    if (largest < 0) for (let j = 0; j < nFeatures; j++) component[j] = -component[j];
  }
}
