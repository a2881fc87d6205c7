import { useMemo } from 'react';
import { DataTable } from '../../components/data-table.tsx';
import type { Point } from '../volume/bounds.ts';
import { findClusters } from './clusters.ts';
import type { Layer } from './layer.ts';
import { isTwoSided } from './paint.ts';

type Row = ReturnType<typeof findClusters>[number] & { readonly id: string };

const columns = [
  { id: 'voxels', name: 'Voxels', value: (row: Row) => row.voxels, isNumber: true, width: 70 },
  {
    id: 'volume',
    name: 'mm³',
    value: (row: Row) => row.volume,
    show: (row: Row) => row.volume.toFixed(0),
    isNumber: true,
    width: 80,
  },
  {
    id: 'peak',
    name: 'Peak',
    value: (row: Row) => row.peak,
    show: (row: Row) => row.peak.toPrecision(4),
    isNumber: true,
    width: 84,
  },
  {
    id: 'place',
    name: 'Peak, mm',
    value: (row: Row) => row.peakPlace.map((value) => value.toFixed(1)).join(', '),
  },
  { id: 'voxel', name: 'Peak, voxel', value: (row: Row) => row.peakVoxel.join(', ') },
];

/** The clusters of a map at its threshold; a row that is chosen moves the crosshair to its peak. */
export function ClusterTable({
  layer,
  onPlace,
}: {
  readonly layer: Layer;
  readonly onPlace: (place: Point) => void;
}) {
  const { threshold } = layer.paint;
  const twoSided = isTwoSided(layer.paint);
  const rows = useMemo(
    () =>
      findClusters(layer.volume, threshold, twoSided).map(
        (cluster): Row => ({ ...cluster, id: cluster.peakVoxel.join(',') }),
      ),
    [layer.volume, threshold, twoSided],
  );
  return (
    <section className="stack" aria-label="Clusters">
      <h2>Clusters of "{layer.image.name}"</h2>
      <p className="quiet">
        {rows.length} clusters of voxels at {twoSided ? '±' : ''}
        {Number(threshold.toPrecision(4))} or beyond that touch by face, edge or corner (26-connectivity),
        each sign by itself. Sizes are not tested.
      </p>
      <DataTable
        label={`Clusters of ${layer.image.name}`}
        columns={columns}
        rows={rows}
        idOf={({ id }) => id}
        onSelect={(id) => {
          const row = rows.find((each) => each.id === id);
          if (row) onPlace(row.peakPlace);
        }}
        height={220}
        empty="No voxel reaches the threshold."
      />
    </section>
  );
}
