import type { TopLevelSpec } from 'vega-lite';

export interface LossPoint {
  readonly step: number;
  /** What the value is, as the picture is headed. */
  readonly name: string;
  readonly value: number;
}

/** Losses over the training, a panel each. */
export function lossesChart(points: readonly LossPoint[]): TopLevelSpec {
  return {
    data: { values: [...points] },
    columns: 3,
    facet: { field: 'name', title: null, sort: null },
    spec: {
      width: 215,
      height: 110,
      mark: { type: 'line', color: '#0072B2' },
      encoding: {
        x: { field: 'step', type: 'quantitative', title: 'step', axis: { tickCount: 4 } },
        y: {
          field: 'value',
          type: 'quantitative',
          title: null,
          scale: { zero: false },
          axis: { tickCount: 4 },
        },
      },
    },
    resolve: { scale: { y: 'independent' } },
  } as unknown as TopLevelSpec;
}
