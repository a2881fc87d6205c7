import { drawColourBar } from '../layers/colour-bar.tsx';
import type { Layer } from '../layers/layer.ts';
import { caption } from '../layers/layer-panel.tsx';
import { rangeOf } from '../layers/paint.ts';
import { type PlaneAxes, windowFor } from '../planes/plane.ts';
import { drawLetters, PlanePainter } from '../planes/plane-painter.ts';
import type { BrainScene } from '../scene/scene.ts';
import type { Bounds, Point } from '../volume/bounds.ts';

export interface PictureOptions {
  /** Pixels of a side of each view. */
  readonly size: number;
  readonly background: 'transparent' | 'white' | 'black';
}

interface PictureOf {
  readonly planes: readonly PlaneAxes[];
  readonly layers: readonly Layer[];
  readonly bounds: Bounds;
  readonly place: Point;
  readonly zoom: number;
  readonly scene: BrainScene | null;
  readonly convention: string;
}

/** The three planes and the brain beside each other, with letters, a scale of length, colour bars, and what they mean. */
export function drawPicture(view: PictureOf, { size, background }: PictureOptions): HTMLCanvasElement {
  const bars = view.layers.filter(
    ({ id, isVisible, paint }) => isVisible && !id.startsWith('base ') && paint.kind === 'scalar',
  );
  const unit = size / 100;
  const nViews = view.planes.length + (view.scene === null ? 0 : 1);
  const canvas = document.createElement('canvas');
  canvas.width = size * nViews;
  canvas.height = Math.round(size + (8 + 17 * bars.length) * unit);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('The browser gives no canvas of this size.');
  if (background !== 'transparent') {
    context.fillStyle = background;
    context.fillRect(0, 0, canvas.width, canvas.height);
  }
  const ink = background === 'black' ? '#ffffff' : '#000000';
  for (const [at, axes] of view.planes.entries()) drawPlane(context, view, axes, size, at * size);
  if (view.scene !== null) {
    const picture = view.scene.picture(size, size, background === 'transparent' ? null : background);
    context.drawImage(picture, view.planes.length * size, 0);
  }
  context.fillStyle = ink;
  context.font = `${3.4 * unit}px system-ui, "DejaVu Sans", sans-serif`;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  const place = view.place.map((value) => value.toFixed(1)).join(', ');
  context.fillText(`${place} mm (RAS+), ${view.convention} convention`, 2 * unit, size + 4 * unit);
  for (const [at, layer] of bars.entries())
    drawBar(context, layer, { y: size + (9 + 17 * at) * unit, unit, ink });
  return canvas;
}

function drawPlane(
  context: CanvasRenderingContext2D,
  view: PictureOf,
  axes: PlaneAxes,
  size: number,
  left: number,
): void {
  const window = windowFor(axes, view.bounds, { width: size, height: size }, 0.94 * view.zoom);
  const own = document.createElement('canvas');
  [own.width, own.height] = [size, size];
  const picture = own.getContext('2d');
  if (picture === null) return;
  picture.putImageData(new PlanePainter().paint(view.layers, axes, window, view.place[axes.through]), 0, 0);
  drawLetters(picture, axes, { width: size, height: size }, size / 300);
  // A round length of about a quarter of the picture.
  const length = [5, 10, 20, 50, 100].findLast((mm) => mm / window.scale <= size / 3) ?? 5;
  picture.fillStyle = '#ffffff';
  picture.strokeStyle = '#000000';
  const [x, y, width, height] = [size * 0.06, size * 0.93, length / window.scale, size * 0.012];
  picture.strokeRect(x, y, width, height);
  picture.fillRect(x, y, width, height);
  picture.font = `600 ${size * 0.035}px system-ui, "DejaVu Sans", sans-serif`;
  picture.lineWidth = size * 0.006;
  picture.strokeText(`${length} mm`, x, y - size * 0.015);
  picture.fillText(`${length} mm`, x, y - size * 0.015);
  context.drawImage(own, left, 0);
}

function drawBar(
  context: CanvasRenderingContext2D,
  layer: Layer,
  { y, unit, ink }: { readonly y: number; readonly unit: number; readonly ink: string },
): void {
  const box = { x: 12 * unit, y: y + 6 * unit, width: 76 * unit, height: 3.5 * unit };
  drawColourBar(context, layer.paint, box);
  context.strokeStyle = ink;
  context.lineWidth = 0.2 * unit;
  context.strokeRect(box.x, box.y, box.width, box.height);
  context.fillStyle = ink;
  const [low, high] = rangeOf(layer.paint);
  const middle = box.y + box.height / 2;
  context.textAlign = 'right';
  context.fillText(low.toPrecision(3), box.x - 1.5 * unit, middle);
  context.textAlign = 'left';
  context.fillText(high.toPrecision(3), box.x + box.width + 1.5 * unit, middle);
  const { threshold } = layer.paint;
  context.fillText(
    `${layer.image.name} (${caption(layer)}); drawn from ${Number(threshold.toPrecision(3))}`,
    2 * unit,
    y + 2.5 * unit,
  );
}

/** Gives a picture to the user as a file. */
export function savePicture(canvas: HTMLCanvasElement, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob === null) {
        reject(new Error('The picture is too large for this browser: choose a smaller size.'));
        return;
      }
      const link = document.createElement('a');
      link.href = URL.createObjectURL(blob);
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
      resolve();
    }, 'image/png');
  });
}
