import { Redirect, Route, Switch } from 'wouter';
import { JobsScreen } from '../jobs/jobs-screen.tsx';
import { OverviewScreen } from '../overview/overview-screen.tsx';
import { ProjectsScreen } from '../projects/projects-screen.tsx';
import { ConnectionNotice } from './connection-notice.tsx';
import { Frame } from './frame.tsx';
import { ProjectProvider } from './project.tsx';

/** The address holds where one is: `/projects/<id>/<section>`, and what is selected as its parameters. */
export function App() {
  return (
    <>
      <ConnectionNotice />
      <Switch>
        <Route path="/">
          <ProjectsScreen />
        </Route>
        <Route path="/projects/:id" nest>
          {({ id }) => (
            <ProjectProvider key={id} id={id}>
              <Frame>
                <Switch>
                  <Route path="/overview">
                    <OverviewScreen />
                  </Route>
                  <Route path="/jobs">
                    <JobsScreen />
                  </Route>
                  <Route>
                    <Redirect to="/overview" replace />
                  </Route>
                </Switch>
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
