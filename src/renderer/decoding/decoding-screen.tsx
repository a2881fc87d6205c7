import { useQuery } from '@tanstack/react-query';
import { Link, useRoute, useSearch } from 'wouter';
import { PlaceLink } from '../app/place.tsx';
import { useProject } from '../app/project.tsx';
import { useSelection } from '../app/selection.ts';
import { queries } from '../client/api.ts';
import { Choice } from '../components/choice.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import { DecodersPage } from './decoders-page.tsx';
import { FacesPage } from './faces-page.tsx';
import { NewRunsPage } from './new-runs-page.tsx';
import '../subjects/subjects.css';
import './decoding.css';

const tabs = [
  { path: '/', name: 'Decoders' },
  { path: '/faces', name: 'Faces' },
  { path: '/new', name: 'New runs' },
] as const;

/** From patterns to faces: the ways to decode, what they gave, and runs that came later. */
export function DecodingScreen() {
  const project = useProject().id;
  const [selection, select] = useSelection();
  const search = useSearch();
  const [, parameters] = useRoute('/:tab?');
  const mappings = useQuery(queries.decoding.mappings.queryOptions({ input: { project } }));
  if (mappings.error) return <ProblemView error={mappings.error} onAgain={() => void mappings.refetch()} />;
  if (mappings.data === undefined) return <p className="waiting">Reading ...</p>;
  const places = mappings.data.map(({ name }) => splitName(name));
  const place =
    places.find(({ subject, model }) => subject === selection.subject && model === selection.model) ??
    places.find(({ subject }) => subject === selection.subject) ??
    places.find(({ model }) => model === selection.model) ??
    places.at(-1);
  if (place === undefined) return <NoMapping />;
  const subjects = [...new Set(places.map(({ subject }) => subject))];
  const models = places.filter(({ subject }) => subject === place.subject).map(({ model }) => model);
  const tab = tabs.find(({ path }) => path === `/${parameters?.tab ?? ''}`) ?? tabs[0];
  return (
    <div className="stack">
      <h1>Decoding</h1>
      <div className="form">
        <Choice
          label="Subject"
          options={subjects.map((id) => ({ id, name: id }))}
          value={place.subject}
          onChange={(subject) => select({ subject, model: place.model })}
        />
        <Choice
          label="Latent model"
          options={models.map((id) => ({ id, name: id }))}
          value={place.model}
          onChange={(model) => select({ subject: place.subject, model })}
        />
      </div>
      <nav className="tabs" aria-label="Decoding">
        {tabs.map(({ path, name }) => (
          <Link
            key={path}
            href={search === '' ? path : `${path}?${search}`}
            aria-current={path === tab.path ? 'page' : undefined}
          >
            {name}
          </Link>
        ))}
      </nav>
      {tab.path === '/' && <DecodersPage key={`${place.subject}/${place.model}`} {...place} />}
      {tab.path === '/faces' && <FacesPage key={`${place.subject}/${place.model}`} {...place} />}
      {tab.path === '/new' && <NewRunsPage key={`${place.subject}/${place.model}`} {...place} />}
    </div>
  );
}

function NoMapping() {
  return (
    <div className="stack">
      <h1>Decoding</h1>
      <section className="card empty">
        <h2>No mapping yet</h2>
        <p>
          Faces are decoded by the inverse of a mapping: how a subject's voxels encode the latents of a model.
          Add a subject, look at its runs, and fit the mapping; what is decoded then stands here.
        </p>
        <PlaceLink to="/subjects" className="button">
          Go to Subjects
        </PlaceLink>
      </section>
    </div>
  );
}

/** `01/vaegan`; the label of a subject has no slash. */
function splitName(name: string): { readonly subject: string; readonly model: string } {
  const at = name.indexOf('/');
  return { subject: name.slice(0, at), model: name.slice(at + 1) };
}
