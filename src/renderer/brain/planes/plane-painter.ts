import { interpolationOf, type Layer } from '../layers/layer.ts';
import { paintOver } from '../layers/paint.ts';
import type { PlaneAxes, PlaneWindow } from './plane.ts';
import { samplePlane } from './sample-plane.ts';

interface Sampled {
  key: string;
  volume: Layer['volume'];
  values: Float32Array;
}

/** Draws layers over each other on one plane. What was sampled is kept, so that a threshold costs the colouring alone. */
export class PlanePainter {
  readonly #sampled = new Map<string, Sampled>();
  #picture: ImageData | null = null;

  /** @returns the picture, [height, width, 4]; valid until the next call */
  paint(layers: readonly Layer[], axes: PlaneAxes, window: PlaneWindow, through: number): ImageData {
    const { width, height } = window;
    if (this.#picture?.width !== width || this.#picture.height !== height)
      this.#picture = new ImageData(width, height);
    const picture = this.#picture;
    picture.data.fill(0);
    const key = `${axes.name} ${axes.acrossSign} ${width} ${height} ${window.scale} ${window.centre.join(' ')} ${through}`;
    const shown = layers.filter(({ isVisible }) => isVisible);
    for (const layer of shown) {
      paintOver(picture.data, this.#values(layer, key, axes, window, through), layer.paint);
    }
    for (const id of this.#sampled.keys()) {
      if (!shown.some((layer) => layer.id === id)) this.#sampled.delete(id);
    }
    return picture;
  }

  #values(layer: Layer, key: string, axes: PlaneAxes, window: PlaneWindow, through: number): Float32Array {
    const size = window.width * window.height;
    const known = this.#sampled.get(layer.id);
    if (known?.key === key && known.volume === layer.volume) return known.values;
    const values = known?.values.length === size ? known.values : new Float32Array(size);
    samplePlane(layer.volume, interpolationOf(layer), axes, window, through, values);
    this.#sampled.set(layer.id, { key, volume: layer.volume, values });
    return values;
  }
}

/** Letters at the four edges, on a ground of their own: they are read over any picture. */
export function drawLetters(
  context: CanvasRenderingContext2D,
  { letters }: PlaneAxes,
  { width, height }: { readonly width: number; readonly height: number },
  scale = 1,
): void {
  const size = Math.round(15 * scale);
  context.font = `600 ${size}px system-ui, "DejaVu Sans", sans-serif`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  const [inset, half] = [size, size * 0.75];
  const places = [
    [inset, height / 2],
    [width - inset, height / 2],
    [width / 2, inset],
    [width / 2, height - inset],
  ];
  places.forEach(([x, y], at) => {
    context.fillStyle = 'rgb(0 0 0 / 0.65)';
    context.fillRect(x - half, y - half, 2 * half, 2 * half);
    context.fillStyle = '#ffffff';
    context.fillText(letters[at], x, y + 1);
  });
}
