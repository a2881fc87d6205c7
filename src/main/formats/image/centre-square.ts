/** A square part of a picture, in pixels from its upper left corner. */
export interface Square {
  readonly left: number;
  readonly top: number;
  readonly side: number;
}

/** The largest square in the middle of a picture, and of that the central `share` of each side. */
export function centreSquare(width: number, height: number, share: number): Square {
  const side = Math.max(1, Math.round(Math.min(width, height) * share));
  return { left: Math.floor((width - side) / 2), top: Math.floor((height - side) / 2), side };
}
