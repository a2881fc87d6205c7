import { attributeAxis } from '../../src/main/decoding/attributes.ts';
import { crossValidatedReadout } from '../../src/main/decoding/linear-readout.ts';
import { pearson } from '../../src/main/math/statistics.ts';

/** What is known of every face: numbers, or a class as 1 and -1. */
export interface Known {
  readonly name: string;
  readonly kind: 'class' | 'trait';
  readonly values: readonly number[];
}

export interface Reading {
  readonly name: string;
  readonly kind: 'class' | 'trait';
  /** Share of the faces whose sign is read right; a trait's sign says which of its poles is nearer. */
  readonly accuracy: number;
  /** What always naming the more frequent sign would reach. */
  readonly majority: number;
  /** Pearson's r of what is read with what is true. */
  readonly r: number;
}

/** Reads everything that is known of the faces from their codes, linearly, each face by a fit without its fold. */
export function readFromCodes(
  codes: Float32Array,
  nLatents: number,
  known: readonly Known[],
  seed: number,
): Reading[] {
  const nFaces = codes.length / nLatents;
  const targets = Float64Array.from(
    { length: nFaces * known.length },
    (_, at) => known[at % known.length].values[Math.floor(at / known.length)],
  );
  const read = crossValidatedReadout(codes, nLatents, targets, known.length, { seed });
  return known.map(({ name, kind, values }, target) => {
    const own = Float64Array.from(values, (_, face) => read[face * known.length + target]);
    const right = values.filter((value, face) => value > 0 === own[face] > 0).length;
    const positive = values.filter((value) => value > 0).length;
    return {
      name,
      kind,
      accuracy: right / nFaces,
      majority: Math.max(positive, nFaces - positive) / nFaces,
      r: pearson(own, values),
    };
  });
}

/** Mean code of the faces with a positive value less that of the others, `[nLatents]`. */
export function meanDifference(
  codes: Float32Array,
  nLatents: number,
  values: readonly number[],
): Float64Array {
  const positive = values.map((value) => value > 0);
  return attributeAxis(codes, nLatents, positive).direction;
}
