import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { useProject } from '../app/project.tsx';
import { useSelection } from '../app/selection.ts';
import { queries } from '../client/api.ts';
import { Choice } from '../components/choice.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import { ExploreSet } from './explore-set.tsx';
import { kindNames } from './model-facts.ts';

/** Looking through a model: which one, and with the codes of which faces. */
export function ExplorePage() {
  const project = useProject().id;
  const [selection, select] = useSelection();
  const models = useQuery(queries.explore.models.queryOptions({ input: { project } }));
  const sets = useQuery(queries.faces.list.queryOptions({ input: { project } }));
  const error = models.error ?? sets.error;
  if (error) return <ProblemView error={error} onAgain={() => void models.refetch()} />;
  if (models.data === undefined || sets.data === undefined) {
    return <p className="waiting">Reading the models ...</p>;
  }
  const model =
    models.data.find(({ name }) => name === selection.model) ??
    models.data.find(({ kind }) => kind !== 'pca') ??
    models.data[0];
  if (model === undefined) {
    return (
      <p>
        There is no model to look through yet: <Link href="/train">train one</Link>, or{' '}
        <Link href="/import">import one</Link>.
      </p>
    );
  }
  const set =
    sets.data.find(({ name }) => name === selection.faces) ??
    sets.data.find(({ name }) => name === model.trainedOn) ??
    sets.data[0];
  return (
    <div className="stack">
      <div className="form">
        <Choice
          label="Model"
          options={models.data.map(({ name, kind, latentDim }) => ({
            id: name,
            name,
            description: `${kindNames[kind]}, ${latentDim} latents`,
          }))}
          value={model.name}
          onChange={(name) => select({ model: name, latent: null })}
        />
        {set !== undefined && (
          <Choice
            label="Faces"
            options={sets.data.map(({ name, count }) => ({ id: name, name, description: `${count} faces` }))}
            value={set.name}
            onChange={(name) => select({ faces: name, face: null })}
          />
        )}
      </div>
      {set === undefined ? (
        <p className="quiet">
          A model is looked through with the codes of faces, and the project holds no face set.
        </p>
      ) : (
        <ExploreSet key={`${model.artifact} ${set.artifact}`} model={model} set={set} />
      )}
    </div>
  );
}
