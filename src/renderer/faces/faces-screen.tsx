import { useQuery } from '@tanstack/react-query';
import { Route, Switch } from 'wouter';
import { useProject } from '../app/project.tsx';
import { useSelection } from '../app/selection.ts';
import { queries } from '../client/api.ts';
import { ProblemView } from '../components/problem-view.tsx';
import { AlikeFaces } from './alike-faces.tsx';
import { FaceBrowser } from './face-browser.tsx';
import { FaceSetHeader } from './face-set-header.tsx';
import './faces.css';
import { ImportFaces } from './import-faces.tsx';
import { RejectedFaces } from './rejected-faces.tsx';

/** The face sets of the project: bringing them in, looking through them, and what is odd about them. */
export function FacesScreen() {
  const project = useProject().id;
  const [{ faces }] = useSelection();
  const sets = useQuery(queries.faces.list.queryOptions({ input: { project } }));
  if (sets.error) return <ProblemView error={sets.error} onAgain={() => void sets.refetch()} />;
  if (sets.data === undefined) return <p className="waiting">Reading the face sets ...</p>;
  const set = sets.data.find(({ name }) => name === faces) ?? sets.data[0];
  return (
    <Switch>
      <Route path="/import">
        <ImportFaces sets={sets.data} />
      </Route>
      {set === undefined ? (
        <Route>
          <ImportFaces sets={[]} />
        </Route>
      ) : (
        <Route path="/:tab?">
          {({ tab = 'all' }) => (
            <div className="faces">
              <FaceSetHeader sets={sets.data} set={set} tab={tab} />
              {tab === 'alike' && <AlikeFaces key={set.artifact} set={set} />}
              {tab === 'left-out' && <RejectedFaces key={set.artifact} set={set} />}
              {tab === 'all' && <FaceBrowser key={set.artifact} set={set} />}
            </div>
          )}
        </Route>
      )}
    </Switch>
  );
}
