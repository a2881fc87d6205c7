import { useMutation, useQuery } from '@tanstack/react-query';
import { Button } from 'react-aria-components';
import { Link } from 'wouter';
import type { ProjectSummary, RecentProject } from '../../shared/contract/projects.ts';
import { queries, queryClient } from '../client/api.ts';
import { useNumbers } from '../client/preferences.ts';
import { entryKindNames } from '../components/entry-kind-names.ts';
import { ProblemView } from '../components/problem-view.tsx';
import { shortTime } from '../overview/short-time.ts';
import { CopyProject } from './copy-project.tsx';
import { IntegrityCheck } from './integrity-check.tsx';

/** A project of the list: what it holds, what made it, and what can be done with it without going into it. */
export function ProjectCard({ project }: { readonly project: RecentProject }) {
  const { id, name, dir, openedAt, exists, open } = project;
  const summary = useQuery({
    ...queries.projects.describe.queryOptions({ input: { project: id } }),
    enabled: exists,
    staleTime: 0,
  });
  return (
    <li className="project" data-exists={exists}>
      <div className="project-facts">
        <h2>{exists ? <Link href={`/projects/${id}/overview`}>{name}</Link> : name}</h2>
        <p className="path">{dir}</p>
        {exists ? (
          <p className="quiet">
            {open ? 'Open now' : `Opened ${shortTime(openedAt)}`}
            {summary.data && <Summary summary={summary.data} />}
          </p>
        ) : (
          <p className="stale">
            The folder is not there. If it was moved, open it from its new place; if it is on another disk,
            connect that. Its data are not touched by taking it off this list.
          </p>
        )}
        {summary.error && <ProblemView error={summary.error} onAgain={() => void summary.refetch()} />}
      </div>
      <div className="actions">
        {exists && <IntegrityCheck project={id} />}
        {exists && <CopyProject project={id} name={name} dir={dir} />}
        <Forget project={id} />
      </div>
    </li>
  );
}

/** Takes a project off the list; nothing is lost by it, so that it is done at once. */
function Forget({ project }: { readonly project: string }) {
  const forget = useMutation(
    queries.projects.forget.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries({ queryKey: queries.projects.recent.key() }),
    }),
  );
  return <Button onPress={() => forget.mutate({ project })}>Take off the list</Button>;
}

function Summary({ summary }: { readonly summary: ProjectSummary }) {
  const { count, bytes } = useNumbers();
  const { counts, createdBy, createdAt, computedBy, lastResultAt, unfinished } = summary;
  const shown = ['faces', 'model', 'subject', 'decoding', 'evaluation'] as const;
  const held = shown.flatMap((kind) => {
    const found = counts.find((each) => each.kind === kind)?.count ?? 0;
    if (found === 0) return [];
    return [`${count(found)} ${entryKindNames[kind]}${found === 1 ? '' : 's'}`];
  });
  const others = computedBy.filter((version) => !createdBy.endsWith(version));
  return (
    <>
      . {bytes(summary.bytes)} on disk. {held.length === 0 ? 'Empty' : held.join(', ')}. Made by {createdBy}{' '}
      on {createdAt.slice(0, 10)}
      {others.length > 0 && `, computed in by Fusiform ${others.join(', ')} too`}
      {lastResultAt !== null && `; last result ${shortTime(lastResultAt)}`}.
      {unfinished > 0 && ` ${count(unfinished)} ${unfinished === 1 ? 'job waits' : 'jobs wait'}.`}
    </>
  );
}
