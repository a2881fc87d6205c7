import type { TopLevelSpec } from 'vega-lite';
import { nameScales } from './colours.ts';

export interface RegionPoint {
  readonly region: string;
  /** Latent model and decoder, or the subject. */
  readonly name: string;
  readonly value: number;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** A score by region (groups) and latent model (offset, colour and shape) with its intervals; chance is drawn. */
export function regionsChart(
  points: readonly RegionPoint[],
  chance: number | null,
  axisTitle: string,
  /** The least value that must be on the axis, where several charts are to have the same. */
  least = 1,
): TopLevelSpec {
  const names = [...new Set(points.map(({ name }) => name))];
  const regions = [...new Set(points.map(({ region }) => region))];
  const scales = nameScales(names);
  const place = {
    x: { field: 'region', type: 'nominal', title: null, sort: regions, axis: { labelAngle: 0 } },
    xOffset: { field: 'name', sort: names },
    color: {
      field: 'name',
      type: 'nominal',
      title: null,
      sort: names,
      scale: scales.color,
      legend: { orient: 'top', columns: 4 },
    },
  };
  const lowest = Math.min(...points.map(({ lower, value }) => lower ?? value), chance ?? 1, least);
  const scale = { domain: [lowEnd(lowest), 1] };
  return {
    width: Math.min(720, Math.max(300, 165 * regions.length)),
    height: 230,
    layer: [
      ...(chance === null
        ? []
        : [
            {
              data: { values: [{ chance }] },
              mark: { type: 'rule', strokeDash: [4, 4], color: '#888' },
              encoding: { y: { field: 'chance', type: 'quantitative', scale } },
            },
          ]),
      {
        data: { values: points.filter(({ lower, upper }) => lower !== null && upper !== null) },
        mark: { type: 'rule', strokeWidth: 2 },
        encoding: { ...place, y: { field: 'lower', type: 'quantitative', scale }, y2: { field: 'upper' } },
      },
      {
        data: { values: [...points] },
        mark: { type: 'point', filled: true, size: 80, opacity: 1 },
        encoding: {
          ...place,
          shape: { field: 'name', type: 'nominal', title: null, sort: names, scale: scales.shape },
          y: {
            field: 'value',
            type: 'quantitative',
            title: axisTitle,
            axis: { format: '.0%' },
            scale,
          },
        },
      },
    ],
  } as unknown as TopLevelSpec;
}

/** A round number below everything that is drawn. */
function lowEnd(lowest: number): number {
  return Math.max(0, Math.floor(10 * lowest - 0.5) / 10);
}
