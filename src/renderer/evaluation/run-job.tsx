import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import type { JobRequestInput } from '../../shared/contract/job-requests.ts';
import { useQueue } from '../app/project.tsx';
import { JobStatus } from '../components/job-status.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import { useEnqueue } from '../jobs/use-enqueue.ts';

interface RunJobProps {
  readonly label: string;
  readonly request: JobRequestInput | null;
  /** What it does and how long it takes. */
  readonly children?: ReactNode;
}

/** A button that asks for a job, and what becomes of it. A request of null cannot be asked for yet. */
export function RunJob({ label, request, children }: RunJobProps) {
  const { id, error, isPending, enqueue } = useEnqueue();
  const { jobs } = useQueue();
  const state = jobs.find((job) => job.id === id)?.state;
  const isUnderWay = state === 'running' || state === 'waiting';
  return (
    <div className="stack">
      {children}
      <p className="actions">
        <Button
          className="primary"
          isDisabled={request === null || isPending || isUnderWay}
          onPress={() => request !== null && enqueue(request)}
        >
          {label}
        </Button>
      </p>
      {error && <ProblemView error={error} />}
      <JobStatus id={id} />
    </div>
  );
}
