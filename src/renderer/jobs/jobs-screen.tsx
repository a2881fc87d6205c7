import { useMutation } from '@tanstack/react-query';
import { Button } from 'react-aria-components';
import { useSearchParams } from 'wouter';
import { PlaceLink } from '../app/place.tsx';
import { useProject, useQueue } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { ProblemView } from '../components/problem-view.tsx';
import { Job } from './job.tsx';
import './jobs.css';

/** The queue: what runs, what waits and in which order, and what became of the rest. */
export function JobsScreen() {
  const project = useProject().id;
  const { jobs } = useQueue();
  const [parameters] = useSearchParams();
  const shown = Number(parameters.get('job'));
  const ordered = jobs.filter(({ state }) => state === 'waiting' || state === 'paused');
  const move = useMutation(queries.jobs.move.mutationOptions());
  const moveTo = (id: number, step: -1 | 1) => {
    const at = ordered.findIndex((job) => job.id === id);
    const beyond = step === -1 ? ordered[at - 1] : ordered[at + 2];
    if (at < 0 || (step === -1 ? at === 0 : at === ordered.length - 1)) return;
    move.mutate({ project, id, before: beyond?.id ?? null });
  };
  return (
    <>
      <h1>Jobs</h1>
      <QueueSwitch />
      {ordered.length > 1 && (
        <p className="quiet">Alt with the up and down arrows moves a waiting job that has the focus.</p>
      )}
      {move.error && <ProblemView error={move.error} />}
      {jobs.length === 0 && (
        <p className="quiet">
          No job was asked for yet. The <PlaceLink to="/overview">overview</PlaceLink> says what can be done.
        </p>
      )}
      <ol className="jobs">
        {jobs.map((job) => (
          <Job
            key={job.id}
            job={job}
            isShown={job.id === shown}
            place={ordered.indexOf(job)}
            places={ordered.length}
            onMove={(step) => moveTo(job.id, step)}
          />
        ))}
      </ol>
    </>
  );
}

function QueueSwitch() {
  const project = useProject().id;
  const { held } = useQueue();
  const hold = useMutation(queries.jobs.hold.mutationOptions());
  const release = useMutation(queries.jobs.release.mutationOptions());
  const error = hold.error ?? release.error;
  return (
    <>
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
      {error && <ProblemView error={error} />}
    </>
  );
}
