import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { SubjectFacts } from '../../shared/contract/subjects.ts';
import { useProject } from '../app/project.tsx';
import { useSelection } from '../app/selection.ts';
import { queries } from '../client/api.ts';
import { DataTable, type TableColumn } from '../components/data-table.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import { MappingPage } from './mapping-page.tsx';
import { QualityPage } from './quality-page.tsx';
import { RoleEditor } from './role-editor.tsx';

const tabs = [
  { id: 'runs', name: 'Runs' },
  { id: 'roles', name: 'Roles' },
  { id: 'quality', name: 'Quality' },
  { id: 'mapping', name: 'Model and mapping' },
] as const;

interface SubjectPageProps {
  readonly name: string;
  readonly tab: string | undefined;
}

/** One subject: its runs, roles, quality, and the model of its voxels. */
export function SubjectPage({ name, tab = 'runs' }: SubjectPageProps) {
  const project = useProject().id;
  const subjects = useQuery(queries.subjects.list.queryOptions({ input: { project } }));
  if (subjects.error) return <ProblemView error={subjects.error} />;
  if (subjects.data === undefined) return <p className="waiting">Reading ...</p>;
  const subject = subjects.data.find((candidate) => candidate.name === name);
  return (
    <div className="stack">
      <p>
        <Link href="/">All subjects</Link>
      </p>
      <h1>Subject {name}</h1>
      {subject === undefined ? (
        <p className="quiet">The project has no subject of this name.</p>
      ) : (
        <>
          <nav className="tabs" aria-label={`Subject ${name}`}>
            {tabs.map(({ id, name: title }) => (
              <Link
                key={id}
                href={`/of/${encodeURIComponent(name)}/${id}`}
                aria-current={id === tab ? 'page' : undefined}
              >
                {title}
              </Link>
            ))}
          </nav>
          {tab === 'runs' && <Runs subject={subject} />}
          {tab === 'roles' && <RoleEditor subject={name} />}
          {tab === 'quality' && <QualityPage subject={name} />}
          {tab === 'mapping' && <MappingPage subject={subject} />}
        </>
      )}
    </div>
  );
}

type Run = SubjectFacts['runs'][number];

function Runs({ subject }: { readonly subject: SubjectFacts }) {
  const [selection, select] = useSelection();
  const types = [...new Set(subject.runs.flatMap(({ trialTypes }) => Object.keys(trialTypes)))].slice(0, 12);
  const columns: readonly TableColumn<Run>[] = [
    { id: 'name', name: 'Run', value: ({ name }) => name },
    { id: 'volumes', name: 'Volumes', value: ({ nVolumes }) => nVolumes, isNumber: true, width: 90 },
    { id: 'tr', name: 'TR (s)', value: ({ tR }) => tR, isNumber: true, width: 80 },
    ...types.map(
      (type): TableColumn<Run> => ({
        id: `type ${type}`,
        name: type,
        value: ({ trialTypes }) => trialTypes[type] ?? 0,
        isNumber: true,
        width: 100,
      }),
    ),
  ];
  return (
    <>
      <p>
        Task {subject.task}, {subject.runs.length} runs; {subject.trainFaces} training faces,{' '}
        {subject.testFaces} test faces. Numbers under trial types are trials.
      </p>
      <p className="path">{subject.source}</p>
      <DataTable
        label="Runs"
        columns={columns}
        rows={subject.runs}
        idOf={({ name }) => name}
        selected={selection.run ?? null}
        onSelect={(run) => select({ run }, { replace: true })}
        height={480}
      />
      <p>
        <Link href={`/add?study=${encodeURIComponent(subject.source ?? '')}`}>Look at its folder again</Link>
      </p>
    </>
  );
}
