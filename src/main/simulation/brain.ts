import { type Grid, voxelCount, worldCoordinates } from '../imaging/grid.ts';
import type { Lobe } from '../imaging/lobes.ts';
import type { Mask } from '../imaging/mask.ts';
import { posteriorRegions, type Region } from '../imaging/regions.ts';
import type { Volume } from '../imaging/volume.ts';
import { type Matrix, matrix } from '../math/matrix.ts';
import { Random } from '../math/random.ts';
import { makeNoiseMaps, type NoiseMaps } from './noise.ts';
import { smoothField } from './random-fields.ts';
import { makeTuningUnits, type TuningUnits } from './tuning.ts';

/**
 * How one region takes part. Amplitudes are in units of a voxel's noise standard deviation, for neural activity
 * of height 1 passed through `boxcarResponse`.
 */
export interface RegionResponse {
  /** Standard deviation, over faces, of the response of a typical informative voxel to one picture. */
  readonly identity: number;
  /** Moves the border of the informative patches: 0 makes half the voxels informative, -1 a sixth of them. */
  readonly coverage: number;
  /** Mean response to any face. */
  readonly face: number;
  /** What an imagined face evokes: a share of what seeing it would, and a response to the task itself. */
  readonly imageryIdentity: number;
  readonly imagery: number;
  /** Seconds by which the haemodynamic response comes later than the canonical one. */
  readonly delay: number;
}

/** Set so that single trials are about as weak as in real data; `measureCalibration` has the resulting figures. */
export const regionResponses: Readonly<Record<Lobe, RegionResponse>> = {
  occipital: { identity: 0.78, coverage: 1.5, face: 2.4, imageryIdentity: 0.02, imagery: -0.3, delay: -0.2 },
  temporal: { identity: 0.66, coverage: 1, face: 1.8, imageryIdentity: 0.5, imagery: 0.5, delay: 0 },
  frontoparietal: {
    identity: 0.4,
    coverage: -0.3,
    face: 1.2,
    imageryIdentity: 0.04,
    imagery: 0.7,
    delay: 0.3,
  },
};

/** A region of the grey voxels (`posteriorRegions`) and how its voxels mix the tuning units. */
export interface BrainRegion extends Region<Lobe> {
  /** [nUnits, nVoxels of the region], each column as long as the voxel's identity gain. */
  readonly mixing: Matrix;
}

/** A head made up from a seed. Values per voxel are in the order of `brainMask.indices` or `greyMask.indices`. */
export interface SimulatedBrain {
  readonly grid: Grid;
  readonly brainMask: Mask;
  readonly greyMask: Mask;
  /** For each grey voxel its position within the brain mask. */
  readonly greyInBrain: Uint32Array;
  readonly regions: readonly BrainRegion[];
  /** The mean EPI image, arbitrary units, 0 outside the brain. */
  readonly meanImage: Volume;
  /** Standard deviation of a brain voxel's noise, in the units of the mean image. [nBrain] */
  readonly noise: Float32Array;
  readonly noiseMaps: NoiseMaps;
  readonly units: TuningUnits;
  /** Amplitudes as in `RegionResponse`, [nGrey]. */
  readonly identityGain: Float32Array;
  readonly faceGain: Float32Array;
  readonly imageryGain: Float32Array;
}

const voxelSize = 6;
const shape = [26, 30, 20] as const;
/** Half the extent of the brain along x, y and z, and its centre, in millimetres. */
const extent = [69, 84, 54] as const;
const centre = [0, -18, 12] as const;
const nUnits = 96;

const grid: Grid = {
  shape,
  affine: Float64Array.of(
    ...[voxelSize, 0, 0, -75],
    ...[0, voxelSize, 0, -105],
    ...[0, 0, voxelSize, -45],
    ...[0, 0, 0, 1],
  ),
};

/** 0 in the middle of the brain, 1 on its surface. The base is flatter than the crown, the front narrower. */
function depth(index: number): number {
  const [x, y, z] = worldCoordinates(grid, index);
  const v = (y - centre[1]) / extent[1];
  const u = (x - centre[0]) / (extent[0] * (1 - 0.12 * Math.max(0, v)));
  const w = (z - centre[2]) / (z < centre[2] ? 0.92 * extent[2] : extent[2]);
  return Math.sqrt(u * u + v * v + w * w);
}

function select(inside: (index: number) => boolean): Mask {
  const all = Uint32Array.from({ length: voxelCount(grid) }, (_, index) => index);
  return { grid, indices: all.filter(inside) };
}

/**
 * Makes a head: 6 mm voxels over the whole brain, grey matter as its shell, three regions that answer to faces with
 * different strength, and in each of them patches of voxels that carry information about which face it was.
 *
 * @param seed the same seed gives the same head.
 */
