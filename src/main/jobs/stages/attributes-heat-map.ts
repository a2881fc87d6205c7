import type { TopLevelSpec } from 'vega-lite';

export interface AttributeCell {
  readonly attribute: string;
  /** `true codes`, or a region. */
  readonly codes: string;
  readonly panel: string;
  /** Null where nothing could be judged. */
  readonly value: number | null;
  /** Whether it stands after the correction. */
  readonly passes: boolean;
}

/** Balanced accuracy of every attribute (rows) from true codes and every region (columns); a frame marks q < 0.05. */
export function attributesHeatMap(cells: readonly AttributeCell[]): TopLevelSpec {
  const order = [...new Set(cells.map(({ codes }) => codes))];
  const attributes = [...new Set(cells.map(({ attribute }) => attribute))];
  const place = {
    x: { field: 'codes', type: 'nominal', sort: order, title: null, axis: { labelAngle: -35 } },
    y: { field: 'attribute', type: 'nominal', sort: attributes, title: null },
  };
  return {
    data: { values: cells.map((cell) => ({ ...cell, label: cell.value?.toFixed(2) ?? '' })) },
    columns: 2,
    facet: { field: 'panel', type: 'nominal', title: null, sort: null },
    spec: {
      width: { step: 46 },
      height: { step: 20 },
      layer: [
        {
          mark: { type: 'rect' },
          encoding: {
            ...place,
            color: {
              field: 'value',
              type: 'quantitative',
              title: 'balanced accuracy',
              scale: { domain: [0, 0.5, 1], range: ['#D55E00', '#FFFFFF', '#3D9BD9'], interpolate: 'rgb' },
            },
          },
        },
        {
          transform: [{ filter: 'datum.passes' }],
          mark: { type: 'rect', filled: false, stroke: '#000', strokeWidth: 2 },
          encoding: place,
        },
        {
          mark: { type: 'text', fontSize: 10, color: '#000' },
          encoding: { ...place, text: { field: 'label', type: 'nominal' } },
        },
      ],
    },
  } as unknown as TopLevelSpec;
}
