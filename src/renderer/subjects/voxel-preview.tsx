import { useMemo } from 'react';
import { z } from 'zod';
import { DataTable, type TableColumn } from '../components/data-table.tsx';
import { useJobsOf } from '../jobs/use-enqueue.ts';

/** `preview.json` of the stage, as far as it is shown. */
const previewSchema = z.object({
  voxels: z.number(),
  faceRule: z.string(),
  gainRule: z.string(),
  respondToFaces: z.number(),
  gainFromLatents: z.number(),
  selected: z.number(),
  regionVoxels: z.record(z.string(), z.number()),
  table: z.array(
    z.object({
      face: z.string(),
      gain: z.string(),
      voxels: z.number(),
      regions: z.record(z.string(), z.number()),
    }),
  ),
});
type Row = z.output<typeof previewSchema>['table'][number];

interface VoxelPreviewProps {
  readonly subject: string;
  readonly model: string;
  /** The job that was asked for last; null: the latest of the list. */
  readonly id: number | null;
}

/** How many voxels remain under the rules that were asked for, and under others. */
export function VoxelPreview({ subject, model, id }: VoxelPreviewProps) {
  const job = useJobsOf('preview-voxels').find(
    ({ id: own, state, request }) =>
      state === 'done' &&
      request.subject === subject &&
      request.model === model &&
      (id === null || own === id),
  );
  const summary = job?.outcome?.summary;
  const preview = useMemo(() => previewSchema.safeParse(summary).data, [summary]);
  if (preview === undefined) return null;
  const regions = Object.keys(preview.regionVoxels);
  const columns: readonly TableColumn<Row>[] = [
    { id: 'face', name: 'Respond to faces', value: ({ face }) => face },
    { id: 'gain', name: 'Gain from latents', value: ({ gain }) => gain },
    { id: 'voxels', name: 'Voxels', value: ({ voxels }) => voxels, isNumber: true, width: 90 },
    ...regions.map(
      (region): TableColumn<Row> => ({
        id: `region ${region}`,
        name: region,
        value: (row) => row.regions[region] ?? 0,
        isNumber: true,
        width: 120,
      }),
    ),
  ];
  return (
    <>
      <p>
        <strong>{preview.selected}</strong> of {preview.voxels} voxels remain: {preview.respondToFaces}{' '}
        respond to faces ({preview.faceRule}), {preview.gainFromLatents} gain from the latents (
        {preview.gainRule}). Below, what other rules would leave.
      </p>
      <DataTable
        label="Voxels that remain"
        columns={columns}
        rows={preview.table}
        idOf={({ face, gain }) => `${face} ${gain}`}
        height={280}
      />
    </>
  );
}
