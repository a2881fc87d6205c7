import type { TopLevelSpec } from 'vega-lite';
import { chartSvg } from '../../formats/chart/svg.ts';
import type { RegionComparison } from '../../../shared/region-comparison.ts';

/** Bars of every region alone and of all voxels without it; lines for all voxels (solid) and chance (dashed). */
export function regionComparisonChart({ regions, all }: RegionComparison): Promise<string> {
  const bars = regions.flatMap(({ region, alone, without }) => [
    ...(alone ? [{ region, voxels: 'alone', value: alone.pairwise }] : []),
    ...(without ? [{ region, voxels: 'all others', value: without.pairwise }] : []),
  ]);
  const order = ['alone', 'all others'];
  return chartSvg({
    background: 'white',
    width: { step: 30, for: 'position' },
    height: 180,
    layer: [
      {
        data: { values: bars },
        mark: { type: 'bar' },
        encoding: {
          x: {
            field: 'region',
            type: 'nominal',
            sort: regions.map(({ region }) => region),
            title: null,
            axis: { labelAngle: -35 },
          },
          xOffset: { field: 'voxels', sort: order },
          y: {
            field: 'value',
            type: 'quantitative',
            title: 'pairwise identification',
            scale: { domain: [0, 1] },
          },
          color: {
            field: 'voxels',
            type: 'nominal',
            title: null,
            scale: { domain: order, range: ['#0072B2', '#E69F00'] },
          },
        },
      },
      {
        data: { values: [{ value: all.pairwise }] },
        mark: { type: 'rule', color: 'black' },
        encoding: { y: { field: 'value', type: 'quantitative' } },
      },
      {
        data: { values: [{ value: 0.5 }] },
        mark: { type: 'rule', strokeDash: [4, 3], color: '#555' },
        encoding: { y: { field: 'value', type: 'quantitative' } },
      },
    ],
  } as unknown as TopLevelSpec);
}
