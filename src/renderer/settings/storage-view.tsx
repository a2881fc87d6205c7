import { useQuery } from '@tanstack/react-query';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { useNumbers } from '../client/preferences.ts';
import { DataTable, type TableColumn } from '../components/data-table.tsx';
import { ProblemView } from '../components/problem-view.tsx';

interface StorageRow {
  readonly what: string;
  readonly artifacts: number | null;
  readonly bytes: number;
}

/** What takes the space of this project, by what made it. */
export function StorageView() {
  const { id: project, dir } = useProject();
  const storage = useQuery(queries.projects.storage.queryOptions({ input: { project } }));
  const numbers = useNumbers();
  if (storage.error) return <ProblemView error={storage.error} onAgain={() => void storage.refetch()} />;
  if (storage.data === undefined) return <p className="quiet">Counting ...</p>;
  const { stages, workBytes, databaseBytes } = storage.data;
  const rows: StorageRow[] = [
    ...stages.map(({ stage, artifacts, bytes }) => ({ what: stage, artifacts, bytes })),
    { what: 'work that was begun', artifacts: null, bytes: workBytes },
    { what: 'database and files beside it', artifacts: null, bytes: databaseBytes },
  ].sort((a, b) => b.bytes - a.bytes);
  const columns: readonly TableColumn<StorageRow>[] = [
    { id: 'what', name: 'Made by', value: ({ what }) => what },
    {
      id: 'artifacts',
      name: 'Artefacts',
      isNumber: true,
      width: 110,
      value: ({ artifacts }) => artifacts,
      show: ({ artifacts }) => (artifacts === null ? '' : numbers.count(artifacts)),
    },
    {
      id: 'bytes',
      name: 'Size',
      isNumber: true,
      width: 110,
      value: ({ bytes }) => bytes,
      show: ({ bytes }) => numbers.bytes(bytes),
    },
  ];
  return (
    <>
      <p>
        {numbers.bytes(rows.reduce((sum, { bytes }) => sum + bytes, 0))} in{' '}
        <span className="path">{dir}</span>. What is removed on its own screen frees its files.
      </p>
      <DataTable label="Storage" columns={columns} rows={rows} idOf={({ what }) => what} height={340} />
    </>
  );
}
