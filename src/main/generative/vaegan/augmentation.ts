import type { Random } from '../../math/random.ts';
import type { VaeGanConfig } from './config.ts';

type Schedule = VaeGanConfig['schedule'];

/** How one face is shown in one step. */
export interface View {
  readonly mirrored: boolean;
  /** Of the picture, in pixels to the right and down. */
  readonly shift: readonly [x: number, y: number];
  /** How many times larger the face is drawn, about the centre. */
  readonly zoom: number;
  /** Factor of each colour, in the order red, green, blue. */
  readonly gains: readonly [red: number, green: number, blue: number];
}

/** Whether a schedule asks for more than pictures as they are, or mirrored. */
export function varies({ shift, zoom, colour }: Schedule): boolean {
  return shift > 0 || zoom > 0 || colour > 0;
}

/** Draws a view: uniform in the ranges that the schedule allows. */
export function drawView(schedule: Schedule, size: number, random: Random): View {
  const within = (limit: number) => limit * (2 * random.uniform() - 1);
  // One factor for all colours stands for light, and one for each for its hue: half of the range each.
  const light = within(schedule.colour / 2);
  const gain = () => 1 + light + within(schedule.colour / 2);
  return {
    mirrored: schedule.horizontalFlips && random.uniform() < 0.5,
    shift: [within(schedule.shift * size), within(schedule.shift * size)],
    zoom: 1 + within(schedule.zoom),
    gains: [gain(), gain(), gain()],
  };
}

/**
 * Draws a face in a view, with bilinear interpolation; beyond the border the border's pixels go on.
 *
 * @param from [size, size, 3] bytes
 * @param to [size, size, 3], written to, in the network's range from `low` (black) to `high` (white)
 */
export function drawFace(
  from: Uint8Array,
  to: Float32Array,
  size: number,
  view: View,
  [low, high]: readonly [low: number, high: number],
): void {
  const { mirrored, shift, zoom, gains } = view;
  const centre = (size - 1) / 2;
  const source = (at: number, moved: number) => {
    const place = Math.min(size - 1, Math.max(0, (at - moved - centre) / zoom + centre));
    const first = Math.min(Math.floor(place), size - 2);
    return { first, weight: place - first };
  };
  const columns = Array.from({ length: size }, (_, x) => source(mirrored ? size - 1 - x : x, shift[0]));
  for (let y = 0; y < size; y++) {
    const row = source(y, shift[1]);
    for (let x = 0; x < size; x++) {
      const { first, weight } = columns[x];
      const above = (row.first * size + first) * 3;
      const below = above + size * 3;
      for (let c = 0; c < 3; c++) {
        const top = from[above + c] + weight * (from[above + 3 + c] - from[above + c]);
        const bottom = from[below + c] + weight * (from[below + 3 + c] - from[below + c]);
        const value = Math.min(255, gains[c] * (top + row.weight * (bottom - top)));
        to[(y * size + x) * 3 + c] = low + ((high - low) * value) / 255;
      }
    }
  }
}
