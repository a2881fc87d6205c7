import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { FaceSetFacts } from '../../shared/contract/faces.ts';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { faceAddress } from '../client/faces.ts';
import { Picture } from '../components/picture.tsx';
import { ProblemView } from '../components/problem-view.tsx';

/** The face that is selected, with its name and its labels. */
export function FaceDetails({ set, index }: { readonly set: FaceSetFacts; readonly index: number | null }) {
  const project = useProject().id;
  const isThere = index !== null && index >= 0 && index < set.count;
  const row = useQuery({
    ...queries.faces.table.queryOptions({
      input: { project, name: set.name, table: 'faces', from: isThere ? index : 0, count: 1 },
    }),
    enabled: isThere,
    placeholderData: (before) => before,
  });
  if (!isThere) {
    return (
      <aside className="face-details quiet" aria-label="Selected face">
        Select a face to see its labels. Arrow keys, Page Up and Page Down, Home and End move in the grid.
      </aside>
    );
  }
  const { file = '', ...labels } = row.data?.rows[0]?.values ?? {};
  return (
    <aside className="face-details" aria-label="Selected face">
      <Picture
        src={faceAddress(project, set.artifact, index)}
        alt={`Face ${index + 1}, ${file}`}
        size={160}
        caption={`Face ${index + 1} of ${set.count}`}
      />
      <p className="path">{file}</p>
      {row.error && <ProblemView error={row.error} />}
      <p>
        <Link
          href={`~/projects/${project}/model/explore?faces=${encodeURIComponent(set.name)}&face=${index}`}
        >
          Explore it in a model
        </Link>
      </p>
      <dl className="known">
        {Object.entries(labels).map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </aside>
  );
}
