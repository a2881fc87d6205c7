import { useMutation } from '@tanstack/react-query';
import { Button } from 'react-aria-components';
import type { QueuedJob } from '../../shared/contract/jobs.ts';
import { useProject, useQueue } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { ProblemView } from '../components/problem-view.tsx';
import { JobProgressBar } from '../jobs/job-bar.tsx';

/** The job of the queue that trains a model, the latest if there are several. */
export function useTrainingJob(name: string): QueuedJob | null {
  const { jobs } = useQueue();
  const found = jobs
    .filter(({ request }) => request.kind === 'train-model' && request.name === name)
    .sort((a, b) => b.id - a.id);
  return found[0] ?? null;
}

/** How far a training is, and the buttons that stop it and let it go on. */
export function TrainingJob({ name }: { readonly name: string }) {
  const project = useProject().id;
  const { progress } = useQueue();
  const job = useTrainingJob(name);
  const pause = useMutation(queries.jobs.pause.mutationOptions());
  const resume = useMutation(queries.jobs.resume.mutationOptions());
  const retry = useMutation(queries.jobs.retry.mutationOptions());
  if (job === null || job.state === 'done') return null;
  const one = { project, id: job.id };
  const error = pause.error ?? resume.error ?? retry.error ?? job.problem;
  return (
    <div className="stack training-job">
      {job.state === 'running' && (
        <JobProgressBar label={job.label} progress={progress?.job === job.id ? progress : null} />
      )}
      <p className="actions">
        {job.state !== 'running' && <span>{job.state}</span>}
        {(job.state === 'running' || job.state === 'waiting') && (
          <Button onPress={() => pause.mutate(one)}>Pause</Button>
        )}
        {job.state === 'paused' && (
          <Button className="primary" onPress={() => resume.mutate(one)}>
            Resume
          </Button>
        )}
        {(job.state === 'failed' || job.state === 'cancelled') && (
          <Button onPress={() => retry.mutate(one)}>Go on from the last checkpoint</Button>
        )}
      </p>
      {error && <ProblemView error={error} />}
    </div>
  );
}
