import type { Engine } from '../engine/engine.ts';
import { type Matrix, matrix } from '../math/matrix.ts';
import { engineMultiplier, loopMultiplier } from './multipliers.ts';
import { factorSystem, positionsOf } from './normal-system.ts';
import type { NormalEquations } from './streaming.ts';

export interface LatentWeightsOptions {
  /** Regressors that the penalty shrinks. */
  readonly latentNames: readonly string[];
  /** A regressor whose coefficients follow those of the latents. */
  readonly biasName: string;
  /**
   * Of the latents alone, in units of the mean diagonal element of their X'X once the other regressors are projected out:
   * neither the latents' scale nor the number of volumes changes its meaning. 0: least squares.
   */
  readonly penalty: number;
  /** Positions of the voxels wanted, ascending. */
  readonly positions: Uint32Array;
  /** Multiplies in float32; default null, float64 loops. */
  readonly engine?: Engine | null;
  readonly signal?: AbortSignal;
}

/**
 * Coefficients of the latents and of the bias under a ridge on the latents: rows of (X'X + alpha D)^-1 X'Y, with D 1 for a
 * latent and 0 for every other regressor (Hoerl & Kennard 1970, Technometrics 12:55). From kept sums: no run is read. Regressors
 * that no run has are left out.
 *
 * @returns [latents + 1, positions], the bias last.
 * @throws FusiformError DESIGN_COLLINEAR where the penalty is 0 and regressors follow from others
 */
export async function latentWeights(
  equations: NormalEquations,
  { latentNames, biasName, penalty, positions, engine = null, signal }: LatentWeightsOptions,
): Promise<Float32Array> {
  const { arrays, late } = await equations.toSave();
  const { names } = await equations.shown();
  const places = positionsOf(names, equations.names);
  const n = names.length;
  const system = pickSquare(arrays.gram.data, equations.names.length, places);
  const latents = positionsOf(latentNames, names);
  const { inverse } = factorSystem(system, names, ridgeOnLatents(system, latents, penalty));
  const wanted = [...latents, ...positionsOf([biasName], names)];
  const left = matrix(wanted.length, n);
  wanted.forEach((row, at) => {
    left.data.set(inverse.data.subarray(row * n, (row + 1) * n), at * n);
  });
  const result = new Float32Array(wanted.length * positions.length);
  const times = engine === null ? loopMultiplier(left) : engineMultiplier(engine, left);
  try {
    let done = 0;
    for (const [name, piece] of Object.entries(late)) {
      signal?.throwIfAborted();
      const start = Number(name.slice(name.lastIndexOf('/') + 1));
      const size = piece.shape[1];
      const columns = columnsWithin(positions, done, start + size);
      if (columns.length === 0) continue;
      const values = await piece.read();
      const right = matrix(n, columns.length);
      for (let row = 0; row < n; row++) {
        for (let at = 0; at < columns.length; at++) {
          right.data[row * columns.length + at] = values[places[row] * size + columns[at] - start];
        }
      }
      const solved = await times.apply(right);
      for (let row = 0; row < wanted.length; row++) {
        const part = solved.subarray(row * columns.length, (row + 1) * columns.length);
        result.set(part, row * positions.length + done);
      }
      done += columns.length;
    }
  } finally {
    times.dispose();
  }
  return result;
}

/**
 * What a relative penalty adds to the diagonal of X'X, for `solve`: the same at every latent, nothing at other regressors.
 *
 * @param penalty as in `LatentWeightsOptions`
 * @returns [names.length]
 */
export async function latentRidge(
  equations: Pick<NormalEquations, 'names' | 'toSave' | 'shown'>,
  latentNames: readonly string[],
  penalty: number,
): Promise<Float64Array> {
  const { arrays } = await equations.toSave();
  const { names } = await equations.shown();
  const places = positionsOf(names, equations.names);
  const system = pickSquare(arrays.gram.data, equations.names.length, places);
  const result = new Float64Array(equations.names.length);
  ridgeOnLatents(system, positionsOf(latentNames, names), penalty).forEach((value, at) => {
    result[places[at]] = value;
  });
  return result;
}

/** [n] */
function ridgeOnLatents(gram: Matrix, latents: readonly number[], penalty: number): Float64Array {
  const ridge = new Float64Array(gram.rows);
  if (penalty === 0) return ridge;
  const alpha = penalty * meanOfProjected(gram, latents);
  for (const at of latents) ridge[at] = alpha;
  return ridge;
}

function pickSquare(data: ArrayLike<number>, width: number, places: readonly number[]): Matrix {
  const result = matrix(places.length, places.length);
  places.forEach((row, i) => {
    places.forEach((column, j) => {
      result.data[i * places.length + j] = data[row * width + column];
    });
  });
  return result;
}

function columnsWithin(positions: Uint32Array, from: number, end: number): Uint32Array {
  let to = from;
  while (to < positions.length && positions[to] < end) to += 1;
  return positions.subarray(from, to);
}

/** Mean of the latents' diagonal of X'X after the other regressors were projected out of them (a Schur complement). */
function meanOfProjected(gram: Matrix, latents: readonly number[]): number {
  const n = gram.rows;
  const isLatent = new Set(latents);
  const others = Array.from({ length: n }, (_, at) => at).filter((at) => !isLatent.has(at));
  const { inverse } = factorSystem(pickSquare(gram.data, n, others), others.map(String), 0);
  let sum = 0;
  for (const latent of latents) {
    let explained = 0;
    for (let i = 0; i < others.length; i++) {
      let row = 0;
      for (let j = 0; j < others.length; j++) {
        row += inverse.data[i * others.length + j] * gram.data[others[j] * n + latent];
      }
      explained += gram.data[others[i] * n + latent] * row;
    }
    sum += gram.data[latent * n + latent] - explained;
  }
  return sum / latents.length;
}
