import { useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useState } from 'react';
import type { OpenProjectFacts } from '../../shared/contract/projects.ts';
import type { QueueEvent } from '../../shared/contract/jobs.ts';
import { api, queries, queryClient } from '../client/api.ts';
import { useStream } from '../client/live.ts';
import { preferencesQuery } from '../client/preferences.ts';
import { ProblemView } from '../components/problem-view.tsx';

export type QueueState = Omit<Extract<QueueEvent, { type: 'snapshot' }>, 'type'>;

const ProjectContext = createContext<{ project: OpenProjectFacts; queue: QueueState } | null>(null);
const noQueue: QueueState = { held: false, jobs: [], progress: null };

/** The project that the address names. */
export function useProject(): OpenProjectFacts {
  return useOpen().project;
}

/** Its queue as it stands, kept up by the host. */
export function useQueue(): QueueState {
  return useOpen().queue;
}

function useOpen() {
  const open = useContext(ProjectContext);
  if (open === null) throw new Error('There is no project around this component.');
  return open;
}

/** Opens the project of the address on the host, and follows what changes in it, whoever changes it. */
export function ProjectProvider({ id, children }: { readonly id: string; readonly children: ReactNode }) {
  const opened = useQuery(queries.projects.open.queryOptions({ input: { id } }));
  // Asked for beside the project, so that no view is drawn by one convention and then by another.
  const preferences = useQuery(preferencesQuery);
  const [queue, setQueue] = useState(noQueue);
  const key = opened.data?.id ?? null;
  useStream(
    key,
    (signal) => api.jobs.watch({ project: id }, { signal }),
    (event) => {
      if (event.type === 'progress') setQueue((before) => ({ ...before, progress: event.progress }));
      else setQueue({ held: event.held, jobs: event.jobs, progress: event.progress });
    },
  );
  useStream(
    key,
    (signal) => api.projects.changes({ project: id }, { signal }),
    () => void queryClient.invalidateQueries({ predicate: ({ queryKey }) => !isOpening(queryKey) }),
  );
  if (opened.error) return <ProblemView error={opened.error} />;
  if (opened.data === undefined || preferences.isPending)
    return <p className="waiting">Opening the project ...</p>;
  return <ProjectContext value={{ project: opened.data, queue }}>{children}</ProjectContext>;
}

/** What stays as it is while a project changes. */
function isOpening(key: readonly unknown[]): boolean {
  const path = key[0];
  return Array.isArray(path) && (path.join('.') === 'projects.open' || path[0] === 'settings');
}
