import { type Grid, worldCoordinates } from '../imaging/grid.ts';
import type { Random } from '../math/random.ts';
import type { SimulatedBrain } from './brain.ts';
import { smoothField } from './random-fields.ts';

/** Shares of a brain voxel's noise variance; they sum to 1 (motion comes on top). */
const shares = { local: 0.5, thermal: 0.24, networks: 0.12, global: 0.06, drift: 0.08 };
/** Autocorrelation from one volume to the next. */
const persistence = { local: 0.42, networks: 0.7, global: 0.6 };
const nNetworks = 8;
const nDrifts = 4;
/** How much of a neighbouring voxel's local noise a voxel shares (along each axis). */
const neighbourShare = 0.25;
/** What realignment leaves of the intensity change that a movement brings about. */
const residualMotion = 0.12;

/** A first-order autoregressive series of unit variance. */
export function autoregressive(n: number, persistenceOf: number, random: Random): Float64Array {
  const series = new Float64Array(n);
  const innovation = Math.sqrt(1 - persistenceOf ** 2);
  let last = random.normal();
  for (let t = 0; t < n; t += 1) {
    series[t] = last;
    last = persistenceOf * last + innovation * random.normal();
  }
  return series;
}

/**
 * Rigid head movement within a run, [nVolumes, 6]: translations in mm, then rotations in radians, as fMRIPrep
 * orders them. A slow wander, a settling drift, and now and then a small jerk that does not come back.
 */
export function headMotion(nVolumes: number, random: Random): Float64Array {
  const motion = new Float64Array(nVolumes * 6);
  for (let axis = 0; axis < 6; axis += 1) {
    // A rotation by 0.01 rad moves the surface of the brain by about 0.8 mm.
    const scale = axis < 3 ? 1 : 0.012;
    const wander = autoregressive(nVolumes, 0.97, random);
    const drift = 0.15 * random.normal();
    let position = 0;
    for (let t = 0; t < nVolumes; t += 1) {
      if (random.uniform() < 0.004) position += 0.12 * random.normal();
      const value = position + 0.06 * wander[t] + (drift * t) / nVolumes + 0.008 * random.normal();
      motion[t * 6 + axis] = scale * value;
    }
  }
  for (let axis = 0; axis < 6; axis += 1) {
    const first = motion[axis];
    for (let t = 0; t < nVolumes; t += 1) motion[t * 6 + axis] -= first;
  }
  return motion;
}

/**
 * Noise of a run at the brain's voxels, [nVolumes, nBrain] float32, in the units of the mean image: local
 * autocorrelated noise that neighbours share, thermal noise, distributed fluctuations, a global one, slow drifts, and
 * what movement leaves along the edges of the image.
 *
 * @param motion [nVolumes, 6] of `headMotion`.
 */
export function runNoise(
  brain: SimulatedBrain,
  nVolumes: number,
  motion: Float64Array,
  random: Random,
): Float32Array {
  const nBrain = brain.brainMask.indices.length;
  const series = localNoise(brain, nVolumes, random.fork('local'));
  const ofThermal = random.fork('thermal');
  const thermal = new Float32Array(nBrain);
  const amplitude = Math.sqrt(shares.thermal);
  for (let t = 0; t < nVolumes; t += 1) {
    ofThermal.fillNormal(thermal);
    const at = t * nBrain;
    for (let v = 0; v < nBrain; v += 1) series[at + v] += amplitude * thermal[v];
  }
  for (const { course, map } of sharedFluctuations(brain.noiseMaps, nVolumes, random)) {
    for (let t = 0; t < nVolumes; t += 1) {
      const at = t * nBrain;
      const now = course[t];
      for (let v = 0; v < nBrain; v += 1) series[at + v] += now * map[v];
    }
  }
  for (let t = 0; t < nVolumes; t += 1) {
    const at = t * nBrain;
    for (let v = 0; v < nBrain; v += 1) series[at + v] *= brain.noise[v];
  }
  addMotion(series, brain, nVolumes, motion);
  return series;
}

