import { useQuery } from '@tanstack/react-query';
import { PlaceLink } from '../app/place.tsx';
import { useProject } from '../app/project.tsx';
import { useSelection } from '../app/selection.ts';
import { queries } from '../client/api.ts';
import { Choice } from '../components/choice.tsx';
import { ProblemList } from '../components/problem-list.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import { BrainViewer } from './brain-viewer.tsx';
import './brain.css';

/** A subject's brain: three planes, three dimensions, and what lies over them. */
export function BrainScreen() {
  const project = useProject().id;
  const [selection, select] = useSelection();
  const subjects = useQuery(queries.subjects.list.queryOptions({ input: { project } }));
  const subject =
    subjects.data?.find(({ name }) => name === selection.subject)?.name ?? subjects.data?.[0]?.name;
  const facts = useQuery({
    ...queries.brain.facts.queryOptions({ input: { project, subject: subject ?? '' } }),
    enabled: subject !== undefined,
  });
  if (subjects.error) return <ProblemView error={subjects.error} onAgain={() => void subjects.refetch()} />;
  return (
    <div className="brain">
      <header className="brain-header">
        <h1>Brain</h1>
        {subjects.data !== undefined && subjects.data.length > 1 && (
          <Choice
            label="Subject"
            isLabelHidden
            options={subjects.data.map(({ name }) => ({ id: name, name: `Subject ${name}` }))}
            value={subject ?? null}
            onChange={(name) => select({ subject: name, map: null, voxel: null, region: null })}
          />
        )}
      </header>
      {subjects.data?.length === 0 && (
        <p>
          Here stand a subject's anatomy, maps and regions. None was brought in yet: go to{' '}
          <PlaceLink to="/subjects">Subjects</PlaceLink>, or fill the project with the demo under{' '}
          <PlaceLink to="/overview">Overview</PlaceLink>.
        </p>
      )}
      {facts.error && <ProblemView error={facts.error} onAgain={() => void facts.refetch()} />}
      {subject !== undefined && facts.data === undefined && !facts.error && (
        <p className="quiet">Listing images ...</p>
      )}
      {facts.data && (
        <>
          <ProblemList problems={facts.data.problems.map((problem) => ({ ...problem }))} />
          {facts.data.images.length === 0 ? (
            <p>
              There is nothing to look at of subject {facts.data.subject} yet: examine its quality or fit a
              mapping under <PlaceLink to="/subjects">Subjects</PlaceLink>.
            </p>
          ) : (
            <BrainViewer key={facts.data.subject} facts={facts.data} />
          )}
        </>
      )}
    </div>
  );
}
