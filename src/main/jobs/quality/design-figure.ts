import type { TopLevelSpec } from 'vega-lite';
import { chartSvg } from '../../formats/chart/svg.ts';
import { html, pngSource } from '../../formats/html/html.ts';
import type { Design } from '../../glm/design.ts';
import type { DesignQuality } from '../../qc/design-quality.ts';
import { greyPicture } from './grey-picture.ts';

/** More columns than this are a picture without names. */
const mostNames = 60;
const height = 380;
const left = 64;

/**
 * The design matrix of a run as a grey picture: time downwards in seconds, a column a regressor under its name. Every
 * column is scaled by its own largest absolute value; mid-grey is 0.
 */
export async function designFigure({ names, columns }: Design, tR: number): Promise<string> {
  const { rows, cols, data } = columns;
  const scaled = new Float64Array(rows * cols);
  for (let column = 0; column < cols; column += 1) {
    let largest = 0;
    for (let row = 0; row < rows; row += 1) largest = Math.max(largest, Math.abs(data[row * cols + column]));
    for (let row = 0; row < rows; row += 1) {
      scaled[row * cols + column] = largest > 0 ? data[row * cols + column] / largest : 0;
    }
  }
  const png = await greyPicture(scaled, cols, rows, [-1, 1]);
  const columnWidth = Math.min(30, Math.max(12, 760 / cols));
  const width = cols * columnWidth;
  const shown = cols <= mostNames ? names : [];
  const longest = Math.max(0, ...shown.map((name) => name.length));
  const top = Math.min(190, 16 + longest * 6.4);
  const duration = rows * tR;
  const step = niceStep(duration / 6);
  const times = Array.from({ length: Math.floor(duration / step) + 1 }, (_, i) => i * step);
  const labels = shown.map((name, column) => {
    const x = left + (column + 0.5) * columnWidth;
    return html`<text transform="translate(${x.toFixed(1)} ${(top - 6).toFixed(1)}) rotate(-55)" font-size="13">${name}</text>`;
  });
  const ticks = times.map((time) => {
    const y = top + (height * time) / duration;
    return html`<text x="${left - 8}" y="${(y + 4).toFixed(1)}" text-anchor="end" font-size="13">${time}</text>`;
  });
  // Room on the right for the last name, which leans over.
  const fullWidth = left + width + (shown.length > 0 ? longest * 4.6 + 10 : 10);
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${fullWidth.toFixed(0)} ${(top + height + 8).toFixed(0)}" width="${fullWidth.toFixed(0)}" height="${(top + height + 8).toFixed(0)}" font-family="system-ui, sans-serif" fill="currentColor"><image href="${pngSource(png)}" x="${left}" y="${top.toFixed(1)}" width="${width.toFixed(1)}" height="${height}" preserveAspectRatio="none" style="image-rendering:pixelated"/>${labels}${ticks}<text transform="translate(16 ${(top + height / 2).toFixed(0)}) rotate(-90)" text-anchor="middle" font-size="14">time (s)</text></svg>`
    .text;
}

function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= least) ?? 10);
}

/** Correlations of the columns that vary, as a map from blue (-1) over white (0) to orange (1). */
export function correlationFigure({ names }: Design, quality: DesignQuality): Promise<string> {
  const labels = quality.columns.map((column) => names[column]);
  const n = labels.length;
  const values = labels.flatMap((a, i) =>
    labels.map((b, j) => ({ a, b, r: quality.correlations.data[i * n + j] })),
  );
  const cell = Math.min(30, Math.max(10, 560 / n));
  const axis = { labelLimit: 160, labels: n <= mostNames, ticks: false, domain: false, title: null };
  const spec = {
    width: n * cell,
    height: n * cell,
    data: { values },
    mark: { type: 'rect' },
    encoding: {
      x: { field: 'b', type: 'nominal', sort: labels, axis: { ...axis, labelAngle: -55, orient: 'bottom' } },
      y: { field: 'a', type: 'nominal', sort: labels, axis },
      color: {
        field: 'r',
        type: 'quantitative',
        scale: { domain: [-1, 1], scheme: 'blueorange', domainMid: 0 },
        legend: { title: 'r', gradientLength: Math.min(200, n * cell) },
      },
    },
  };
  return chartSvg(spec as TopLevelSpec, 'projected');
}
