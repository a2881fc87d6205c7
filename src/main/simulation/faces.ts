import type { Random } from '../math/random.ts';

/**
 * What distinguishes one drawn face from another. Every trait is a number in (-1, 1): -1 and 1 are the two
 * poles named in the table, 0 is the middle of the population. `difference` is half the distance between
 * the means of men and women, in standard deviations within a gender (positive: higher in men); where it is
 * not zero the two distributions overlap widely, so that no single trait tells a gender.
 */
interface Trait {
  readonly poles: readonly [low: string, high: string];
  readonly difference: number;
}

const traits = {
  skinTone: { poles: ['fair', 'dark'], difference: 0 },
  skinWarmth: { poles: ['rosy', 'golden'], difference: 0 },
  hairLightness: { poles: ['black', 'blond'], difference: -0.25 },
  hairRedness: { poles: ['ash', 'ginger'], difference: 0 },
  hairLength: { poles: ['cropped', 'below the shoulders'], difference: -0.9 },
  hairVolume: { poles: ['flat', 'full'], difference: -0.3 },
  fringe: { poles: ['high bare forehead', 'fringe to the brows'], difference: -0.2 },
  parting: { poles: ['swept to the left', 'swept to the right'], difference: 0 },
  faceWidth: { poles: ['narrow', 'broad'], difference: 0.3 },
  faceLength: { poles: ['short', 'long'], difference: 0.2 },
  jaw: { poles: ['pointed', 'square'], difference: 0.5 },
  headTurn: { poles: ['turned to the left', 'turned to the right'], difference: 0 },
  headTilt: { poles: ['tilted to the left', 'tilted to the right'], difference: 0 },
  headHeight: { poles: ['high in the frame', 'low in the frame'], difference: 0 },
  eyeSize: { poles: ['small', 'large'], difference: -0.3 },
  eyeSpacing: { poles: ['close-set', 'wide-set'], difference: 0 },
  eyeColour: { poles: ['brown', 'blue'], difference: 0 },
  brows: { poles: ['thin and high', 'thick and low'], difference: 0.6 },
  nose: { poles: ['short and narrow', 'long and broad'], difference: 0.35 },
  mouthWidth: { poles: ['narrow', 'wide'], difference: 0 },
  smile: { poles: ['earnest', 'laughing'], difference: -0.2 },
  lips: { poles: ['thin and pale', 'full and red'], difference: -0.6 },
  beard: { poles: ['clean-shaven', 'full beard'], difference: 1 },
  lightDirection: { poles: ['lit from the left', 'lit from the right'], difference: 0 },
  backgroundLightness: { poles: ['dark', 'bright'], difference: 0 },
  backgroundWarmth: { poles: ['blue', 'orange'], difference: 0 },
  backgroundTint: { poles: ['green', 'magenta'], difference: 0 },
  clothing: { poles: ['dark and cool', 'light and warm'], difference: -0.2 },
} as const satisfies Record<string, Trait>;

export type FaceTrait = keyof typeof traits;

/** The names of the traits, in the order of `faceVector`. */
export const faceParameterNames = Object.keys(traits) as readonly FaceTrait[];

/** The traits and their poles: -1 stands for the first, 1 for the second. */
export const faceTraits: Readonly<Record<FaceTrait, Trait>> = traits;

/** One face: its traits, and the gender that they were drawn for (which is not drawn itself). */
export type FaceParameters = Readonly<Record<FaceTrait, number>> & { readonly male: boolean };

/** How far one standard deviation reaches towards a pole; the hyperbolic tangent keeps every trait inside. */
const spread = 0.8;

/**
 * Draws a person from the population: traits are independent given the gender, normal scores passed through
 * a hyperbolic tangent.
 *
 * @param random the source; the same state gives the same person on every platform.
 * @param male the gender to draw for; by default one or the other with equal chance.
 */
export function sampleFace(random: Random, male: boolean = random.uniform() < 0.5): FaceParameters {
  const sign = male ? 1 : -1;
  const values = {} as Record<FaceTrait, number>;
  for (const name of faceParameterNames) {
    values[name] = Math.tanh(spread * (random.normal() + sign * traits[name].difference));
  }
  return { ...values, male };
}

/**
 * The traits as numbers of mean 0 and standard deviation 1 over the population (both genders together), in
 * the order of `faceParameterNames`. The gender itself is no element: it shows in the traits alone.
 */
export function faceVector(face: FaceParameters): Float64Array {
  return Float64Array.from(faceParameterNames, (name) => {
    const inside = Math.min(0.999999, Math.max(-0.999999, face[name]));
    return Math.atanh(inside) / spread / Math.hypot(1, traits[name].difference);
  });
}
