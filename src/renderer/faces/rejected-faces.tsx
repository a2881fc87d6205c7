import { useQuery } from '@tanstack/react-query';
import type { FaceSetFacts } from '../../shared/contract/faces.ts';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { DataTable, type TableColumn } from '../components/data-table.tsx';
import { ProblemView } from '../components/problem-view.tsx';

type Row = Readonly<Record<string, string>>;

const columns: readonly TableColumn<Row>[] = [
  { id: 'file', name: 'File', value: ({ file }) => file },
  { id: 'code', name: 'Code', value: ({ code }) => code, width: 200 },
  { id: 'reason', name: 'Why', value: ({ reason }) => reason },
];

/** The pictures of the folder that are not in the set, and why. */
export function RejectedFaces({ set }: { readonly set: FaceSetFacts }) {
  const project = useProject().id;
  const page = useQuery(
    queries.faces.table.queryOptions({
      input: { project, name: set.name, table: 'rejected', count: 1000 },
    }),
  );
  if (page.error) return <ProblemView error={page.error} onAgain={() => void page.refetch()} />;
  const rows = page.data?.rows.map(({ values }) => values) ?? [];
  return (
    <section className="stack" aria-label="Pictures that were left out">
      <p className="quiet">
        What could not be read, or is too small or too large to be a face. The rest of the folder was
        imported.
      </p>
      <DataTable
        label="Pictures that were left out"
        columns={columns}
        rows={rows}
        idOf={({ file }) => file}
        height={480}
        empty="Every picture of the folder is in the set."
      />
      {page.data && page.data.total > rows.length && (
        <p className="quiet">
          The first {rows.length} of {page.data.total} are listed; rejected.tsv of the set has all.
        </p>
      )}
    </section>
  );
}
