import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';
import type { SubjectFacts } from '../../shared/contract/subjects.ts';
import { useProject } from '../app/project.tsx';
import { useSelection } from '../app/selection.ts';
import { queries } from '../client/api.ts';
import { DataTable, type TableColumn } from '../components/data-table.tsx';
import { ProblemView } from '../components/problem-view.tsx';

const columns: readonly TableColumn<SubjectFacts>[] = [
  {
    id: 'name',
    name: 'Subject',
    value: ({ name }) => name,
    show: ({ name }) => <Link href={`/of/${encodeURIComponent(name)}/runs`}>{name}</Link>,
    width: 110,
  },
  { id: 'task', name: 'Task', value: ({ task }) => task, width: 110 },
  { id: 'runs', name: 'Runs', value: ({ runs }) => runs.length, isNumber: true, width: 70 },
  {
    id: 'minutes',
    name: 'Minutes',
    value: ({ runs }) => Math.round(runs.reduce((sum, { nVolumes, tR }) => sum + nVolumes * tR, 0) / 60),
    isNumber: true,
    width: 90,
  },
  { id: 'train', name: 'Training faces', value: ({ trainFaces }) => trainFaces, isNumber: true, width: 130 },
  { id: 'test', name: 'Test faces', value: ({ testFaces }) => testFaces, isNumber: true, width: 110 },
  { id: 'source', name: 'From', value: ({ source }) => source },
];

/** The subjects of the project. */
export function SubjectList() {
  const project = useProject().id;
  const [, navigate] = useLocation();
  const [selection, select] = useSelection();
  const subjects = useQuery(queries.subjects.list.queryOptions({ input: { project } }));
  if (subjects.error) return <ProblemView error={subjects.error} onAgain={() => void subjects.refetch()} />;
  return (
    <div className="stack">
      <header className="actions heading">
        <h1>Subjects</h1>
        <Link href="/add" className="button primary">
          Add a subject
        </Link>
      </header>
      {subjects.data?.length === 0 ? (
        <section className="card empty">
          <h2>No subject yet</h2>
          <p>
            A subject is one person's functional runs with the events that say which picture was shown when: a
            BIDS dataset, what fMRIPrep or SPM left of it, or a folder of NIfTI images with a table of events
            beside each.
          </p>
          <p className="quiet">
            Images stay where they are. To see how it works without data, fill the project with the demo
            (Overview).
          </p>
          <Link href="/add" className="button">
            Look at a folder
          </Link>
        </section>
      ) : (
        <DataTable
          label="Subjects"
          columns={columns}
          rows={subjects.data ?? []}
          idOf={({ name }) => name}
          selected={selection.subject ?? null}
          onSelect={(subject) => select({ subject }, { replace: true })}
          onOpen={(name) => navigate(`/of/${encodeURIComponent(name)}/runs`)}
        />
      )}
    </div>
  );
}
