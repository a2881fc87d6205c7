import type { TopLevelSpec } from 'vega-lite';
import { chartSvg } from '../../formats/chart/svg.ts';
import type { ImageryResult } from '../../../shared/imagery.ts';

/** Pairwise score of imagery for each region (bars), what seen faces reach from as many trials (black ticks), and chance. */
export function imageryChart({ identifications, ceilings }: ImageryResult): Promise<string> {
  const isAlone = ({ region }: { readonly region: string }) => !region.startsWith('without-');
  const shown = identifications.filter((row) => row.part === 'all' && isAlone(row));
  // The published pattern where there is one; else each imagined face's own.
  const encoding = shown.filter(({ model }) => model === 'encoding');
  const bars = encoding.length > 0 ? encoding : shown;
  const matched = ceilings.filter((row) => row.trials === 'matched' && isAlone(row));
  const ticks = matched.length > 0 ? matched : ceilings.filter(isAlone);
  const regions = [...new Set(bars.map(({ region }) => region))];
  const place = {
    x: { field: 'region', type: 'nominal', sort: regions, title: null, axis: { labelAngle: -35 } },
    xOffset: { field: 'imagined' },
  };
  return chartSvg({
    background: 'white',
    width: { step: 36 },
    height: 180,
    layer: [
      {
        data: { values: bars.map(({ region, imagined, pairwise }) => ({ region, imagined, pairwise })) },
        mark: { type: 'bar' },
        encoding: {
          ...place,
          y: {
            field: 'pairwise',
            type: 'quantitative',
            title: 'pairwise, of imagery (tick: seen faces)',
            scale: { domain: [0, 1] },
          },
          color: { field: 'imagined', type: 'nominal', title: 'imagined' },
        },
      },
      {
        data: { values: ticks.map(({ region, imagined, pairwise }) => ({ region, imagined, pairwise })) },
        mark: { type: 'tick', color: 'black', thickness: 2, size: 14 },
        encoding: { ...place, y: { field: 'pairwise', type: 'quantitative' } },
      },
      {
        data: { values: [{ chance: 0.5 }] },
        mark: { type: 'rule', strokeDash: [4, 3], color: '#555' },
        encoding: { y: { field: 'chance', type: 'quantitative' } },
      },
    ],
  } as unknown as TopLevelSpec);
}
