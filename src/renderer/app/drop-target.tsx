import { useMutation } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useState } from 'react';
import { Button } from 'react-aria-components';
import { useLocation } from 'wouter';
import { queries, queryClient } from '../client/api.ts';
import { ProblemView } from '../components/problem-view.tsx';

declare global {
  interface Window {
    /** Of Electron's preload script; absent in a browser, which tells no page where a file lies. */
    readonly fusiformHost?: { readonly pathOf: (file: File) => string };
  }
}

/** Opens the project whose folder, or whose file, is dropped on the window. */
export function DropTarget() {
  const [, navigate] = useLocation();
  const [isBrowser, setBrowser] = useState(false);
  const open = useMutation(
    queries.projects.open.mutationOptions({
      onSuccess: ({ id }) => {
        void queryClient.invalidateQueries();
        navigate(`/projects/${id}/overview`);
      },
    }),
  );
  const dropped = useEffectEvent((event: DragEvent) => {
    const [file] = event.dataTransfer?.files ?? [];
    if (file === undefined || event.defaultPrevented) return;
    event.preventDefault();
    const path = window.fusiformHost?.pathOf(file) ?? '';
    setBrowser(path === '');
    if (path !== '') open.mutate({ dir: path.replace(/[\\/]project\.(fusiform|sqlite)$/, '') });
  });
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (event.dataTransfer?.types.includes('Files')) event.preventDefault();
    };
    const drop = (event: DragEvent) => dropped(event);
    window.addEventListener('dragover', over);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', over);
      window.removeEventListener('drop', drop);
    };
  }, []);
  if (open.error) {
    return (
      <div className="drop-problem">
        <ProblemView error={open.error} />
        <Button onPress={() => open.reset()}>Close</Button>
      </div>
    );
  }
  if (!isBrowser) return null;
  return (
    <p className="notice" role="status">
      A browser does not tell where a dropped folder lies. Type its path, or use Browse.{' '}
      <Button onPress={() => setBrowser(false)}>Close</Button>
    </p>
  );
}
