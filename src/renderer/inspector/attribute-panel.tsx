import { useQuery } from '@tanstack/react-query';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { useMapping } from './mapping-of.ts';
import { Facts, Fold, Panel, type PanelProps, SelectionLink } from './panel.tsx';
import { TargetMapsView } from './target-maps.tsx';

/** An attribute: how many faces have it, and its map. */
export function AttributePanel({ selection }: PanelProps) {
  const { id: project } = useProject();
  const name = selection.attribute ?? '';
  // `Male=1`, or the column alone: then the class of value 1 is meant, as CelebA's labels have it.
  const [column, value = '1'] = name.split('=');
  const sets = useQuery(queries.faces.list.queryOptions({ input: { project } }));
  const set = sets.data?.find(
    ({ name: of, labels }) => labels.includes(column) && (selection.faces ?? of) === of,
  );
  const labels = useQuery({
    ...queries.faces.labels.queryOptions({ input: { project, name: set?.name ?? '-' } }),
    enabled: set !== undefined,
  });
  const counts = labels.data?.find(({ label }) => label === column)?.counts;
  const mapping = useMapping(selection);
  return (
    <Panel kind="Attribute" name={name.replaceAll('_', ' ')} of={['attribute']}>
      {set === undefined ? (
        <p className="quiet">No face set of the project has a label of this name.</p>
      ) : (
        <Facts
          of={[
            ['face set', `${set.name} (${set.count} faces)`],
            ...Object.entries(counts ?? {}).map(
              ([label, count]) => [`= ${label}`, `${count} faces`] as const,
            ),
          ]}
        />
      )}
      {mapping !== null && set !== undefined && (
        <Fold title="Where its signal lies" isOpen>
          <TargetMapsView
            mapping={mapping}
            target={{ kind: 'attribute', name: `${column}=${value}` }}
            faces={set.name}
          />
        </Fold>
      )}
      <p className="inspect-links">
        <SelectionLink to="/faces" change={{ faces: set?.name }}>
          Faces
        </SelectionLink>
        <SelectionLink to="/gallery">Gallery</SelectionLink>
        <SelectionLink to="/brain">Brain</SelectionLink>
      </p>
    </Panel>
  );
}