function localNoise(brain: SimulatedBrain, nVolumes: number, random: Random): Float32Array {
  const { indices } = brain.brainMask;
  const nBrain = indices.length;
  const position = new Map<number, number>();
  for (const [voxel, index] of indices.entries()) position.set(index, voxel);
  const [nx, ny] = brain.grid.shape;
  const neighbours = [1, nx, nx * ny].map((stride) =>
    Uint32Array.from(indices, (index, voxel) => position.get(index - stride) ?? voxel),
  );
  const [left, back, below] = neighbours;
  // A voxel without a neighbour takes its own noise once more; its variance is a little larger at the edge.
  const scale = Math.sqrt(shares.local / (1 + 3 * neighbourShare ** 2));
  const innovation = Math.sqrt(1 - persistence.local ** 2);
  const fresh = new Float32Array(nBrain);
  const series = new Float32Array(nVolumes * nBrain);
  for (let t = 0; t < nVolumes; t += 1) {
    random.fillNormal(fresh);
    const at = t * nBrain;
    const before = at - nBrain;
    const weight = scale * (t === 0 ? 1 : innovation);
    for (let v = 0; v < nBrain; v += 1) {
      const mixed = fresh[v] + neighbourShare * (fresh[left[v]] + fresh[back[v]] + fresh[below[v]]);
      series[at + v] = weight * mixed;
    }
    if (t > 0) for (let v = 0; v < nBrain; v += 1) series[at + v] += persistence.local * series[before + v];
  }
  return series;
}

/** Where the head's shared fluctuations are strong: maps over the brain mask, in units of the voxels' noise. */
export interface NoiseMaps {
  readonly networks: readonly Float32Array[];
  readonly global: Float32Array;
  readonly drifts: readonly Float32Array[];
}

export function makeNoiseMaps(shape: Grid['shape'], indices: Uint32Array, random: Random): NoiseMaps {
  const maps = (name: string, count: number, fwhm: number, share: number) =>
    Array.from({ length: count }, (_, i) => {
      const map = smoothField(random.fork(`${name} ${i}`), shape, fwhm, indices);
      return map.map((value) => Math.sqrt(share / count) * value);
    });
  const [unevenness] = maps('global', 1, 8, 0.1 * shares.global);
  return {
    networks: maps('network', nNetworks, 6, shares.networks),
    global: unevenness.map((value) => Math.sqrt(0.9 * shares.global) + value),
    drifts: maps('drift', nDrifts, 5, shares.drift),
  };
}

/** Time courses with their maps. */
function sharedFluctuations(maps: NoiseMaps, nVolumes: number, random: Random) {
  const fluctuations: { course: Float64Array; map: Float32Array }[] = [];
  for (const [i, map] of maps.networks.entries()) {
    const course = autoregressive(nVolumes, persistence.networks, random.fork(`network ${i}`));
    fluctuations.push({ course, map });
  }
  fluctuations.push({
    course: autoregressive(nVolumes, persistence.global, random.fork('global')),
    map: maps.global,
  });
  for (const [i, map] of maps.drifts.entries()) {
    const own = random.fork(`drift ${i}`);
    const phase = Math.PI * own.uniform();
    const amplitude = Math.SQRT2 * own.normal();
    // Half a period to two periods a run: slower than the usual high-pass of 128 s.
    const course = Float64Array.from(
      { length: nVolumes },
      (_, t) => amplitude * Math.cos((Math.PI * (i + 1) * (t + 0.5)) / nVolumes + phase),
    );
    fluctuations.push({ course, map });
  }
  return fluctuations;
}

/** First order of what a rigid movement does to an image: minus its gradient times the displacement. */
function addMotion(
  series: Float32Array,
  brain: SimulatedBrain,
  nVolumes: number,
  motion: Float64Array,
): void {
  const { grid, meanImage, brainMask } = brain;
  const nBrain = brainMask.indices.length;
  const strides = [1, grid.shape[0], grid.shape[0] * grid.shape[1]];
  const spacing = Math.abs(grid.affine[0]);
  const weights = new Float64Array(nBrain * 6);
  for (const [voxel, index] of brainMask.indices.entries()) {
    const [x, y, z] = worldCoordinates(grid, index);
    const [gx, gy, gz] = strides.map((stride) => {
      const here = meanImage.data[index];
      const ahead = meanImage.data[index + stride] || 0.6 * here;
      const behind = meanImage.data[index - stride] || 0.6 * here;
      return (residualMotion * (ahead - behind)) / (2 * spacing);
    });
    // Displacement by rotations about x, y and z: (0, -z, y), (z, 0, -x), (-y, x, 0).
    weights.set([-gx, -gy, -gz, gy * z - gz * y, gz * x - gx * z, gx * y - gy * x], voxel * 6);
  }
  for (let t = 0; t < nVolumes; t += 1) {
    const [a, b, c, d, e, f] = motion.subarray(t * 6, t * 6 + 6);
    const at = t * nBrain;
    for (let v = 0, w = 0; v < nBrain; v += 1, w += 6) {
      series[at + v] +=
        weights[w] * a +
        weights[w + 1] * b +
        weights[w + 2] * c +
        weights[w + 3] * d +
        weights[w + 4] * e +
        weights[w + 5] * f;
    }
  }
}
