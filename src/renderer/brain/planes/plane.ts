import type { Bounds, Point } from '../volume/bounds.ts';

export type PlaneName = 'sagittal' | 'coronal' | 'axial';

/** How planes are turned to the reader. The data are never flipped: places on the screen are. */
export interface Convention {
  /** Neurological: the subject's left is on the left. Radiological: on the right. */
  readonly convention: 'neurological' | 'radiological';
  /** To which side the nose points in sagittal planes. */
  readonly noseSide: 'left' | 'right';
}

/** A plane as it lies on the screen: world axes (0 x, 1 y, 2 z) across and up, and whether across grows to the right. */
export interface PlaneAxes {
  readonly name: PlaneName;
  readonly across: 0 | 1;
  readonly up: 1 | 2;
  readonly through: 0 | 1 | 2;
  readonly acrossSign: 1 | -1;
  /** Letters at the left, right, top and bottom edge. */
  readonly letters: readonly [left: string, right: string, top: string, bottom: string];
}

export const planeNames: readonly PlaneName[] = ['sagittal', 'coronal', 'axial'];

const worldAxes = {
  sagittal: { across: 1, up: 2, through: 0 },
  coronal: { across: 0, up: 2, through: 1 },
  axial: { across: 0, up: 1, through: 2 },
} as const;

/** Letters towards which the world axes grow, and away from. */
const letters = [
  ['R', 'L'],
  ['A', 'P'],
  ['S', 'I'],
] as const;

export function planeAxes(name: PlaneName, { convention, noseSide }: Convention): PlaneAxes {
  const axes = worldAxes[name];
  const isPositive = name === 'sagittal' ? noseSide === 'right' : convention === 'neurological';
  const [towards, away] = letters[axes.across];
  const [top, bottom] = letters[axes.up];
  return {
    name,
    ...axes,
    acrossSign: isPositive ? 1 : -1,
    letters: isPositive ? [away, towards, top, bottom] : [towards, away, top, bottom],
  };
}

/** A rectangle of the plane that is looked at: millimetres a pixel and what is in its middle. */
export interface PlaneWindow {
  readonly width: number;
  readonly height: number;
  /** Millimetres a pixel. */
  readonly scale: number;
  /** World coordinates, across and up, of the middle of the picture. */
  readonly centre: readonly [number, number];
}

/** The window that shows a whole box, enlarged by `zoom` and moved by `pan` (mm across and up). */
export function windowFor(
  axes: PlaneAxes,
  bounds: Bounds,
  size: { readonly width: number; readonly height: number },
  zoom = 1,
  pan: readonly [number, number] = [0, 0],
): PlaneWindow {
  const extent = (axis: number) => bounds.max[axis] - bounds.min[axis];
  const middle = (axis: number) => (bounds.max[axis] + bounds.min[axis]) / 2;
  const scale = Math.max(extent(axes.across) / size.width, extent(axes.up) / size.height) / zoom;
  return { ...size, scale, centre: [middle(axes.across) + pan[0], middle(axes.up) + pan[1]] };
}

/** The place under a pixel (from the upper left; the middle of the first pixel is at 0.5). */
export function placeAt(axes: PlaneAxes, window: PlaneWindow, x: number, y: number, through: number): Point {
  const place: [number, number, number] = [0, 0, 0];
  place[axes.across] = window.centre[0] + axes.acrossSign * (x - window.width / 2) * window.scale;
  place[axes.up] = window.centre[1] - (y - window.height / 2) * window.scale;
  place[axes.through] = through;
  return place;
}

/** Where a place lies in the picture, in pixels. */
export function pixelOf(axes: PlaneAxes, window: PlaneWindow, place: Point): [x: number, y: number] {
  return [
    window.width / 2 + (axes.acrossSign * (place[axes.across] - window.centre[0])) / window.scale,
    window.height / 2 - (place[axes.up] - window.centre[1]) / window.scale,
  ];
}
