import { FusiformError } from '../../shared/errors.ts';
import type { Engine } from '../engine/engine.ts';
import { choleskyFactor, choleskyInverse } from '../math/cholesky.ts';
import { matrix } from '../math/matrix.ts';
import type { AffineDecoder } from './affine-decoder.ts';
import { singularTolerance } from './mapping.ts';
import { gramOfRows, timesWide } from './products.ts';

/**
 * The forward model inverted by least squares, `x = y W' (W W')^-1`, as one matrix: the rows of `(W W')^-1 W` that belong to
 * latents. With weights of the ridge, decoder (b); with those of least squares, the paper's.
 *
 * @param weights [nLatents + 1, nVoxels], the bias last
 * @throws FusiformError MAPPING_SINGULAR
 */
export async function forwardInverse(
  weights: Float32Array,
  nVoxels: number,
  engine: Engine | null = null,
  signal?: AbortSignal,
): Promise<AffineDecoder> {
  const nRegressors = weights.length / nVoxels;
  const factored = choleskyFactor(await gramOfRows(engine, weights, nVoxels, signal), singularTolerance);
  if (!factored.ok) {
    throw new FusiformError(
      'MAPPING_SINGULAR',
      `The weights of regressor ${factored.column + 1} of ${nRegressors} are zero or follow from the others' in these ${nVoxels} voxels.`,
      { details: { regressor: factored.column, nRegressors, nVoxels } },
    );
  }
  const nLatents = nRegressors - 1;
  const inverse = choleskyInverse(factored.lower);
  const rows = matrix(nLatents, nRegressors, inverse.data.slice(0, nLatents * nRegressors));
  return {
    nLatents,
    nVoxels,
    matrix: await timesWide(engine, rows, weights, nVoxels),
    offset: new Float64Array(nLatents),
    posterior: null,
  };
}
