import { Link, Route, Switch } from 'wouter';
import { ComparePage } from './compare-page.tsx';
import { ExplorePage } from './explore-page.tsx';
import { ImportModelPage } from './import-model-page.tsx';
import { ModelList } from './model-list.tsx';
import { ModelPage } from './model-page.tsx';
import './model.css';
import { TrainPage } from './train-page.tsx';

const tabs = [
  { path: '/', name: 'Models' },
  { path: '/train', name: 'Train' },
  { path: '/explore', name: 'Explore' },
  { path: '/compare', name: 'Compare' },
  { path: '/import', name: 'Import' },
] as const;

/** The latent models of the project: trained, compared and looked through. */
export function ModelScreen() {
  return (
    <Route path="/:tab?/*?">
      {({ tab = '' }) => (
        <div className="stack">
          <header className="stack">
            <h1>Model</h1>
            <nav className="tabs" aria-label="Views of models">
              {tabs.map(({ path, name }) => (
                <Link key={path} href={path} aria-current={path === `/${tab}` ? 'page' : undefined}>
                  {name}
                </Link>
              ))}
            </nav>
          </header>
          <Switch>
            <Route path="/train" component={TrainPage} />
            <Route path="/explore" component={ExplorePage} />
            <Route path="/compare" component={ComparePage} />
            <Route path="/import" component={ImportModelPage} />
            <Route path="/of/:name">
              {({ name }) => <ModelPage key={name} name={decodeURIComponent(name)} />}
            </Route>
            <Route component={ModelList} />
          </Switch>
        </div>
      )}
    </Route>
  );
}
