import { type ColourMapName, colourTable, labelColour, signedMaps, tableSize } from './colour-maps.ts';

/** How values become colours. */
export interface Paint {
  readonly kind: 'scalar' | 'labels';
  readonly colours: ColourMapName;
  /** Values of the two ends of the colours; a signed map's lower end is `-high`. */
  readonly low: number;
  readonly high: number;
  /** Below it, by size where both signs mean something, nothing is drawn. */
  readonly threshold: number;
  readonly opacity: number;
}

/** Whether a paint shows both signs around zero. */
export function isTwoSided({ colours }: Paint): boolean {
  return signedMaps.includes(colours);
}

/** The value range that the ends of the colours stand for. */
export function rangeOf(paint: Paint): [low: number, high: number] {
  return isTwoSided(paint) ? [-paint.high, paint.high] : [paint.low, paint.high];
}

/** Whether a value is drawn. NaN and infinite values never are. */
export function isShown(paint: Paint, value: number): boolean {
  if (value - value !== 0) return false;
  if (paint.kind === 'labels') return Math.round(value) !== 0;
  return isTwoSided(paint) ? Math.abs(value) >= paint.threshold && value !== 0 : value >= paint.threshold;
}

/**
 * Lays values over a picture. Where a value is not shown the picture stays as it is.
 *
 * @param pixels [n, 4] RGBA; becomes opaque where something is drawn
 */
export function paintOver(pixels: Uint8ClampedArray, values: Float32Array, paint: Paint): void {
  if (paint.kind === 'labels') {
    paintLabels(pixels, values, paint.opacity);
    return;
  }
  const table = colourTable(paint.colours);
  const [low, high] = rangeOf(paint);
  const factor = (tableSize - 1) / (high - low || 1);
  const twoSided = isTwoSided(paint);
  const { threshold, opacity } = paint;
  for (let at = 0, to = 0; at < values.length; at += 1, to += 4) {
    const value = values[at];
    if (value - value !== 0) continue;
    if (twoSided ? (value < threshold && value > -threshold) || value === 0 : value < threshold) continue;
    const place = (value - low) * factor + 0.5;
    const from = 3 * (place <= 0 ? 0 : place >= tableSize ? tableSize - 1 : place | 0);
    const share = pixels[to + 3] === 0 ? 1 : opacity;
    pixels[to] += share * (table[from] - pixels[to]);
    pixels[to + 1] += share * (table[from + 1] - pixels[to + 1]);
    pixels[to + 2] += share * (table[from + 2] - pixels[to + 2]);
    pixels[to + 3] = 255;
  }
}

function paintLabels(pixels: Uint8ClampedArray, values: Float32Array, opacity: number): void {
  let last = 0;
  let colour: readonly number[] = [0, 0, 0];
  for (let at = 0, to = 0; at < values.length; at += 1, to += 4) {
    const value = Math.round(values[at]);
    if (!(value !== 0 && value - value === 0)) continue;
    if (value !== last) {
      last = value;
      colour = labelColour(value);
    }
    for (let channel = 0; channel < 3; channel += 1) {
      pixels[to + channel] += opacity * (colour[channel] - pixels[to + channel]);
    }
    pixels[to + 3] = 255;
  }
}

/** The colour of one value, 0..255; null where nothing is drawn. */
export function colourOf(paint: Paint, value: number): readonly [number, number, number] | null {
  if (!isShown(paint, value)) return null;
  if (paint.kind === 'labels') return labelColour(value);
  const [low, high] = rangeOf(paint);
  const place = Math.round(((value - low) / (high - low || 1)) * (tableSize - 1));
  const at = 3 * Math.min(tableSize - 1, Math.max(0, place));
  const table = colourTable(paint.colours);
  return [table[at], table[at + 1], table[at + 2]];
}
