import PDFDocument from 'pdfkit';
import { SaxesParser } from 'saxes';
import { parseSvgColour } from './svg-colour.ts';

type Attributes = Readonly<Record<string, string>>;

/** SVG attributes that an element hands down to those inside it. */
const inherited = new Set([
  'fill',
  'fill-opacity',
  'font-size',
  'font-style',
  'font-weight',
  'stroke',
  'stroke-dasharray',
  'stroke-linecap',
  'stroke-linejoin',
  'stroke-miterlimit',
  'stroke-opacity',
  'stroke-width',
  'text-anchor',
]);

/**
 * A drawing as a PDF of one page of its own size, in vectors, with text as text in Helvetica: one of the fonts that every
 * reader of PDF has, so that nothing depends on the machine. Knows what charts here consist of: groups, rectangles,
 * circles, lines, paths, text, pictures as PNG, clipping by a rectangle.
 *
 * @param svg text of the drawing, with width and height in pixels, taken for points (1/72 inch)
 * @param title of the document
 */
export async function svgToPdf(svg: string, title: string): Promise<Uint8Array> {
  const drawing = parseSvg(svg);
  const [width, height] = sizeOf(drawing.attributes);
  const document = new PDFDocument({
    size: [width, height],
    margin: 0,
    // The same drawing is the same file, whenever it was made.
    info: { Title: title, Creator: 'Fusiform', CreationDate: new Date(0) },
  });
  const chunks: Buffer[] = [];
  const ended = new Promise<void>((done, failed) => {
    document.on('data', (chunk: Buffer) => chunks.push(chunk));
    document.on('end', done);
    document.on('error', failed);
  });
  draw(document, drawing, {}, clipsOf(drawing));
  document.end();
  await ended;
  return new Uint8Array(Buffer.concat(chunks));
}

interface Element {
  readonly name: string;
  readonly attributes: Attributes;
  readonly children: Element[];
  text: string;
}

function parseSvg(svg: string): Element {
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => {
    const element: Element = {
      name,
      attributes: withStyle(attributes as Attributes),
      children: [],
      text: '',
    };
    open[open.length - 1].children.push(element);
    open.push(element);
  });
  parser.on('text', (text) => {
    open[open.length - 1].text += text;
  });
  parser.on('closetag', () => open.pop());
  parser.write(svg).close();
  return root.children[0];
}

/** What a `style` attribute says counts as attributes. */
function withStyle(attributes: Attributes): Attributes {
  const pairs = (attributes.style ?? '')
    .split(';')
    .map((pair) => pair.split(':', 2).map((part) => part.trim()));
  return { ...attributes, ...Object.fromEntries(pairs.filter(([name, value]) => name && value)) };
}

function sizeOf({ width, height, viewBox = '' }: Attributes): [number, number] {
  const box = viewBox.split(/[\s,]+/).map(Number);
  return [Number.parseFloat(width) || box[2], Number.parseFloat(height) || box[3]];
}

/** Clipping areas by their id. */
function clipsOf(element: Element, found = new Map<string, Element>()): Map<string, Element> {
  if (element.name === 'clipPath') found.set(element.attributes.id, element);
  for (const child of element.children) clipsOf(child, found);
  return found;
}

const invisible = new Set(['clipPath', 'defs', 'desc', 'style', 'title']);

