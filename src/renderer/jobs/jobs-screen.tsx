import { useMutation } from '@tanstack/react-query';
import { Button } from 'react-aria-components';
import type { QueuedJob } from '../../shared/contract/jobs.ts';
import { useProject, useQueue } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { ProblemView } from '../components/problem-view.tsx';
import { JobProgressBar } from './job-bar.tsx';
import { duration } from './numbers.ts';

/** The queue: what runs, what waits and in which order, and what became of the rest. */
export function JobsScreen() {
  const project = useProject().id;
  const { jobs, held } = useQueue();
  const hold = useMutation(queries.jobs.hold.mutationOptions());
  const release = useMutation(queries.jobs.release.mutationOptions());
  return (
    <>
      <h1>Jobs</h1>
      <p className="actions">
        {held ? (
          <>
            <Button className="primary" onPress={() => release.mutate({ project })}>
              Go on with the queue
            </Button>
            <span className="quiet">The queue is held: nothing new is started.</span>
          </>
        ) : (
          <Button onPress={() => hold.mutate({ project })}>Hold the queue</Button>
        )}
      </p>
      {jobs.length === 0 && (
        <p className="quiet">No job was asked for yet. The overview says what can be done.</p>
      )}
      <ol className="jobs">
        {jobs.map((job, at) => (
          <Job key={job.id} job={job} before={jobs[at - 1]} />
        ))}
      </ol>
    </>
  );
}

type Action = 'pause' | 'resume' | 'cancel' | 'retry' | 'remove';

const actions: Readonly<Record<QueuedJob['state'], readonly Action[]>> = {
  running: ['pause', 'cancel'],
  waiting: ['pause', 'cancel'],
  paused: ['resume', 'cancel'],
  failed: ['retry', 'remove'],
  cancelled: ['retry', 'remove'],
  done: ['remove'],
};

const verbs: Readonly<Record<Action, string>> = {
  pause: 'Pause',
  resume: 'Resume',
  cancel: 'Cancel',
  retry: 'Try again',
  remove: 'Remove from the list',
};

function Job({ job, before }: { readonly job: QueuedJob; readonly before: QueuedJob | undefined }) {
  const project = useProject().id;
  const { progress } = useQueue();
  const run = {
    pause: useMutation(queries.jobs.pause.mutationOptions()),
    resume: useMutation(queries.jobs.resume.mutationOptions()),
    cancel: useMutation(queries.jobs.cancel.mutationOptions()),
    retry: useMutation(queries.jobs.retry.mutationOptions()),
    remove: useMutation(queries.jobs.remove.mutationOptions()),
  };
  const move = useMutation(queries.jobs.move.mutationOptions());
  const error = [...Object.values(run), move].find((mutation) => mutation.error)?.error;
  const canMove =
    ['waiting', 'paused'].includes(job.state) && before !== undefined && before.state !== 'running';
  return (
    <li className="job" data-state={job.state}>
      <h2>{job.label}</h2>
      <p className="state">
        {job.state}
        {job.interrupted && ', interrupted'}
        {job.seconds > 0 && `, ${duration(job.seconds)}`}
      </p>
      {job.state === 'running' && (
        <JobProgressBar label={job.label} progress={progress?.job === job.id ? progress : null} />
      )}
      {job.problem && (
        <p className="problem">
          <strong>{job.problem.code}</strong> {job.problem.message} {job.problem.remedy}
        </p>
      )}
      <p className="actions">
        {actions[job.state].map((action) => (
          <Button key={action} onPress={() => run[action].mutate({ project, id: job.id })}>
            {verbs[action]}
          </Button>
        ))}
        {canMove && (
          <Button onPress={() => move.mutate({ project, id: job.id, before: before.id })}>Earlier</Button>
        )}
      </p>
      {error && <ProblemView error={error} />}
      <details>
        <summary>Log</summary>
        <ol className="log">
          {job.log.map(({ at, text }) => (
            <li key={`${at} ${text}`}>
              <time>{at.slice(11, 19)}</time> {text}
            </li>
          ))}
        </ol>
      </details>
    </li>
  );
}
