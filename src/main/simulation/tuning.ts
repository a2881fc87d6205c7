import type { Random } from '../math/random.ts';
import { type FaceParameters, type FaceTrait, faceParameterNames, faceVector, sampleFace } from './faces.ts';

/**
 * What drives the simulated voxels: units that each look at a few traits of the drawn face. Half of them saturate
 * (tanh), half are silent below a threshold (half-rectified), so that no linear function of the traits, and none
 * of any code of the picture, equals the response.
 */
export interface TuningUnits {
  readonly nUnits: number;
  /** [nUnits, nTraits], projections of `faceVector`. */
  readonly projections: Float64Array;
  readonly thresholds: Float64Array;
  /** Mean and standard deviation of each raw response over the population. */
  readonly means: Float64Array;
  readonly deviations: Float64Array;
}

const traitsPerUnit = 4;

/** How much of a voxel's attention a trait gets: what changes much of the picture drives the brain more. */
const salience: Partial<Record<FaceTrait, number>> = {
  skinTone: 1.5,
  hairLightness: 1.5,
  hairLength: 1.5,
  backgroundLightness: 1.5,
  backgroundWarmth: 1.5,
  backgroundTint: 1.5,
  headTurn: 1.3,
  headHeight: 1.3,
  faceWidth: 1.2,
  clothing: 1.2,
  beard: 1.2,
  eyeColour: 0.6,
  nose: 0.6,
  mouthWidth: 0.6,
  eyeSpacing: 0.6,
  eyeSize: 0.7,
  skinWarmth: 0.8,
};
const populationSample = 1000;

export function makeTuningUnits(nUnits: number, random: Random): TuningUnits {
  const nTraits = faceParameterNames.length;
  const projections = new Float64Array(nUnits * nTraits);
  const thresholds = new Float64Array(nUnits);
  for (let unit = 0; unit < nUnits; unit += 1) {
    const chosen = random.permutation(nTraits).subarray(0, traitsPerUnit);
    const weights = Array.from(
      chosen,
      (trait) => (salience[faceParameterNames[trait]] ?? 1) * random.normal(),
    );
    // Unit length: every unit's drive varies as much, so that none is silent for everybody.
    const length = Math.hypot(...weights);
    for (const [i, trait] of chosen.entries()) projections[unit * nTraits + trait] = weights[i] / length;
    thresholds[unit] = 0.5 * random.normal();
  }
  const means = new Float64Array(nUnits);
  const deviations = new Float64Array(nUnits).fill(1);
  const units = { nUnits, projections, thresholds, means, deviations };
  const sample = Array.from({ length: populationSample }, () => respond(units, sampleFace(random)));
  for (let unit = 0; unit < nUnits; unit += 1) {
    const responses = sample.map((response) => response[unit]);
    const mean = responses.reduce((sum, value) => sum + value, 0) / populationSample;
    const variance = responses.reduce((sum, value) => sum + (value - mean) ** 2, 0) / populationSample;
    means[unit] = mean;
    deviations[unit] = Math.sqrt(variance);
  }
  return units;
}

/** Responses of the units to a face, [nUnits], mean 0 and standard deviation 1 over the population. */
export function respond(units: TuningUnits, face: FaceParameters): Float64Array {
  const traits = faceVector(face);
  const { nUnits, projections, thresholds, means, deviations } = units;
  const responses = new Float64Array(nUnits);
  for (let unit = 0; unit < nUnits; unit += 1) {
    let drive = -thresholds[unit];
    for (let trait = 0; trait < traits.length; trait += 1) {
      drive += projections[unit * traits.length + trait] * traits[trait];
    }
    const raw = unit % 2 === 0 ? Math.tanh(1.2 * drive) : Math.max(0, drive);
    responses[unit] = (raw - means[unit]) / deviations[unit];
  }
  return responses;
}
