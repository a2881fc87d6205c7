import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button, GridList, GridListItem } from 'react-aria-components';
import { queries } from '../client/api.ts';
import { ProblemView } from './problem-view.tsx';

interface FolderBrowserProps {
  readonly from: string;
  readonly kind: 'folder' | 'file';
  readonly onChoose: (path: string) => void;
}

/** The folders of the host, where it has no dialog of its own. */
export function FolderBrowser({ from, kind, onChoose }: FolderBrowserProps) {
  const roots = useQuery(queries.locations.roots.queryOptions());
  const [chosen, setChosen] = useState(from.startsWith('/') ? from : null);
  const dir = chosen ?? roots.data?.[0]?.path ?? '/';
  const listing = useQuery({ ...queries.locations.list.queryOptions({ input: { dir } }), staleTime: 0 });
  const entries = (listing.data?.entries ?? []).filter((entry) => kind === 'file' || entry.kind !== 'file');
  const enter = (path: string) => {
    const entry = entries.find((candidate) => candidate.path === path);
    if (entry?.kind === 'file') onChoose(path);
    else setChosen(path);
  };
  return (
    <div className="folder-browser">
      <p className="actions">
        {roots.data?.map(({ name, path }) => (
          <Button key={path} onPress={() => setChosen(path)}>
            {name}
          </Button>
        ))}
      </p>
      <p className="path">{dir}</p>
      {listing.error ? (
        <ProblemView error={listing.error} />
      ) : (
        <GridList
          aria-label="Folders"
          className="list"
          items={entries.map((entry) => ({ ...entry, id: entry.path }))}
          onAction={(key) => enter(String(key))}
          renderEmptyState={() => (listing.isPending ? 'Reading ...' : 'Nothing to choose in here.')}
        >
          {(entry) => (
            <GridListItem id={entry.path} textValue={entry.name}>
              <span>{entry.name}</span>
              <span className="quiet">
                {entry.kind === 'project' ? 'project' : entry.kind === 'folder' ? '/' : ''}
              </span>
            </GridListItem>
          )}
        </GridList>
      )}
      <p className="actions">
        <Button isDisabled={!listing.data?.parent} onPress={() => setChosen(listing.data?.parent ?? null)}>
          Up
        </Button>
        {kind === 'folder' && (
          <Button className="primary" onPress={() => onChoose(dir)}>
            Choose this folder
          </Button>
        )}
      </p>
    </div>
  );
}
