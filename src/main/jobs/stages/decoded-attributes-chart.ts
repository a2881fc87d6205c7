import type { TopLevelSpec } from 'vega-lite';
import { chartSvg } from '../../formats/chart/svg.ts';
import type { AttributeReadingRow } from './decoded-attributes-result.ts';

const trueCodes = 'true codes';

/**
 * Balanced accuracy of every attribute (rows) from true codes and from every region (columns), as published and by the classifier;
 * a frame marks q < 0.05. Regions that are all voxels but one stand in the table alone.
 */
export function decodedAttributesChart(readings: readonly AttributeReadingRow[]): Promise<string> {
  const cells = readings
    .filter(({ rule }) => rule === 'axis-origin' || rule === 'classifier-balanced')
    .filter(({ region }) => region === null || !region.startsWith('without-'))
    .map(({ attribute, region, rule, balancedAccuracy, q }) => ({
      attribute,
      column: region ?? trueCodes,
      rule: rule === 'axis-origin' ? 'axis, as published' : 'classifier',
      value: balancedAccuracy,
      text: balancedAccuracy === null ? '' : balancedAccuracy.toFixed(2),
      passes: q < 0.05,
    }));
  const columns = [...new Set(cells.map(({ column }) => column))];
  const attributes = [...new Set(cells.map(({ attribute }) => attribute))];
  const place = {
    x: { field: 'column', type: 'nominal', sort: columns, title: null, axis: { labelAngle: -35 } },
    y: { field: 'attribute', type: 'nominal', sort: attributes, title: null },
  };
  return chartSvg({
    background: 'white',
    data: { values: cells },
    facet: { column: { field: 'rule', type: 'nominal', title: null } },
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
              scale: { domain: [0, 0.5, 1], range: ['#D55E00', '#FFFFFF', '#0072B2'], interpolate: 'rgb' },
            },
          },
        },
        {
          transform: [{ filter: 'datum.passes' }],
          mark: { type: 'rect', filled: false, stroke: 'black', strokeWidth: 2 },
          encoding: place,
        },
        {
          mark: { type: 'text', fontSize: 10 },
          encoding: { ...place, text: { field: 'text', type: 'nominal' } },
        },
      ],
    },
  } as unknown as TopLevelSpec);
}