export function makeBrain(seed: number | string): SimulatedBrain {
  const random = new Random(seed).fork('brain');
  const folds = smoothField(random.fork('folds'), shape, 2.5, select(() => true).indices);
  const brainMask = select((index) => depth(index) <= 1);
  const greyMask = select((index) => {
    const d = depth(index);
    return d <= 1 && d > 0.74 + 0.05 * folds[index];
  });
  const grey = new Set(greyMask.indices);
  const positions = [...brainMask.indices.keys()].filter((voxel) => grey.has(brainMask.indices[voxel]));
  const { meanImage, noise } = imageAndNoise(brainMask, grey, random);
  const regions = posteriorRegions(greyMask);
  const amplitudes = gains(greyMask, regions, random);
  return {
    grid,
    brainMask,
    greyMask,
    greyInBrain: Uint32Array.from(positions),
    regions: withMixing(regions, greyMask, amplitudes.identityGain, random.fork('mixing')),
    meanImage,
    noise,
    noiseMaps: makeNoiseMaps(shape, brainMask.indices, random.fork('noise maps')),
    units: makeTuningUnits(nUnits, random.fork('units')),
    ...amplitudes,
  };
}

function imageAndNoise(brainMask: Mask, grey: ReadonlySet<number>, random: Random) {
  const { indices } = brainMask;
  const bias = smoothField(random.fork('bias'), shape, 12, indices);
  const texture = smoothField(random.fork('texture'), shape, 1, indices);
  const stability = smoothField(random.fork('stability'), shape, 4, indices);
  const data = new Float32Array(voxelCount(grid));
  const noise = new Float32Array(indices.length);
  for (const [voxel, index] of indices.entries()) {
    const [x, y, z] = worldCoordinates(grid, index);
    const ventricle = Math.exp(
      -(((Math.abs(x) - 10) / 9) ** 2) - ((y + 18) / 26) ** 2 - ((z - 18) / 12) ** 2,
    );
    // Signal is lost above the nasal sinuses and the ear canals.
    const frontal = Math.exp(-((x / 22) ** 2) - ((y - 44) / 18) ** 2 - ((z + 24) / 14) ** 2);
    const aural = Math.exp(-(((Math.abs(x) - 48) / 12) ** 2) - ((y + 18) / 16) ** 2 - ((z + 28) / 12) ** 2);
    const tissue = (grey.has(index) ? 1 : 0.86) + 0.35 * ventricle;
    const lost = 1 - 0.55 * Math.min(1, frontal + aural);
    const mean = 900 * tissue * lost * (1 + 0.06 * bias[voxel] + 0.05 * texture[voxel]);
    const tSnr = 70 * Math.exp(0.12 * stability[voxel]) * (1 - 0.35 * ventricle) * (0.6 + 0.4 * lost);
    data[index] = mean;
    noise[voxel] = mean / tSnr;
  }
  return { meanImage: { grid, data }, noise };
}

/** Smooth maps of every unit, scaled so that a voxel's response to faces varies by its identity gain. */
function withMixing(
  regions: readonly Region<Lobe>[],
  mask: Mask,
  identityGain: Float32Array,
  random: Random,
): BrainRegion[] {
  const maps = Array.from({ length: nUnits }, (_, unit) =>
    smoothField(random.fork(unit), shape, 1.2, mask.indices),
  );
  return regions.map((region) => {
    const { voxels } = region;
    const mixing = matrix(nUnits, voxels.length);
    for (const [i, voxel] of voxels.entries()) {
      const length = Math.hypot(...maps.map((map) => map[voxel]));
      for (const [unit, map] of maps.entries()) {
        mixing.data[unit * voxels.length + i] = (map[voxel] * identityGain[voxel]) / length;
      }
    }
    return { ...region, mixing };
  });
}

function gains(mask: Mask, regions: readonly Region<Lobe>[], random: Random) {
  const n = mask.indices.length;
  const patches = smoothField(random.fork('patches'), shape, 3, mask.indices);
  const facePatches = smoothField(random.fork('face patches'), shape, 3, mask.indices);
  const identityGain = new Float32Array(n);
  const faceGain = new Float32Array(n);
  const imageryGain = new Float32Array(n);
  for (const { name, voxels } of regions) {
    const response = regionResponses[name];
    for (const voxel of voxels) {
      const informative = 1 / (1 + Math.exp(-4 * (patches[voxel] + response.coverage)));
      identityGain[voxel] = response.identity * informative;
      faceGain[voxel] = response.face * (0.25 + 0.6 * informative + 0.35 * facePatches[voxel]);
      imageryGain[voxel] = response.imagery * (0.5 + 0.5 * facePatches[voxel]);
    }
  }
  return { identityGain, faceGain, imageryGain };
}
