import type { TableColumn } from '../../formats/table/columns.ts';
import type { TargetMap } from './weight-map-kinds.ts';

interface RegionRow {
  readonly target: string;
  readonly kind: string;
  readonly region: string;
  readonly nVoxels: number;
  readonly sum: number;
  readonly rootMeanSquare: number | null;
  readonly share: number | null;
}

/**
 * What regions take part in each map: a row a map and region, the voxels outside every region last.
 *
 * @param regionOf place of each voxel's region, -1 for none, [nVoxels]
 */
export function regionColumns(
  maps: readonly { readonly target: string; readonly map: TargetMap }[],
  regionOf: Int32Array,
  regions: readonly string[],
): TableColumn[] {
  const rows = maps.flatMap(({ target, map: { kind, values } }): RegionRow[] => {
    const total = sumOf(
      values,
      () => true,
      (value) => value * value,
    );
    return [...regions, 'none'].map((region, at) => {
      const place = region === 'none' && at === regions.length ? -1 : at;
      const isInside = (voxel: number) => regionOf[voxel] === place;
      const nVoxels = regionOf.reduce((count, own) => count + (own === place ? 1 : 0), 0);
      const squares = sumOf(values, isInside, (value) => value * value);
      return {
        target,
        kind,
        region,
        nVoxels,
        sum: sumOf(values, isInside, (value) => value),
        rootMeanSquare: nVoxels === 0 ? null : Math.sqrt(squares / nVoxels),
        share: total > 0 ? squares / total : null,
      };
    });
  });
  const text = (name: 'target' | 'kind' | 'region', description: string): TableColumn => ({
    name,
    type: 'string',
    values: rows.map((row) => row[name]),
    description,
  });
  const number = (
    name: string,
    key: 'nVoxels' | 'sum' | 'rootMeanSquare' | 'share',
    description: string,
  ): TableColumn => ({
    name,
    type: key === 'nVoxels' ? 'int' : 'double',
    values: rows.map((row) => row[key]),
    description,
  });
  return [
    text('target', 'What the map is of'),
    text('kind', 'What it shows of it'),
    text('region', 'Region of the mapping; none: voxels outside all'),
    number('n_voxels', 'nVoxels', 'Voxels of the map in the region'),
    number('sum', 'sum', 'Sum over them; of contributions the part of the correlation'),
    number('root_mean_square', 'rootMeanSquare', 'Typical size of a value'),
    number('share', 'share', 'Share of the sum of squares of the whole map'),
  ];
}

function sumOf(
  values: Float64Array,
  isInside: (voxel: number) => boolean,
  of: (value: number) => number,
): number {
  let sum = 0;
  values.forEach((value, voxel) => {
    if (isInside(voxel)) sum += of(value);
  });
  return sum;
}
