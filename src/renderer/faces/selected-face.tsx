import { Link } from 'wouter';
import type { FaceSetFacts } from '../../shared/contract/faces.ts';
import { useProject } from '../app/project.tsx';
import { useNumbers } from '../client/preferences.ts';

/** Which face is selected, and where else to look at it; the inspector shows its labels. */
export function SelectedFace({ set, index }: { readonly set: FaceSetFacts; readonly index: number | null }) {
  const project = useProject().id;
  const { count } = useNumbers();
  if (index === null || index < 0 || index >= set.count) {
    return (
      <p className="quiet">
        Select a face to see its labels. Arrow keys, Page Up and Page Down, Home and End move in the grid.
      </p>
    );
  }
  return (
    <p>
      Face {count(index + 1)} of {count(set.count)}.{' '}
      <Link href={`~/projects/${project}/model/explore?faces=${encodeURIComponent(set.name)}&face=${index}`}>
        Explore it in a model
      </Link>
    </p>
  );
}
