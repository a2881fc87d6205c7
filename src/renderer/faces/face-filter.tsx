import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import type { FaceSetFacts } from '../../shared/contract/faces.ts';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { useNumbers } from '../client/preferences.ts';
import { Choice } from '../components/choice.tsx';
import type { Filters } from './filters.ts';

interface FilterProps {
  readonly set: FaceSetFacts;
  readonly filters: Filters;
  readonly onChange: (filters: Filters) => void;
}

/** Narrows the grid to labels: a label, then one of its values with the number of faces that have it. */
export function FaceFilter({ set, filters, onChange }: FilterProps) {
  const project = useProject().id;
  const { count } = useNumbers();
  const labels = useQuery(queries.faces.labels.queryOptions({ input: { project, name: set.name } }));
  const [label, setLabel] = useState<string | null>(null);
  const known = (labels.data ?? []).filter(({ counts }) => counts !== null);
  const chosen = known.find((each) => each.label === label);
  if (labels.data !== undefined && labels.data.length === 0) {
    return <p className="quiet">No labels came with this set.</p>;
  }
  return (
    <div className="face-filter">
      <Choice
        label="Label"
        options={known.map((each) => ({
          id: each.label,
          name: each.label,
          description: each.missing > 0 ? `${count(each.missing)} faces without` : `${each.distinct} values`,
        }))}
        value={label}
        onChange={setLabel}
      />
      <Choice
        label="Value"
        isDisabled={chosen === undefined}
        options={Object.entries(chosen?.counts ?? {}).map(([value, n]) => ({
          id: value,
          name: `${value} (${count(n)})`,
        }))}
        value={label === null ? null : (filters[label] ?? null)}
        onChange={(value) => {
          if (label !== null) onChange({ ...filters, [label]: value });
        }}
      />
      <ul className="chips" aria-label="Labels that faces must have">
        {Object.entries(filters).map(([name, value]) => (
          <li key={name}>
            <Button
              aria-label={`Do not filter by ${name}`}
              onPress={() => {
                const { [name]: _, ...rest } = filters;
                onChange(rest);
              }}
            >
              {name} = {value} ✕
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}
