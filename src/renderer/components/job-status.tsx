import { PlaceLink } from '../app/place.tsx';
import { useQueue } from '../app/project.tsx';
import { JobProgressBar } from '../jobs/job-bar.tsx';
import { duration } from '../jobs/numbers.ts';
import { ProblemList } from './problem-list.tsx';
import { ProblemView } from './problem-view.tsx';

/** A job that a screen asked for, where it was asked for: how far it is, and what became of it. */
export function JobStatus({ id }: { readonly id: number | null }) {
  const { jobs, progress } = useQueue();
  const job = jobs.find((candidate) => candidate.id === id);
  if (job === undefined) return null;
  if (job.state === 'running') {
    return <JobProgressBar label={job.label} progress={progress?.job === job.id ? progress : null} />;
  }
  if (job.state === 'failed' && job.problem) {
    return <ProblemView error={job.problem} />;
  }
  return (
    <div className="stack" role="status">
      <p>
        {job.label}: {job.state}
        {job.state === 'done' && ` in ${duration(job.seconds)}`}
        {job.state === 'waiting' && (
          <>
            {' '}
            in the <PlaceLink to="/jobs">queue</PlaceLink>
          </>
        )}
      </p>
      <ProblemList problems={job.outcome?.problems ?? []} />
    </div>
  );
}
