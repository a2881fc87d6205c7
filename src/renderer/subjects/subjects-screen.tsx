import { Route, Switch } from 'wouter';
import { AddSubject } from './add-subject.tsx';
import { SubjectList } from './subject-list.tsx';
import { SubjectPage } from './subject-page.tsx';
import './subjects.css';

/** Who was scanned: bringing a subject in, its runs and their quality, and the model of its voxels. */
export function SubjectsScreen() {
  return (
    <Switch>
      <Route path="/add">
        <AddSubject />
      </Route>
      <Route path="/of/:name/:tab?">
        {({ name, tab }) => <SubjectPage key={name} name={name} tab={tab} />}
      </Route>
      <Route>
        <SubjectList />
      </Route>
    </Switch>
  );
}
