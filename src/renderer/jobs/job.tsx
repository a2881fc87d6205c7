import { useMutation } from '@tanstack/react-query';
import { type KeyboardEvent, useEffect, useRef } from 'react';
import { Button } from 'react-aria-components';
import type { QueuedJob } from '../../shared/contract/jobs.ts';
import { PlaceLink } from '../app/place.tsx';
import { useProject, useQueue } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { AskButton } from '../components/ask-button.tsx';
import { ProblemList } from '../components/problem-list.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import { shortTime } from '../overview/short-time.ts';
import { JobProgressBar } from './job-bar.tsx';
import { duration } from './numbers.ts';
import { outcomePlace } from './outcome-place.ts';

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
  remove: 'Take off the list',
};

interface JobProps {
  readonly job: QueuedJob;
  /** Whether the address points to it. */
  readonly isShown: boolean;
  /** Its place among those that wait, from 0; -1: it does not wait. */
  readonly place: number;
  readonly places: number;
  readonly onMove: (step: -1 | 1) => void;
}

/** A job of the queue: what it is, how far it is, what can be done with it, and what became of it. */
export function Job({ job, isShown, place, places, onMove }: JobProps) {
  const { progress } = useQueue();
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (isShown) item.current?.scrollIntoView({ block: 'center' });
  }, [isShown]);
  const byKey = (event: KeyboardEvent) => {
    if (!event.altKey || place < 0 || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    onMove(event.key === 'ArrowUp' ? -1 : 1);
  };
  return (
    <li className="job" ref={item} data-state={job.state} data-shown={isShown} onKeyDown={byKey}>
      <h2>{job.label}</h2>
      <p className="state">{stateOf(job, place)}</p>
      {job.state === 'running' && (
        <JobProgressBar label={job.label} progress={progress?.job === job.id ? progress : null} />
      )}
      {job.problem && <ProblemView error={job.problem} />}
      <ProblemList problems={job.outcome?.problems ?? []} />
      <div className="actions">
        <JobActions job={job} />
        {place > 0 && <Button onPress={() => onMove(-1)}>Earlier</Button>}
        {place >= 0 && place < places - 1 && <Button onPress={() => onMove(1)}>Later</Button>}
        {job.state === 'done' && <PlaceLink to={outcomePlace(job.request)}>Look at the result</PlaceLink>}
      </div>
      <Log job={job} />
    </li>
  );
}

function stateOf({ state, interrupted, seconds, finishedAt, outcome }: QueuedJob, place: number): string {
  const facts: string[] = [state];
  if (place >= 0 && state === 'waiting') facts.push(`number ${place + 1} in the queue`);
  if (interrupted) facts.push('interrupted: it goes on from where it was');
  if (outcome?.cached) facts.push('the project held the result already');
  else if (seconds > 0) facts.push(duration(seconds));
  if (finishedAt !== null) facts.push(shortTime(finishedAt));
  return facts.join(', ');
}

function JobActions({ job }: { readonly job: QueuedJob }) {
  const project = useProject().id;
  const run = {
    pause: useMutation(queries.jobs.pause.mutationOptions()),
    resume: useMutation(queries.jobs.resume.mutationOptions()),
    cancel: useMutation(queries.jobs.cancel.mutationOptions()),
    retry: useMutation(queries.jobs.retry.mutationOptions()),
    remove: useMutation(queries.jobs.remove.mutationOptions()),
  };
  const error = Object.values(run).find((mutation) => mutation.error)?.error;
  const ask = (action: Action) => run[action].mutate({ project, id: job.id });
  return (
    <>
      {actions[job.state].map((action) =>
        action === 'cancel' && job.state === 'running' ? (
          <AskButton
            key={action}
            label={verbs.cancel}
            question={`Cancel "${job.label}"?`}
            verb="Cancel the job"
            onConfirm={() => ask('cancel')}
          >
            It stops for good. What was saved at its last safe place is kept and is used when the same is
            asked for again; what came after is lost. Pause keeps its place in the queue.
          </AskButton>
        ) : (
          <Button key={action} onPress={() => ask(action)}>
            {verbs[action]}
          </Button>
        ),
      )}
      {error && <ProblemView error={error} />}
    </>
  );
}

function Log({ job: { log } }: { readonly job: QueuedJob }) {
  if (log.length === 0) return null;
  return (
    <details>
      <summary>Log ({log.length} lines)</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and has to be reached by the keyboard to do so. */}
      <ol className="log" tabIndex={0} aria-label="Log">
        {log.map(({ at, text }) => (
          <li key={`${at} ${text}`}>
            <time dateTime={at}>{new Date(at).toLocaleTimeString('en-GB')}</time> {text}
          </li>
        ))}
      </ol>
    </details>
  );
}
