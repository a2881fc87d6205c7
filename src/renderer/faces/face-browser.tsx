import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { FaceSetFacts } from '../../shared/contract/faces.ts';
import { useProject } from '../app/project.tsx';
import { useSelection } from '../app/selection.ts';
import { queries } from '../client/api.ts';
import { useNumbers } from '../client/preferences.ts';
import { Choice } from '../components/choice.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import { FaceFilter } from './face-filter.tsx';
import { FaceGrid } from './face-grid.tsx';
import { useFilters } from './filters.ts';
import { SelectedFace } from './selected-face.tsx';

const sizes = ['48', '64', '96', '128', '192'] as const;

/** All faces of a set, or those with certain labels, and what is known of the one that is selected. */
export function FaceBrowser({ set }: { readonly set: FaceSetFacts }) {
  const project = useProject().id;
  const { count } = useNumbers();
  const [filters, setFilters] = useFilters();
  const [size, setSize] = useState<(typeof sizes)[number]>('64');
  const [{ face }, select] = useSelection();
  const found = useQuery({
    ...queries.faces.find.queryOptions({ input: { project, name: set.name, where: { ...filters } } }),
    placeholderData: (before) => before,
  });
  const selected = face === undefined ? null : Number(face);
  return (
    <>
      <div className="face-bar">
        <FaceFilter set={set} filters={filters} onChange={setFilters} />
        <span className="spread" />
        <Choice
          label="Size on the screen"
          options={sizes.map((id) => ({ id, name: `${id} pixels` }))}
          value={size}
          onChange={setSize}
        />
      </div>
      {found.error && <ProblemView error={found.error} onAgain={() => void found.refetch()} />}
      {found.data && found.data.indices !== null && (
        <p role="status">
          {count(found.data.total)} of {count(set.count)} faces
        </p>
      )}
      {found.data === undefined ? (
        <p className="waiting">Reading the labels ...</p>
      ) : (
        <FaceGrid
          project={project}
          artifact={set.artifact}
          total={found.data.total}
          indices={found.data.indices}
          size={Number(size)}
          selected={selected}
          onSelect={(index) => select({ faces: set.name, face: index }, { replace: selected !== null })}
        />
      )}
      <SelectedFace set={set} index={selected} />
    </>
  );
}
