import { viridisColours } from '../../formats/chart/colours.ts';
import { pngSource } from '../../formats/html/html.ts';
import { encodePng } from '../../formats/image/encode.ts';
import type { Mask } from '../../imaging/mask.ts';
import { type Plane, planeLetters, type SliceView, sliceViews } from '../../imaging/slices.ts';
import { quantile } from '../../math/statistics.ts';

export interface SlicesFigureContent {
  readonly mask: Mask;
  /** [nx * ny * nz] what is seen in grey around the mask, such as the mean image. */
  readonly under: ArrayLike<number>;
  /** [mask voxels] what is seen in colour; NaN is left grey. */
  readonly over: ArrayLike<number>;
  /** What the colours say, with a unit where there is one. */
  readonly title: string;
  /** Value at the top of the colour bar; the bottom is 0. */
  readonly top: number;
}

const slicesPerPlane = 7;
const tileWidth = 140;
const gap = 6;
const left = 78;
const barWidth = 16;
const barPlace = 126;
const captionHeight = 20;

/** A map over the mean image: rows of axial, coronal and sagittal slices with letters for the sides, and a colour bar. */
export async function slicesFigure(content: SlicesFigureContent): Promise<string> {
  const { mask } = content;
  const paint = painter(content);
  const parts: string[] = [];
  let y = 4;
  let columns = 0;
  // All tiles share one scale, so that sizes can be compared; the widest takes the whole tile.
  const rows = (['axial', 'coronal', 'sagittal'] as const)
    .map((plane) => ({ plane, views: sliceViews(mask, plane, slicesPerPlane) }))
    .filter(({ views }) => views.length > 0);
  const widest = Math.max(...rows.map(({ views: [view] }) => view.width * view.spacing[0]));
  for (const { plane, views } of rows) {
    const [first] = views;
    const height = (first.height * first.spacing[1] * tileWidth) / widest;
    const width = (first.width * first.spacing[0] * tileWidth) / widest;
    parts.push(text(left - 10, y + height / 2 + 5, plane, 'end', 15));
    for (const [column, view] of views.entries()) {
      const x = left + column * (tileWidth + gap) + (tileWidth - width) / 2;
      const png = await encodePng(paint(view), view.width, view.height);
      parts.push(
        `<image href="${pngSource(png)}" x="${f(x)}" y="${f(y)}" width="${f(width)}" height="${f(height)}" preserveAspectRatio="none" style="image-rendering:pixelated"/>`,
        ...letters(plane, x, y, width, height, column === 0),
        text(x + width / 2, y + height + 15, caption(view), 'middle', 12),
      );
      columns = Math.max(columns, column + 1);
    }
    y += height + captionHeight + gap;
  }
  const right = left + columns * (tileWidth + gap);
  const barHeight = Math.min(260, y - 40);
  parts.push(...colourBar(content, right + 14, Math.max(22, (y - barHeight) / 2), barHeight));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${f(right + barPlace)} ${f(y)}" width="${f(right + barPlace)}" height="${f(y)}" font-family="system-ui, sans-serif" fill="currentColor">${parts.join('')}</svg>`;
}

/** Pixels of a view: grey outside, colours inside. */
function painter({ mask, under, over, top }: SlicesFigureContent): (view: SliceView) => Uint8Array {
  const white = quantile(Array.from(mask.indices, (index) => under[index]).filter(Number.isFinite), 0.99);
  const colours = viridisColours();
  const placeOf = new Int32Array(under.length).fill(-1);
  for (const [place, index] of mask.indices.entries()) placeOf[index] = place;
  return ({ voxels }) => {
    const pixels = new Uint8Array(voxels.length * 3);
    for (const [pixel, index] of voxels.entries()) {
      const place = placeOf[index];
      const value = place < 0 ? Number.NaN : over[place];
      if (Number.isFinite(value)) {
        const step = Math.round(255 * Math.min(1, Math.max(0, value / top)));
        pixels.set(colours.subarray(step * 3, step * 3 + 3), pixel * 3);
      } else {
        const grey = Math.round(255 * Math.min(1, Math.max(0, (under[index] || 0) / white)));
        pixels.fill(grey, pixel * 3, pixel * 3 + 3);
      }
    }
    return pixels;
  };
}

/** The sides on every tile, above and below on the first. They lie on black or grey: white with a dark edge. */
function letters(plane: Plane, x: number, y: number, width: number, height: number, all: boolean): string[] {
  const [west, east, north, south] = planeLetters[plane];
  const place = (atX: number, atY: number, letter: string, anchor: string) =>
    `<text x="${f(atX)}" y="${f(atY)}" text-anchor="${anchor}" font-size="12" font-weight="bold" fill="#fff" stroke="#000" stroke-width="2.5" paint-order="stroke">${letter}</text>`;
  const sides = [
    place(x + 3, y + height / 2 + 4, west, 'start'),
    place(x + width - 3, y + height / 2 + 4, east, 'end'),
  ];
  if (!all || height < 50) return sides;
  return [
    ...sides,
    place(x + width / 2, y + 12, north, 'middle'),
    place(x + width / 2, y + height - 4, south, 'middle'),
  ];
}

function caption({ plane, position }: SliceView): string {
  const axis = { axial: 'z', coronal: 'y', sagittal: 'x' }[plane];
  return `${axis} = ${Math.round(position) || 0} mm`;
}

function colourBar({ title, top }: SlicesFigureContent, x: number, y: number, height: number): string[] {
  const colours = viridisColours();
  const steps = 64;
  const bands = Array.from({ length: steps }, (_, step) => {
    const [r, g, b] = colours.subarray(Math.round((255 * step) / (steps - 1)) * 3);
    const bottom = y + height - ((step + 1) * height) / steps;
    return `<rect x="${f(x)}" y="${f(bottom)}" width="${barWidth}" height="${f(height / steps + 0.5)}" fill="rgb(${r},${g},${b})"/>`;
  });
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const at = y + height * (1 - share);
    const value = Number((share * top).toPrecision(3));
    return text(x + barWidth + 6, at + 4, share === 1 ? `≥ ${value}` : String(value), 'start', 13);
  });
  return [text(x, y - 9, title, 'start', 14), ...bands, ...ticks];
}

function text(x: number, y: number, content: string, anchor: string, size: number): string {
  return `<text x="${f(x)}" y="${f(y)}" text-anchor="${anchor}" font-size="${size}">${content}</text>`;
}

function f(value: number): string {
  return String(Number(value.toFixed(1)));
}
