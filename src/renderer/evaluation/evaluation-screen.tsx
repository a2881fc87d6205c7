import { Link, Route, Switch, useLocation, useSearch } from 'wouter';
import { useSelection } from '../app/selection.ts';
import { Choice } from '../components/choice.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import { RatingPage } from '../rating/rating-page.tsx';
import { AttributesPage } from './attributes-page.tsx';
import { CurvePage } from './curve-page.tsx';
import { EvaluateForm } from './evaluate-form.tsx';
import { GroupPage } from './group-page.tsx';
import { IdentificationPage } from './identification-page.tsx';
import { ImageryPage } from './imagery-page.tsx';
import { RegionsPage } from './regions-page.tsx';
import { ReportPage } from './report-page.tsx';
import { ScoresPage } from './scores-page.tsx';
import { type Evaluated, useChosen, useResults } from './use-evaluation.ts';
import './evaluation.css';

const pages = [
  { path: '/', name: 'Scores', page: ScoresPage },
  { path: '/identification', name: 'Identification', page: IdentificationPage },
  { path: '/regions', name: 'Regions', page: RegionsPage },
  { path: '/attributes', name: 'Attributes', page: AttributesPage },
  { path: '/imagery', name: 'Imagery', page: ImageryPage },
  { path: '/curve', name: 'Learning curve', page: CurvePage },
] as const;

/** How well it worked: every score of a subject, a latent model and a decoder. */
export function EvaluationScreen() {
  const { results, error } = useResults();
  if (error) return <ProblemView error={error} />;
  if (results === null) return <p className="waiting">Reading ...</p>;
  return (
    <div className="evaluation stack">
      <h1>Evaluation</h1>
      <Pages />
      <Switch>
        <Route path="/group">
          <GroupPage scored={results.scored} />
        </Route>
        <Route path="/rating">
          <RatingPage />
        </Route>
        <Route path="/report">
          <ReportPage scored={results.scored} />
        </Route>
        <Route>
          <OfOne all={results.all} scored={results.scored} />
        </Route>
      </Switch>
    </div>
  );
}

function Pages() {
  const [location] = useLocation();
  const search = useSearch();
  const links = [
    ...pages,
    { path: '/group', name: 'All subjects' },
    { path: '/rating', name: 'Rating' },
    { path: '/report', name: 'Report' },
  ];
  return (
    <nav className="pages" aria-label="Evaluation">
      <ul>
        {links.map(({ path, name }) => (
          <li key={path}>
            <Link
              href={search === '' ? path : `${path}?${search}`}
              aria-current={location === path ? 'page' : undefined}
            >
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

interface OfOneProps {
  readonly all: readonly Evaluated[];
  readonly scored: readonly Evaluated[];
}

function OfOne({ all, scored }: OfOneProps) {
  const chosen = useChosen(all);
  if (chosen === undefined) {
    return (
      <p className="quiet">
        Nothing was decoded yet. What is decoded from a subject's test patterns is scored here. The overview
        says what comes first, and can fill the project with a simulated subject.
      </p>
    );
  }
  const isScored = scored.some(({ name }) => name === chosen.name);
  return (
    <>
      <Chooser all={all} chosen={chosen} />
      {isScored ? (
        <Switch>
          {pages.map(({ path, page: Page }) => (
            <Route key={path} path={path}>
              <Page key={chosen.name} of={chosen} scored={scored} />
            </Route>
          ))}
        </Switch>
      ) : (
        <EvaluateForm key={chosen.name} of={chosen} />
      )}
    </>
  );
}

/** Subject, model and decoder, among what was decoded. */
function Chooser({ all, chosen }: { readonly all: readonly Evaluated[]; readonly chosen: Evaluated }) {
  const [, select] = useSelection();
  const option = (id: string) => ({ id, name: id });
  const distinct = (values: readonly string[]) => [...new Set(values)].map(option);
  const ofSubject = all.filter(({ subject }) => subject === chosen.subject);
  const ofModel = ofSubject.filter(({ model }) => model === chosen.model);
  return (
    <div className="form">
      <Choice
        label="Subject"
        options={distinct(all.map(({ subject }) => subject))}
        value={chosen.subject}
        onChange={(subject) => select({ subject })}
      />
      <Choice
        label="Model"
        options={distinct(ofSubject.map(({ model }) => model))}
        value={chosen.model}
        onChange={(model) => select({ subject: chosen.subject, model })}
      />
      <Choice
        label="Decoder"
        options={distinct(ofModel.map(({ decoder }) => decoder))}
        value={chosen.decoder}
        onChange={(decoder) => select({ subject: chosen.subject, model: chosen.model, decoder })}
      />
    </div>
  );
}
