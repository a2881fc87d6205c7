import sharp from 'sharp';
import { imageGrid, type Picture } from './encode.ts';

export interface LabelledGridOptions {
  /** Width and height of each image in pixels. */
  readonly size: number;
  /** One text a column, above it. */
  readonly columns: readonly string[];
  /** One text a row, left of it; default none. */
  readonly rows?: readonly string[];
  /** A line above everything. */
  readonly title?: string;
}

/** Images smaller than this are shown larger, by a whole factor and pixel by pixel: nothing is made up. */
const smallestTile = 96;
const gap = 4;
const fontSize = 13;
const lineHeight = 20;
/** Width of a letter of the sans-serif font, on average, as a share of its size. */
const letterWidth = 0.58;

/**
 * A table of images with its columns and rows labelled, as PNG on white.
 *
 * @param images row by row, each [size, size, 3]; null leaves its place empty.
 * @throws RangeError where the images do not fill the rows.
 */
export async function labelledGrid(
  images: readonly (Uint8Array | null)[],
  options: LabelledGridOptions,
): Promise<Uint8Array> {
  const { size, columns, title } = options;
  const rows = options.rows ?? [];
  if (images.length % columns.length !== 0) {
    throw new RangeError(`${images.length} images do not fill rows of ${columns.length}`);
  }
  const scale = Math.max(1, Math.ceil(smallestTile / size));
  const tile = size * scale;
  const grid = imageGrid(
    images.map((image) => image && enlarge(image, size, scale)),
    { width: tile, height: tile, columns: columns.length, gap },
  );
  const hasColumns = columns.some((text) => text !== '');
  const left = rows.length === 0 ? 0 : Math.ceil(widestOf(rows)) + 2 * gap;
  const top = (title === undefined ? 0 : lineHeight) + (hasColumns ? lineHeight : 0);
  const width = Math.max(left + grid.width, title === undefined ? 0 : Math.ceil(textWidth(title)) + 4 * gap);
  const height = top + grid.height;
  const texts = [
    ...(title === undefined
      ? []
      : [text(title, { x: 2 * gap, y: lineHeight - 6, anchor: 'start', bold: true })]),
    ...columns.map((label, column) =>
      text(fitted(label, tile), {
        x: left + gap + column * (tile + gap) + tile / 2,
        y: top - 6,
        anchor: 'middle',
      }),
    ),
    ...rows.map((label, row) =>
      text(label, {
        x: left - gap,
        y: top + gap + row * (tile + gap) + tile / 2 + fontSize / 3,
        anchor: 'end',
      }),
    ),
  ];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${texts.join('')}</svg>`;
  return sharp({ create: { width, height, channels: 3, background: '#ffffff' } })
    .composite([
      { input: Buffer.from(grid.pixels.buffer), raw: rawSize(grid), left, top },
      { input: Buffer.from(svg), left: 0, top: 0 },
    ])
    .png({ compressionLevel: 9 })
    .toBuffer();
}

function rawSize({ width, height }: Picture) {
  return { width, height, channels: 3 } as const;
}

/** Every pixel becomes a block of `scale` x `scale`. */
function enlarge(image: Uint8Array, size: number, scale: number): Uint8Array {
  if (scale === 1) return image;
  const side = size * scale;
  const result = new Uint8Array(side * side * 3);
  for (let y = 0; y < side; y++) {
    const row = Math.floor(y / scale) * size;
    for (let x = 0; x < side; x++) {
      const from = (row + Math.floor(x / scale)) * 3;
      const to = (y * side + x) * 3;
      for (let channel = 0; channel < 3; channel++) result[to + channel] = image[from + channel];
    }
  }
  return result;
}

function textWidth(label: string): number {
  return label.length * fontSize * letterWidth;
}

function widestOf(labels: readonly string[]): number {
  return Math.max(...labels.map(textWidth));
}

/** The beginning of a label, as much of it as a width holds. */
function fitted(label: string, width: number): string {
  const letters = Math.floor(width / (fontSize * letterWidth));
  return label.length <= letters ? label : `${label.slice(0, letters - 1)}…`;
}

function text(
  content: string,
  { x, y, anchor, bold = false }: { x: number; y: number; anchor: string; bold?: boolean },
): string {
  const escaped = content.replace(
    /[&<>]/g,
    (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign] ?? '',
  );
  const weight = bold ? ' font-weight="bold"' : '';
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" font-family="sans-serif" font-size="${fontSize}"${weight}>${escaped}</text>`;
}
