import type { FaceParameters } from './faces.ts';

/** Where things are, in a frame of 100 x 100 units, y downwards. */
export interface Geometry {
  readonly face: FaceParameters;
  /** Centre line of the skull, and of the chin, which a turned head carries further to the side. */
  readonly centre: number;
  readonly chinCentre: number;
  readonly top: number;
  readonly chin: number;
  readonly height: number;
  /** Half the width at the cheeks. */
  readonly half: number;
  readonly eyeLine: number;
  /** Turns a position across the face (-1 left cheek .. 1 right cheek) into x, on a turned cylinder. */
  readonly across: (u: number) => number;
  /** Foreshortening there. */
  readonly squeeze: (u: number) => number;
}

export const between = (low: number, high: number, trait: number) => low + ((high - low) * (trait + 1)) / 2;
export const n = (value: number) => (Math.round(value * 100) / 100).toString();
/** Points to the text of a path: `path('M', x, y, 'C', ...)`. */
export const path = (...parts: (string | number)[]) =>
  parts.map((part) => (typeof part === 'number' ? n(part) : part)).join(' ');

export function geometry(face: FaceParameters): Geometry {
  const half = between(16.5, 21.5, face.faceWidth);
  const height = between(45, 53, face.faceLength);
  const top = between(22, 26.5, face.headHeight) - (height - 49) / 3;
  const yaw = 0.28 * face.headTurn;
  const centre = 50 + 2.2 * face.headTurn;
  const bend = 1.15;
  return {
    face,
    centre,
    chinCentre: centre + half * 0.55 * Math.sin(yaw),
    top,
    chin: top + height,
    height,
    half,
    eyeLine: top + 0.5 * height,
    across: (u) => centre + (half * Math.sin(bend * u + yaw)) / Math.sin(bend),
    squeeze: (u) => Math.cos(bend * u + yaw) / Math.cos(bend * u),
  };
}
