import { voxelCount } from '../imaging/grid.ts';
import { matrix, multiply } from '../math/matrix.ts';
import { Random } from '../math/random.ts';
import { regionResponses, type SimulatedBrain } from './brain.ts';
import { type StudyFace, type StudyRun, studyTiming } from './experiment.ts';
import { boxcarResponse } from './haemodynamics.ts';
import { headMotion, runNoise } from './noise.ts';
import { respond } from './tuning.ts';

export interface SimulatedRun {
  readonly nVolumes: number;
  /** [nVolumes, z, y, x] with x fastest: the data of a NIfTI series of the brain's grid. 0 outside the brain. */
  readonly series: Int16Array;
  /** [nVolumes, 6]: translations in mm, rotations in radians. */
  readonly motion: Float64Array;
  /** Columns of a confounds table, named as fMRIPrep names them; a value that does not exist is NaN. */
  readonly confounds: Readonly<Record<string, Float64Array>>;
}

/** What the brain makes of a run, before noise: everything that depends on what was presented. */
export interface EvokedSignal {
  /** What distinguishes one face from another: [nVolumes, nGrey], in units of the voxel's noise. */
  readonly identity: Float32Array;
  /** All of it: that, the response to any face, to a repeat, and to imagery. */
  readonly total: Float32Array;
}

/** A trial's amplitude varies by this much (attention), and a repeat evokes this much less. */
const trialVariation = 0.15;
const adaptation = 0.8;

/**
 * The response of the grey voxels to what was presented in a run.
 *
 * Volumes are sampled at multiples of the TR, all slices at once (as after slice timing correction to the start of
 * each volume).
 */
export function evokedSignal(
  brain: SimulatedBrain,
  run: StudyRun,
  faces: readonly StudyFace[],
  random: Random,
): EvokedSignal {
  const nGrey = brain.greyMask.indices.length;
  const { nVolumes, events, presented } = run;
  const identity = new Float32Array(nVolumes * nGrey);
  const total = new Float32Array(nVolumes * nGrey);
  const amplitudes = events.map(({ oneBack }) =>
    Math.max(0.2, (oneBack ? adaptation : 1) * (1 + trialVariation * random.normal())),
  );
  const responses = Array.from(presented, (face) =>
    face < 0 ? null : respond(brain.units, faces[face].parameters),
  );
  for (const { name, voxels, mixing } of brain.regions) {
    const { delay, imageryIdentity } = regionResponses[name];
    const drive = matrix(nVolumes, brain.units.nUnits);
    const seen = new Float64Array(nVolumes);
    const imagined = new Float64Array(nVolumes);
    for (const [index, event] of events.entries()) {
      const response = responses[index];
      if (response === null) continue;
      const imagery = event.trialType === 'Img';
      const share = imagery ? imageryIdentity : 1;
      const course = imagery ? imagined : seen;
      for (let t = 0; t < nVolumes; t += 1) {
        const seconds = t * studyTiming.tR - delay;
        const height = amplitudes[index] * boxcarResponse(seconds, event.onset, event.duration);
        if (height === 0) continue;
        course[t] += height;
        const row = t * drive.cols;
        for (let unit = 0; unit < drive.cols; unit += 1) {
          drive.data[row + unit] += share * height * response[unit];
        }
      }
    }
    const patterns = multiply(drive, mixing).data;
    for (let t = 0; t < nVolumes; t += 1) {
      for (let i = 0; i < voxels.length; i += 1) {
        const v = voxels[i];
        const at = t * nGrey + v;
        identity[at] = patterns[t * voxels.length + i];
        total[at] = identity[at] + seen[t] * brain.faceGain[v] + imagined[t] * brain.imageryGain[v];
      }
    }
  }
  return { identity, total };
}

/** The stream of random numbers of one run; trials, motion and noise fork from it. */
export function runRandom(seed: number | string, run: StudyRun): Random {
  return new Random(seed).fork(`session ${run.session} run ${run.run}`);
}

/**
 * Scans a run.
 *
 * @param seed of the noise; with the same brain, run and seed the series is the same, whatever else was simulated.
 * @param noiseLevel what all noise is multiplied by, traces of movement included; the evoked signal stays. Default 1.
 */
export function simulateRun(
  brain: SimulatedBrain,
  run: StudyRun,
  faces: readonly StudyFace[],
  seed: number | string,
  noiseLevel = 1,
): SimulatedRun {
  const random = runRandom(seed, run);
  const { nVolumes } = run;
  const { brainMask, greyInBrain, noise, meanImage } = brain;
  const nBrain = brainMask.indices.length;
  const nGrey = greyInBrain.length;
  const { total } = evokedSignal(brain, run, faces, random.fork('trials'));
  const motion = headMotion(nVolumes, random.fork('motion'));
  const values = runNoise(brain, nVolumes, motion, random.fork('noise'));
  if (noiseLevel !== 1) for (let i = 0; i < values.length; i += 1) values[i] *= noiseLevel;
  for (let t = 0; t < nVolumes; t += 1) {
    for (let v = 0; v < nGrey; v += 1) {
      const voxel = greyInBrain[v];
      values[t * nBrain + voxel] += noise[voxel] * total[t * nGrey + v];
    }
  }
  const nVoxels = voxelCount(brain.grid);
  const series = new Int16Array(nVolumes * nVoxels);
  const globalSignal = new Float64Array(nVolumes);
  for (let t = 0; t < nVolumes; t += 1) {
    let sum = 0;
    for (let v = 0; v < nBrain; v += 1) {
      const index = brainMask.indices[v];
      const value = Math.round(meanImage.data[index] + values[t * nBrain + v]);
      series[t * nVoxels + index] = value;
      sum += value;
    }
    globalSignal[t] = sum / nBrain;
  }
  return { nVolumes, series, motion, confounds: confoundColumns(motion, globalSignal) };
}

const motionColumns = ['trans_x', 'trans_y', 'trans_z', 'rot_x', 'rot_y', 'rot_z'];
/** Radius of the sphere on which rotations count as displacements (Power et al. 2012), in mm. */
const headRadius = 50;

function confoundColumns(motion: Float64Array, globalSignal: Float64Array): Record<string, Float64Array> {
  const nVolumes = globalSignal.length;
  const columns: Record<string, Float64Array> = {};
  const displacement = new Float64Array(nVolumes);
  displacement[0] = Number.NaN;
  for (const [axis, name] of motionColumns.entries()) {
    const column = Float64Array.from({ length: nVolumes }, (_, t) => motion[t * 6 + axis]);
    columns[name] = column;
    for (let t = 1; t < nVolumes; t += 1) {
      displacement[t] += Math.abs(column[t] - column[t - 1]) * (axis < 3 ? 1 : headRadius);
    }
  }
  return { ...columns, framewise_displacement: displacement, global_signal: globalSignal };
}
