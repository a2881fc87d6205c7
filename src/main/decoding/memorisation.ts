import { type MannWhitney, mannWhitney } from '../math/mann-whitney.ts';
import { mean, median } from '../math/statistics.ts';
import type { Neighbour } from './neighbours.ts';

/** How near one face is to the training faces. */
export interface Nearness {
  /** Position of the nearest training face. */
  readonly nearest: number;
  readonly distance: number;
  /** `distance` over the mean distance to the nearest `neighbourhood` training faces: far below 1 for a copy. */
  readonly ratio: number;
}

/** Training faces that a distance is held against (Carlini et al. 2023, arXiv 2301.13188, take 50). */
export const neighbourhood = 50;

/** @param neighbours nearest first, at least one; the first `neighbourhood` of them count. */
export function nearness(neighbours: readonly Neighbour[]): Nearness {
  const around = mean(neighbours.slice(0, neighbourhood).map(({ distance }) => distance));
  const [{ row, distance }] = neighbours;
  return { nearest: row, distance, ratio: around > 0 ? distance / around : 1 };
}

export interface Comparison {
  readonly samplesMedian: number;
  readonly heldOutMedian: number;
  /** Share of pairs in which the sample is the farther one: 0.5 for a model that neither copies nor strays. */
  readonly share: number;
  /** Far below 0: samples lie nearer to the training faces than unseen faces do. */
  readonly z: number;
  readonly p: number;
}

export interface MemorisationTest {
  /** Of the distances: the data-copying test of Meehan et al. (2020), over the whole space as one cell. */
  readonly distance: Comparison;
  /** Of the ratios, which change far less than distances where all faces shrink towards the mean. */
  readonly ratio: Comparison;
  /** Samples whose ratio is below that of every held-out face: copies, if they are many more than expected. */
  readonly belowAll: number;
  /** How many there would be by chance. */
  readonly belowAllExpected: number;
}

/**
 * Whether random faces lie nearer to the training faces than faces that the model never saw (Meehan, Chaudhuri &
 * Dasgupta 2020, "A non-parametric test to detect data-copying in generative models", AISTATS 108:3546): the
 * Mann-Whitney test of the distances to the nearest training face. Held-out faces should have gone through the model as
 * samples have, for what a model blurs comes nearer to everything.
 */
export function testMemorisation(
  samples: readonly Nearness[],
  heldOut: readonly Nearness[],
): MemorisationTest {
  const compare = (of: (face: Nearness) => number): Comparison => {
    const [a, b] = [samples.map(of), heldOut.map(of)];
    const { share, z, pSmaller }: MannWhitney = mannWhitney(a, b);
    return { samplesMedian: median(a), heldOutMedian: median(b), share, z, p: pSmaller };
  };
  const least = Math.min(...heldOut.map((face) => face.ratio));
  return {
    distance: compare((face) => face.distance),
    ratio: compare((face) => face.ratio),
    belowAll: samples.filter((face) => face.ratio < least).length,
    belowAllExpected: samples.length / (heldOut.length + 1),
  };
}
