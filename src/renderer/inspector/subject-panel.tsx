import { useQuery } from '@tanstack/react-query';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { Facts, Panel, type PanelProps, SelectionLink } from './panel.tsx';

/** A subject: what was recorded. */
export function SubjectPanel({ selection }: PanelProps) {
  const { id: project } = useProject();
  const name = selection.subject ?? '';
  const subjects = useQuery(queries.subjects.list.queryOptions({ input: { project } }));
  const subject = subjects.data?.find((candidate) => candidate.name === name);
  const volumes = subject?.runs.reduce((sum, { nVolumes }) => sum + nVolumes, 0) ?? 0;
  const seconds = subject?.runs.reduce((sum, { nVolumes, tR }) => sum + nVolumes * tR, 0) ?? 0;
  return (
    <Panel kind="Subject" name={name} of={['subject', 'run']}>
      {subject === undefined ? (
        !subjects.isPending && <p className="quiet">The project has no subject of this name.</p>
      ) : (
        <Facts
          of={[
            ['task', subject.task],
            ['runs', `${subject.runs.length} (${volumes} volumes, ${Math.round(seconds / 60)} min)`],
            ['tR', `${subject.runs[0]?.tR ?? 'n/a'} s`],
            ['training faces', subject.trainFaces],
            ['test faces', subject.testFaces],
            ...(selection.run === undefined ? [] : ([['run', selection.run]] as const)),
          ]}
        />
      )}
      <p className="inspect-links">
        <SelectionLink to="/subjects">Subjects</SelectionLink>
        <SelectionLink to="/decoding">Decoding</SelectionLink>
        <SelectionLink to="/gallery">Gallery</SelectionLink>
      </p>
    </Panel>
  );
}