function draw(
  pdf: PDFKit.PDFDocument,
  element: Element,
  above: Attributes,
  clips: ReadonlyMap<string, Element>,
): void {
  const { name, children } = element;
  if (invisible.has(name) || element.attributes.display === 'none') return;
  const attributes = { ...above, ...element.attributes };
  pdf.save();
  transform(pdf, element.attributes.transform);
  const clip = clips.get(/url\(["']?#([^"')]+)/.exec(element.attributes['clip-path'] ?? '')?.[1] ?? '');
  if (clip !== undefined) {
    for (const shape of clip.children) outline(pdf, shape);
    pdf.clip();
  }
  const opacity = Number(above.opacity ?? 1) * Number(element.attributes.opacity ?? 1);
  if (name === 'text') drawText(pdf, element, attributes, opacity);
  else if (name === 'image') drawImage(pdf, attributes);
  else if (isPainted(attributes) && outline(pdf, element)) paint(pdf, attributes, opacity);
  const handedDown = Object.fromEntries(Object.entries(attributes).filter(([key]) => inherited.has(key)));
  for (const child of name === 'text' ? [] : children) {
    draw(pdf, child, { ...handedDown, opacity: String(opacity) }, clips);
  }
  pdf.restore();
}

function transform(pdf: PDFKit.PDFDocument, text = ''): void {
  for (const [, kind, list] of text.matchAll(/(\w+)\(([^)]*)\)/g)) {
    const values = list.split(/[\s,]+/).map(Number);
    if (kind === 'translate') pdf.translate(values[0], values[1] ?? 0);
    else if (kind === 'rotate') pdf.rotate(values[0], { origin: [values[1] ?? 0, values[2] ?? 0] });
    else if (kind === 'scale') pdf.scale(values[0], values[1] ?? values[0]);
    else if (kind === 'matrix') {
      const [a, b, c, d, e, f] = values;
      pdf.transform(a, b, c, d, e, f);
    }
  }
}

/** Sets the path of a shape; false where there is none. */
function outline(pdf: PDFKit.PDFDocument, { name, attributes }: Element): boolean {
  const at = (key: string) => Number.parseFloat(attributes[key] ?? '0');
  if (name === 'rect') pdf.rect(at('x'), at('y'), at('width'), at('height'));
  else if (name === 'circle') pdf.circle(at('cx'), at('cy'), at('r'));
  else if (name === 'line') pdf.moveTo(at('x1'), at('y1')).lineTo(at('x2'), at('y2'));
  else if (name === 'path' && attributes.d) pdf.path(attributes.d);
  else return false;
  return true;
}

function isPainted({ fill = 'black', stroke = 'none' }: Attributes): boolean {
  return parseSvgColour(fill) !== null || parseSvgColour(stroke) !== null;
}

function paint(pdf: PDFKit.PDFDocument, attributes: Attributes, opacity: number): void {
  const fill = parseSvgColour(attributes.fill ?? 'black');
  const stroke = parseSvgColour(attributes.stroke ?? 'none');
  if (fill) {
    pdf.fillColor([...fill.rgb]);
    pdf.fillOpacity(fill.alpha * opacity * Number(attributes['fill-opacity'] ?? 1));
  }
  if (stroke) {
    pdf.strokeColor([...stroke.rgb]);
    pdf.strokeOpacity(stroke.alpha * opacity * Number(attributes['stroke-opacity'] ?? 1));
    pdf.lineWidth(Number.parseFloat(attributes['stroke-width'] ?? '1'));
    const dash = (attributes['stroke-dasharray'] ?? '')
      .split(/[\s,]+/)
      .map(Number)
      .filter((length) => length > 0);
    if (dash.length > 0) pdf.dash(dash[0], { space: dash[1] ?? dash[0] });
  }
  if (fill && stroke) pdf.fillAndStroke();
  else if (fill) pdf.fill();
  else pdf.stroke();
}

function drawText(pdf: PDFKit.PDFDocument, element: Element, attributes: Attributes, opacity: number): void {
  const fill = parseSvgColour(attributes.fill ?? 'black');
  const text = windowsAnsi(allText(element)).trim();
  if (fill === null || text === '') return;
  const isBold = /bold|[6-9]00/.test(attributes['font-weight'] ?? '');
  const size = Number.parseFloat(attributes['font-size'] ?? '10');
  pdf.font(isBold ? 'Helvetica-Bold' : 'Helvetica').fontSize(size);
  pdf.fillColor([...fill.rgb]).fillOpacity(fill.alpha * opacity);
  const width = pdf.widthOfString(text);
  const before = { start: 0, middle: width / 2, end: width }[attributes['text-anchor'] ?? 'start'] ?? 0;
  const [x, y] = [Number.parseFloat(attributes.x ?? '0'), Number.parseFloat(attributes.y ?? '0')];
  pdf.text(text, x - before, y, { lineBreak: false, baseline: 'alphabetic' });
}

function allText({ text, children }: Element): string {
  return text + children.map(allText).join('');
}

/** The standard fonts know the letters of Windows-1252 alone. */
function windowsAnsi(text: string): string {
  return text
    .replaceAll('\u2212', '\u2013')
    .replaceAll('\u2265', '>=')
    .replaceAll('\u2264', '<=')
    .replaceAll('\u2009', ' ')
    .replace(/[^\u0020-\u00ff\u2013\u2014\u2018\u2019\u201c\u201d\u2022\u2026\u20ac]/g, '?');
}

function drawImage(pdf: PDFKit.PDFDocument, attributes: Attributes): void {
  const source = attributes.href ?? attributes['xlink:href'] ?? '';
  const data = /^data:image\/png;base64,(.*)$/s.exec(source)?.[1];
  if (data === undefined) return;
  pdf.image(Buffer.from(data, 'base64'), Number(attributes.x ?? 0), Number(attributes.y ?? 0), {
    width: Number.parseFloat(attributes.width),
    height: Number.parseFloat(attributes.height),
  });
}
