import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useProject, useQueue } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { useTrainingJob } from './training-job.tsx';

/** While a model trains, its tables are read again this often at most. */
const againMs = 2000;

/** The history of a model, kept up while it trains: asked for anew when the progress of its job tells of more steps. */
export function useHistory(name: string) {
  const project = useProject().id;
  const { progress } = useQueue();
  const job = useTrainingJob(name);
  const history = useQuery({
    ...queries.models.history.queryOptions({ input: { project, name } }),
    placeholderData: (before) => before,
  });
  const done = job?.state === 'running' && progress?.job === job.id ? progress.done : null;
  const asked = useRef(0);
  const { refetch } = history;
  useEffect(() => {
    if (done === null || performance.now() - asked.current < againMs) return;
    asked.current = performance.now();
    void refetch({ cancelRefetch: false });
  }, [done, refetch]);
  return history;
}
