import type { TopLevelSpec } from 'vega-lite';
import { nameScales } from './colours.ts';

export interface CurvePoint {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly lower?: number | null;
  readonly upper?: number | null;
  /** Whether this is the value that was chosen. */
  readonly chosen?: boolean;
}

export interface CurveOptions {
  readonly xTitle: string;
  readonly yTitle: string;
  readonly logarithmic?: boolean;
  /** Panels side by side, each with its own axes, in place of lines in one. */
  readonly panels?: boolean;
  readonly chance?: number;
  readonly percent?: boolean;
}

/** Lines over a number: scores over penalties, or over the number of training faces. */
export function curveChart(points: readonly CurvePoint[], options: CurveOptions): TopLevelSpec {
  const { xTitle, yTitle, logarithmic = false, panels = false, chance, percent = false } = options;
  const names = [...new Set(points.map(({ name }) => name))];
  const scales = nameScales(names);
  const scale = logarithmic ? { type: 'log' } : { zero: false };
  const place = {
    x: {
      field: 'x',
      type: 'quantitative',
      title: xTitle,
      scale,
      axis: { tickCount: 5, ...(logarithmic ? { format: '~g' } : {}) },
    },
    y: {
      field: 'y',
      type: 'quantitative',
      title: yTitle,
      scale: { zero: false },
      axis: { tickCount: 5, ...(percent ? { format: '.0%' } : {}) },
    },
    ...(panels
      ? {}
      : {
          color: {
            field: 'name',
            type: 'nominal',
            title: null,
            sort: names,
            scale: scales.color,
            legend: { orient: 'top', columns: 4 },
          },
        }),
  };
  const layer = [
    ...(chance === undefined
      ? []
      : [
          {
            transform: [{ calculate: String(chance), as: 'chance' }],
            mark: { type: 'rule', strokeDash: [4, 4], color: '#888' },
            encoding: { y: { field: 'chance', aggregate: 'mean', type: 'quantitative' } },
          },
        ]),
    {
      transform: [{ filter: 'isValid(datum.lower) && isValid(datum.upper)' }],
      mark: { type: 'rule', strokeWidth: 1.5 },
      encoding: { ...place, y: { ...place.y, field: 'lower' }, y2: { field: 'upper' } },
    },
    { mark: { type: 'line', ...(panels ? { color: '#0072B2' } : {}) }, encoding: place },
    {
      mark: { type: 'point', filled: true, size: 40, opacity: 1, ...(panels ? { color: '#0072B2' } : {}) },
      encoding: panels
        ? place
        : {
            ...place,
            shape: { field: 'name', type: 'nominal', title: null, sort: names, scale: scales.shape },
          },
    },
    {
      transform: [{ filter: 'datum.chosen' }],
      mark: { type: 'point', size: 180, filled: false, strokeWidth: 2, color: '#D55E00' },
      encoding: { x: place.x, y: place.y },
    },
  ];
  const values = points.map((point) => ({ ...point, chosen: point.chosen === true }));
  return (panels
    ? {
        data: { values },
        columns: 3,
        facet: { field: 'name', type: 'nominal', title: null, sort: names },
        spec: { width: 200, height: 130, layer },
        resolve: { scale: { y: 'independent', x: 'independent' } },
      }
    : { data: { values }, width: 520, height: 230, layer }) as unknown as TopLevelSpec;
}
