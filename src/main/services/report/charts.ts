import type { TopLevelSpec } from 'vega-lite';
import { chartSvg } from '../../formats/chart/svg.ts';

export { chartSvg };

/** Okabe and Ito's colours, told apart by colour-blind readers too. */
export const modelColours = { vaegan: '#0072B2', pca: '#D55E00' } as const;

export interface LossPoint {
  readonly step: number;
  /** What the value is, as the picture is headed. */
  readonly name: string;
  readonly value: number;
}

export function lossChart(points: readonly LossPoint[]): Promise<string> {
  return chartSvg({
    data: { values: [...points] },
    columns: 3,
    facet: { field: 'name', title: null, sort: null, header: { labelColor: '#777' } },
    spec: {
      width: 220,
      height: 120,
      mark: { type: 'line', color: modelColours.vaegan },
      encoding: {
        x: { field: 'step', type: 'quantitative', title: 'step' },
        y: { field: 'value', type: 'quantitative', title: null, scale: { zero: false } },
      },
    },
    resolve: { scale: { y: 'independent' } },
  } as TopLevelSpec);
}

export interface RegionPoint {
  readonly region: string;
  readonly model: string;
  readonly pairwise: number;
  readonly lower: number;
  readonly upper: number;
}

/** Pairwise identification by region with 95 % intervals over stimuli; chance is drawn. */
export function regionChart(points: readonly RegionPoint[]): Promise<string> {
  const models = [...new Set(points.map((point) => point.model))];
  const regions = [...new Set(points.map((point) => point.region))];
  const encoding = {
    x: { field: 'region', type: 'nominal', title: null, sort: regions, axis: { labelAngle: 0 } },
    xOffset: { field: 'model', sort: models },
    color: {
      field: 'model',
      type: 'nominal',
      title: null,
      sort: models,
      scale: { range: Object.values(modelColours) },
    },
  };
  return chartSvg({
    width: 460,
    height: 200,
    layer: [
      {
        data: { values: [{ chance: 0.5 }] },
        mark: { type: 'rule', strokeDash: [4, 4], color: '#888' },
        encoding: { y: { field: 'chance', type: 'quantitative' } },
      },
      {
        data: { values: [...points] },
        mark: { type: 'rule', strokeWidth: 2 },
        encoding: { ...encoding, y: { field: 'lower', type: 'quantitative' }, y2: { field: 'upper' } },
      },
      {
        data: { values: [...points] },
        mark: { type: 'point', filled: true, size: 80, opacity: 1 },
        encoding: {
          ...encoding,
          y: {
            field: 'pairwise',
            type: 'quantitative',
            title: 'pairwise identification',
            scale: { domain: [0.3, 1] },
          },
        },
      },
    ],
  } as TopLevelSpec);
}
