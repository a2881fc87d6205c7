import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { JobKind, JobRequestInput } from '../../shared/contract/job-requests.ts';
import type { QueuedJob } from '../../shared/contract/jobs.ts';
import { useProject, useQueue } from '../app/project.tsx';
import { queries } from '../client/api.ts';

/** Asks for a job, and knows which it was. */
export function useEnqueue() {
  const project = useProject().id;
  const [id, setId] = useState<number | null>(null);
  const { mutate, error, isPending } = useMutation(
    queries.jobs.enqueue.mutationOptions({ onSuccess: (job) => setId(job.id) }),
  );
  return { id, error, isPending, enqueue: (request: JobRequestInput) => mutate({ project, request }) };
}

/** Jobs of a kind that the list holds, the latest first. */
export function useJobsOf<Kind extends JobKind>(kind: Kind) {
  const { jobs } = useQueue();
  return jobs.flatMap((job) => (isOf(job, kind) ? [job] : [])).sort((first, second) => second.id - first.id);
}

type JobOf<Kind extends JobKind> = QueuedJob & {
  readonly request: Extract<QueuedJob['request'], { kind: Kind }>;
};

function isOf<Kind extends JobKind>(job: QueuedJob, kind: Kind): job is JobOf<Kind> {
  return job.request.kind === kind;
}
