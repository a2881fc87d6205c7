import { useMutation, useQuery } from '@tanstack/react-query';
import { Button, Label, ProgressBar } from 'react-aria-components';
import { Link } from 'wouter';
import type { JobProgress } from '../../shared/contract/jobs.ts';
import { useProject, useQueue } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { duration, rate } from './numbers.ts';

/** The job that runs, at the foot of every screen. */
export function JobBar() {
  const project = useProject();
  const { jobs, progress, held } = useQueue();
  const { data: capabilities } = useQuery(queries.application.capabilities.queryOptions());
  const pause = useMutation(queries.jobs.pause.mutationOptions());
  const release = useMutation(queries.jobs.release.mutationOptions());
  const running = jobs.find(({ state }) => state === 'running');
  const waiting = jobs.filter(({ state }) => state === 'waiting').length;
  if (running === undefined) {
    return (
      <footer className="job-bar">
        {held && waiting > 0 ? (
          <>
            <span>{waiting === 1 ? 'A job waits' : `${waiting} jobs wait`} from last time.</span>
            <Button onPress={() => release.mutate({ project: project.id })}>Go on</Button>
          </>
        ) : (
          <span className="quiet">No job runs.</span>
        )}
        <Link href="/jobs">Jobs</Link>
      </footer>
    );
  }
  return (
    <footer className="job-bar">
      <JobProgressBar label={running.label} progress={progress?.job === running.id ? progress : null} />
      {capabilities?.keepsAwake && (
        <span className="quiet" title="The machine does not go to sleep while a job runs. Its screen may.">
          Kept awake
        </span>
      )}
      <Button onPress={() => pause.mutate({ project: project.id, id: running.id })}>Pause</Button>
      <Link href="/jobs">{waiting > 0 ? `Jobs (${waiting} waiting)` : 'Jobs'}</Link>
    </footer>
  );
}

/** How far, how fast, how long still. */
export function JobProgressBar({
  label,
  progress,
}: {
  readonly label: string;
  readonly progress: JobProgress | null;
}) {
  const facts = progress === null ? ['beginning'] : describe(progress);
  return (
    <ProgressBar
      className="progress"
      isIndeterminate={progress === null}
      {...(progress === null ? {} : { value: progress.done, maxValue: Math.max(1, progress.total) })}
    >
      <Label>{label}</Label>
      <span className="progress-facts">{facts.join('  ')}</span>
      <progress
        aria-hidden="true"
        {...(progress === null ? {} : { value: progress.done, max: Math.max(1, progress.total) })}
      />
    </ProgressBar>
  );
}

function describe(progress: JobProgress): string[] {
  const { label, done, total, unit, note, rate: pace, etaSeconds } = progress;
  return [
    label,
    `${done} of ${total} ${unit}`,
    ...(note === null ? [] : [note]),
    ...(pace === null ? [] : [`${rate(pace)} ${unit}/s`]),
    ...(etaSeconds === null ? [] : [`${duration(etaSeconds)} left`]),
  ];
}
