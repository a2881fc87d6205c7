import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import type { AlikeFaces as AlikeGroup, FaceSetFacts } from '../../shared/contract/faces.ts';
import { useProject } from '../app/project.tsx';
import { useSelection } from '../app/selection.ts';
import { queries } from '../client/api.ts';
import { faceAddress } from '../client/faces.ts';
import { useNumbers } from '../client/preferences.ts';
import { Picture } from '../components/picture.tsx';
import { ProblemView } from '../components/problem-view.tsx';

const groupsOfPage = 25;

/** Groups of faces that are the same, or nearly so. */
export function AlikeFaces({ set }: { readonly set: FaceSetFacts }) {
  const project = useProject().id;
  const { count } = useNumbers();
  const [from, setFrom] = useState(0);
  const page = useQuery({
    ...queries.faces.duplicates.queryOptions({
      input: { project, name: set.name, from, count: groupsOfPage },
    }),
    placeholderData: (before) => before,
  });
  const { sameFile, samePixels, near, dropped } = set.duplicates;
  if (page.error) return <ProblemView error={page.error} onAgain={() => void page.refetch()} />;
  if (page.data === undefined) return <p className="waiting">Reading which faces are alike ...</p>;
  const { total, groups } = page.data;
  if (total === 0) return <p className="quiet">No two faces of this set are alike.</p>;
  return (
    <section className="stack" aria-label="Faces that are alike">
      <p>
        {count(sameFile)} with the bytes of an earlier file, {count(samePixels)} with the same pixels after
        the crop, {count(near)} nearly the same (pixels correlate by 0.99 or more; suspects, not proven).{' '}
        {dropped > 0
          ? `${count(dropped)} were dropped at the import.`
          : 'All of them were kept; an import can drop those of the same pixels.'}
      </p>
      <ol className="alike" start={from + 1}>
        {groups.map((group) => (
          <Group key={group.group} set={set} group={group} />
        ))}
      </ol>
      <p className="actions">
        <Button isDisabled={from === 0} onPress={() => setFrom(from - groupsOfPage)}>
          Earlier
        </Button>
        <Button isDisabled={from + groupsOfPage >= total} onPress={() => setFrom(from + groupsOfPage)}>
          Later
        </Button>
        <span className="quiet">
          Groups {count(from + 1)} to {count(Math.min(total, from + groupsOfPage))} of {count(total)}
        </span>
      </p>
    </section>
  );
}

/** Members beyond this many are counted: a folder copied ten times has no more to say. */
const shownMembers = 12;

function Group({ set, group }: { readonly set: FaceSetFacts; readonly group: AlikeGroup }) {
  const project = useProject().id;
  const [, select] = useSelection();
  const more = group.members.length - shownMembers;
  return (
    <li className="alike-group">
      {group.members.slice(0, shownMembers).map(({ file, index, likeness, of, correlation }) => (
        <div key={file} className="alike-face">
          {index === null ? (
            <span className="alike-dropped">dropped</span>
          ) : (
            <Button
              aria-label={`Select face ${index + 1}`}
              onPress={() => select({ faces: set.name, face: index })}
            >
              <Picture src={faceAddress(project, set.artifact, index)} alt={file} size={80} />
            </Button>
          )}
          <span className="path">{file}</span>
          <span className="quiet">
            {likeness}
            {of !== null && likeness === 'near' && ` to ${of}, r = ${correlation?.toFixed(3)}`}
          </span>
        </div>
      ))}
      {more > 0 && <span className="quiet">and {more} more</span>}
    </li>
  );
}
