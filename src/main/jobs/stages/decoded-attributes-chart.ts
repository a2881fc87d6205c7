import { chartSvg } from '../../formats/chart/svg.ts';
import { attributesHeatMap } from './attributes-heat-map.ts';
import type { AttributeReadingRow } from '../../../shared/decoded-attributes.ts';

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
      codes: region ?? 'true codes',
      panel: rule === 'axis-origin' ? 'axis, as published' : 'classifier',
      value: balancedAccuracy,
      passes: q < 0.05,
    }));
  return chartSvg({ background: 'white', ...attributesHeatMap(cells) });
}
