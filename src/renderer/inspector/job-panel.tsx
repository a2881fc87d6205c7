import { useQueue } from '../app/project.tsx';
import { duration } from '../jobs/numbers.ts';
import { Facts, Panel, type PanelProps, SelectionLink } from './panel.tsx';

/** A job of the queue. */
export function JobPanel({ selection }: PanelProps) {
  const { jobs } = useQueue();
  const job = jobs.find(({ id }) => String(id) === selection.job);
  if (job === undefined) {
    return (
      <Panel kind="Job" name={selection.job ?? ''} of={['job']}>
        <p className="quiet">It is not in the list any more.</p>
      </Panel>
    );
  }
  return (
    <Panel kind="Job" name={job.label} of={['job']}>
      <Facts
        of={[
          ['state', job.state],
          ['asked for', job.createdAt.slice(0, 16).replace('T', ' ')],
          ['took', duration(job.seconds)],
          ...(job.problem === null ? [] : ([['problem', job.problem.message]] as const)),
        ]}
      />
      <p className="inspect-links">
        <SelectionLink to="/jobs">Jobs</SelectionLink>
      </p>
    </Panel>
  );
}
