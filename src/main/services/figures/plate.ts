import { pngSource } from '../../formats/html/html.ts';

/** A picture with a few words under it. */
export interface PlateCell {
  /** PNG; null leaves its place empty and says so. */
  readonly picture: Uint8Array | null;
  readonly lines: readonly string[];
}

export interface PlateRow {
  /** Left of the row: the first line stands out. */
  readonly label: readonly string[];
  readonly cells: readonly PlateCell[];
}

/** A table of pictures to be printed. */
export interface Plate {
  /** Above each column; a second line tells more. */
  readonly columns: readonly (readonly string[])[];
  readonly rows: readonly PlateRow[];
  /** Below everything, broken into lines as they fit. */
  readonly caption: readonly string[];
  /** Millimetres of a picture's side. */
  readonly pictureMm: number;
  readonly isTransparent: boolean;
}

const pointsPerMm = 72 / 25.4;
/** Average width of a letter of Helvetica, as a share of its size. */
const letterWidth = 0.47;
const gap = 4;
const captionSize = 7;
/** Letters of the longest line of scores. */
const scoreLetters = 24;

/**
 * A table of pictures as SVG, in points of 1/72 inch. Pictures are enlarged pixel by pixel: nothing is smoothed. The same plate is
 * the same text, to the byte.
 */
export function plateSvg(plate: Plate): string {
  const { columns, rows, pictureMm, isTransparent } = plate;
  const side = pictureMm * pointsPerMm;
  const size = Math.min(8, Math.max(4, side / 9));
  const line = size * 1.25;
  // A line of scores stands whole under its picture.
  const scoreSize = Math.min(size * 0.9, (side + gap) / (scoreLetters * letterWidth));
  const labelLines = Math.max(0, ...rows.flatMap(({ label }) => label.map((text) => text.length)));
  const left = labelLines === 0 ? gap : labelLines * size * letterWidth + 3 * gap;
  const headLines = Math.max(0, ...columns.map((lines) => lines.length));
  const top = gap + headLines * line + (headLines === 0 ? 0 : gap);
  const textLines = Math.max(0, ...rows.flatMap(({ cells }) => cells.map(({ lines }) => lines.length)));
  const rowHeight = side + textLines * line + gap;
  const width = Math.max(220, left + columns.length * (side + gap) + gap);
  const caption = plate.caption.flatMap((text) =>
    wrapped(text, (width - 2 * gap) / (captionSize * letterWidth)),
  );
  const body = top + rows.length * rowHeight;
  const height = body + gap + caption.length * captionSize * 1.3 + gap;
  const xOf = (column: number) => left + column * (side + gap);
  const parts = [
    ...(isTransparent ? [] : [`<rect width="${at(width)}" height="${at(height)}" fill="#ffffff"/>`]),
    ...columns.flatMap((lines, column) =>
      lines.map((text, row) =>
        textAt(fitted(text, side + gap, size), xOf(column) + side / 2, gap + (row + 1) * line - size / 4, {
          size,
          anchor: 'middle',
          isBold: row === 0,
        }),
      ),
    ),
    ...rows.flatMap(({ label, cells }, row) => {
      const y = top + row * rowHeight;
      return [
        ...label.map((text, at) =>
          textAt(text, gap, y + side / 2 + (at - (label.length - 1) / 2) * line + size / 3, {
            size,
            isBold: at === 0,
          }),
        ),
        ...cells.flatMap(({ picture, lines }, column) => [
          picture === null
            ? noPicture(xOf(column), y, side, size)
            : `<image x="${at(xOf(column))}" y="${at(y)}" width="${at(side)}" height="${at(side)}" image-rendering="optimizeSpeed" href="${pngSource(picture)}"/>`,
          ...lines.map((text, lineAt) =>
            textAt(
              fitted(text, side + gap, scoreSize),
              xOf(column),
              y + side + (lineAt + 1) * line - size / 4,
              {
                size: scoreSize,
              },
            ),
          ),
        ]),
      ];
    }),
    ...caption.map((text, row) =>
      textAt(text, gap, body + gap + (row + 1) * captionSize * 1.3, { size: captionSize }),
    ),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${at(width)}" height="${at(height)}" viewBox="0 0 ${at(width)} ${at(height)}" font-family="Helvetica, Arial, sans-serif">${parts.join('')}</svg>`;
}

const at = (value: number) => String(Math.round(value * 100) / 100);

function noPicture(x: number, y: number, side: number, size: number): string {
  const frame = `<rect x="${at(x)}" y="${at(y)}" width="${at(side)}" height="${at(side)}" fill="none" stroke="#999999" stroke-width="0.5"/>`;
  return frame + textAt('n/a', x + side / 2, y + side / 2 + size / 3, { size, anchor: 'middle' });
}

function textAt(
  text: string,
  x: number,
  y: number,
  {
    size,
    anchor = 'start',
    isBold = false,
  }: { readonly size: number; readonly anchor?: 'start' | 'middle'; readonly isBold?: boolean },
): string {
  const escaped = text.replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign] ?? '');
  const weight = isBold ? ' font-weight="bold"' : '';
  return `<text x="${at(x)}" y="${at(y)}" font-size="${at(size)}" text-anchor="${anchor}" fill="#111111"${weight}>${escaped}</text>`;
}

/** The beginning of a text, as much of it as a width holds. */
function fitted(text: string, width: number, size: number): string {
  const letters = Math.floor(width / (size * letterWidth));
  return text.length <= letters ? text : `${text.slice(0, Math.max(1, letters - 1))}…`;
}

function wrapped(text: string, letters: number): string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1];
    const longer = last === '' ? word : `${last} ${word}`;
    if (longer.length <= letters || last === '') lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
