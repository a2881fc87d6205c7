import { Link } from 'wouter';
import type { FaceSetFacts } from '../../shared/contract/faces.ts';
import { useSelection } from '../app/selection.ts';
import { useNumbers } from '../client/preferences.ts';
import { Choice } from '../components/choice.tsx';
import { RemoveEntry } from '../components/remove-entry.tsx';

interface HeaderProps {
  readonly sets: readonly FaceSetFacts[];
  readonly set: FaceSetFacts;
  readonly tab: string;
}

/** Which set is looked at, what is known of it, and its views. */
export function FaceSetHeader({ sets, set, tab }: HeaderProps) {
  const [, select] = useSelection();
  const { count } = useNumbers();
  const { duplicates, rejected } = set;
  const query = `?faces=${encodeURIComponent(set.name)}`;
  const views = [
    { id: 'all', path: `/${query}`, name: `Faces (${count(set.count)})` },
    { id: 'alike', path: `/alike${query}`, name: `Alike (${count(duplicates.groups)} groups)` },
    { id: 'left-out', path: `/left-out${query}`, name: `Left out (${count(rejected)})` },
  ];
  return (
    <header className="stack">
      <div className="faces-title">
        <h1>Faces</h1>
        {sets.length > 1 && (
          <Choice
            label="Face set"
            options={sets.map(({ name, count: n }) => ({ id: name, name, description: `${count(n)} faces` }))}
            value={set.name}
            onChange={(faces) => select({ faces, face: null })}
          />
        )}
        <span className="spread" />
        <RemoveEntry kind="faces" name={set.name} onRemoved={() => select({ faces: null, face: null })} />
        <Link href="/import" className="button primary">
          Import faces ...
        </Link>
      </div>
      <p>
        <strong>{set.name}</strong>: {count(set.count)} faces of {set.imageSize} x {set.imageSize} pixels, the
        central {set.crop} of the centre square
        {set.labels.length > 0 && `; ${set.labels.length} labels`}.{' '}
        {set.source !== null && <span className="path">{set.source}</span>}
      </p>
      <nav className="tabs" aria-label="Views of the face set">
        {views.map(({ id, path, name }) => (
          <Link key={id} href={path} aria-current={id === tab ? 'page' : undefined}>
            {name}
          </Link>
        ))}
      </nav>
    </header>
  );
}
