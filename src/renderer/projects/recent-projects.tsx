import { useMutation } from '@tanstack/react-query';
import { Button } from 'react-aria-components';
import { Link } from 'wouter';
import type { RecentProject } from '../../shared/contract/projects.ts';
import { queries, queryClient } from '../client/api.ts';

export function RecentProjects({ projects }: { readonly projects: readonly RecentProject[] }) {
  const forget = useMutation(
    queries.projects.forget.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries({ queryKey: queries.projects.recent.key() }),
    }),
  );
  if (projects.length === 0) {
    return (
      <p className="quiet">
        No project was opened yet. Make one, and fill it with the demo to see how the rest works.
      </p>
    );
  }
  return (
    <ul className="recent">
      {projects.map(({ id, name, dir, openedAt, exists, open }) => (
        <li key={id}>
          {exists ? <Link href={`/projects/${id}/overview`}>{name}</Link> : <span>{name}</span>}
          <span className="path">{dir}</span>
          <span className="quiet">
            {exists ? (open ? 'open' : `opened ${openedAt.slice(0, 10)}`) : 'the folder is not there'}
          </span>
          <Button onPress={() => forget.mutate({ project: id })}>Forget</Button>
        </li>
      ))}
    </ul>
  );
}
