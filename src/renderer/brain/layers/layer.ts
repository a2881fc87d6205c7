import type { BrainImage } from '../../../shared/contract/brain.ts';
import type { Preferences } from '../../../shared/preferences.ts';
import type { Interpolation } from '../volume/sample.ts';
import type { LoadedVolume } from '../volume/volume-store.ts';
import type { ColourMapName } from './colour-maps.ts';
import type { Paint } from './paint.ts';

/** An image that lies over the others; null in its paint: as the image itself suggests. */
export interface LayerState {
  readonly id: string;
  readonly isVisible: boolean;
  readonly paint: Paint | null;
}

/** A layer whose image is known and whose voxels are there. */
export interface Layer {
  readonly id: string;
  readonly image: BrainImage;
  readonly volume: LoadedVolume;
  readonly paint: Paint;
  readonly isVisible: boolean;
}

export function interpolationOf({ image }: Pick<Layer, 'image'>): Interpolation {
  return isDiscrete(image) ? 'nearest' : 'linear';
}

/** Labels and sets of voxels have no values in between. */
export function isDiscrete({ kind }: BrainImage): boolean {
  return kind === 'labels' || kind === 'mask' || kind === 'selection';
}

/** How an image is painted before anybody chose. */
export function firstPaint(
  image: BrainImage,
  { range }: LoadedVolume,
  preferences: Preferences['colourMaps'],
): Paint {
  if (isDiscrete(image)) {
    return { kind: 'labels', colours: 'viridis', low: 0, high: 1, threshold: 0.5, opacity: 0.6 };
  }
  const isSigned = range.hasNegative && (image.isSigned || range.min < -0.1 * range.max);
  const high = rounded(range.high);
  // Half of the colours: what is strong is seen first, and the bar says where it was cut.
  return {
    kind: 'scalar',
    colours: isSigned ? preferences.signed : preferences.oneSigned,
    low: isSigned ? -high : 0,
    high,
    threshold: rounded(0.4 * high),
    opacity: 0.85,
  };
}

/** The anatomy below: grey between its 2nd and 98th percentile, nothing left out. */
export function basePaint({ range }: LoadedVolume): Paint {
  const low = range.hasNegative ? range.min : Math.min(range.low, 0.3 * range.high);
  return {
    kind: 'scalar',
    colours: 'grey',
    low,
    high: range.high,
    threshold: Number.NEGATIVE_INFINITY,
    opacity: 1,
  };
}

function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

/** `id~1~RdBu_r~-5~5~2~0.85` each, one after the other. */
export function layersToText(layers: readonly LayerState[]): string {
  return layers
    .map(({ id, isVisible, paint }) => {
      const parts = paint && [
        paint.kind,
        paint.colours,
        paint.low,
        paint.high,
        paint.threshold,
        paint.opacity,
      ];
      return [encodeURIComponent(id), isVisible ? 1 : 0, ...(parts ?? [])].join('~');
    })
    .join('|');
}

export function layersFromText(text: string): LayerState[] {
  return text.split('|').flatMap((part): LayerState[] => {
    const [id, visible, kind, colours, ...numbers] = part.split('~');
    if (id === undefined || id === '') return [];
    const [low, high, threshold, opacity] = numbers.map(Number);
    const isWhole = numbers.length === 4 && numbers.every((value) => Number.isFinite(Number(value)));
    const paint: Paint | null =
      isWhole && (kind === 'scalar' || kind === 'labels')
        ? { kind, colours: colours as ColourMapName, low, high, threshold, opacity }
        : null;
    return [{ id: decodeURIComponent(id), isVisible: visible !== '0', paint }];
  });
}
