import { useQuery } from '@tanstack/react-query';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { Picture } from '../components/picture.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import { Facts, Panel, type PanelProps, SelectionLink } from './panel.tsx';

/** Labels that are listed. */
const listed = 12;

/** A face of a set: its picture and what is known of it. */
export function FacePanel({ selection }: PanelProps) {
  const { id: project } = useProject();
  const index = Number(selection.face);
  const isIndex = Number.isInteger(index) && index >= 0;
  const sets = useQuery(queries.faces.list.queryOptions({ input: { project } }));
  const set = sets.data?.find(({ name }) => name === selection.faces) ?? sets.data?.[0];
  const table = useQuery({
    ...queries.faces.table.queryOptions({
      input: { project, name: set?.name ?? '-', table: 'faces', from: index, count: 1 },
    }),
    enabled: set !== undefined && isIndex,
  });
  const { file, ...labels } = table.data?.rows[0]?.values ?? {};
  const known = Object.entries(labels);
  if (set === undefined || !isIndex || index >= set.count) {
    return (
      <Panel kind="Face" name={selection.face ?? ''} of={['face', 'faces']}>
        {sets.isPending ? null : <p className="quiet">The project has no such face.</p>}
      </Panel>
    );
  }
  return (
    <Panel kind="Face" name={file ?? String(index)} of={['face', 'faces']}>
      {table.error && <ProblemView error={table.error} />}
      <Picture src={`/data/${project}/faces/${set.artifact}/${index}.png`} alt={file ?? ''} size={160} />
      <Facts
        of={[
          ['face set', `${set.name}, row ${index + 1} of ${set.count}`],
          ...known.slice(0, listed).map(([label, value]) => [label.replaceAll('_', ' '), value] as const),
        ]}
      />
      {known.length > listed && <p className="quiet">and {known.length - listed} more labels</p>}
      <p className="inspect-links">
        <SelectionLink to="/faces">Faces</SelectionLink>
        <SelectionLink to="/model">Model</SelectionLink>
      </p>
    </Panel>
  );
}
