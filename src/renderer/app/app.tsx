import { Suspense } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { ProjectsScreen } from '../projects/projects-screen.tsx';
import { ConnectionNotice } from './connection-notice.tsx';
import { DropTarget } from './drop-target.tsx';
import { Frame } from './frame.tsx';
import { ProjectProvider } from './project.tsx';
import { sections } from './sections.ts';

/** The address holds where one is: `/projects/<id>/<section>`, and what is selected as its parameters. */
export function App() {
  return (
    <>
      <ConnectionNotice />
      <DropTarget />
      <Switch>
        <Route path="/">
          <ProjectsScreen />
        </Route>
        <Route path="/projects/:id" nest>
          {({ id }) => (
            <ProjectProvider key={id} id={id}>
              <Frame>
                <Suspense fallback={<p className="waiting">Reading ...</p>}>
                  <Switch>
                    {sections.map(({ path, screen: Screen }) => (
                      <Route key={path} path={path} nest>
                        <Screen />
                      </Route>
                    ))}
                    <Route>
                      <Redirect to="/overview" replace />
                    </Route>
                  </Switch>
                </Suspense>
              </Frame>
            </ProjectProvider>
          )}
        </Route>
        <Route>
          <Redirect to="/" replace />
        </Route>
      </Switch>
    </>
  );
}
