import { useMutation, useQuery } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useState } from 'react';
import { Button } from 'react-aria-components';
import type { RatingState } from '../../shared/contract/rating.ts';
import { useProject } from '../app/project.tsx';
import { queries, queryClient } from '../client/api.ts';
import { Picture } from '../components/picture.tsx';
import { ProblemView } from '../components/problem-view.tsx';

interface ComparisonProps {
  readonly session: string;
  readonly rater: string;
  readonly onEnd: () => void;
}

type Side = 'left' | 'right';

/** One face after the other, between its two decoded pictures, by keys or by pressing one. */
export function Comparison({ session, rater, onEnd }: ComparisonProps) {
  const project = useProject().id;
  const input = { project, session, rater };
  const asked = queries.rating.state.queryOptions({ input });
  const state = useQuery(asked);
  const keep = (next: RatingState) => queryClient.setQueryData(asked.queryKey, next);
  const answer = useMutation(
    queries.rating.answer.mutationOptions({
      onSuccess: keep,
      // Answered in another window: what is next is asked anew.
      onError: () => void state.refetch(),
    }),
  );
  const undo = useMutation(queries.rating.undo.mutationOptions({ onSuccess: keep }));
  const comparison = state.data?.comparison ?? null;
  const shownAt = useShownAt(comparison?.item ?? null);
  const choose = (side: Side) => {
    if (comparison === null || answer.isPending) return;
    const seconds = (performance.now() - shownAt) / 1000;
    answer.mutate({ ...input, item: comparison.item, side, seconds });
  };
  const takeBack = () => {
    if ((state.data?.rated ?? 0) > 0 && !undo.isPending) undo.mutate(input);
  };
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
    if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || isTyping) return;
    if (event.key === 'ArrowLeft') choose('left');
    else if (event.key === 'ArrowRight') choose('right');
    else if (event.key === 'Backspace') takeBack();
    else return;
    event.preventDefault();
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKey(event);
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
  if (state.error) return <ProblemView error={state.error} onAgain={() => void state.refetch()} />;
  if (state.data === undefined) return <p className="waiting">Reading ...</p>;
  const { rated, total } = state.data;
  const address = (picture: string) => `/data/${project}/${picture}`;
  return (
    <section className="stack rating">
      <h2>{comparison === null ? 'Everything was rated' : 'Which is more like the face in the middle?'}</h2>
      {comparison !== null && (
        <div className="comparison">
          <Button className="alternative" aria-label="The left one" onPress={() => choose('left')}>
            <Picture src={address(comparison.left)} alt="Left alternative" size={224} />
            <span aria-hidden="true">←</span>
          </Button>
          <Picture src={address(comparison.original)} alt="Original" size={224} caption="Original" />
          <Button className="alternative" aria-label="The right one" onPress={() => choose('right')}>
            <Picture src={address(comparison.right)} alt="Right alternative" size={224} />
            <span aria-hidden="true">→</span>
          </Button>
        </div>
      )}
      <p role="status">
        {rated} of {total} rated by {rater}
      </p>
      <p className="actions">
        <Button isDisabled={rated === 0 || undo.isPending} onPress={takeBack}>
          Take the last answer back (Backspace)
        </Button>
        <Button onPress={onEnd}>{comparison === null ? 'Done' : 'Stop here'}</Button>
        <span className="quiet">Left and right arrow keys answer. Every answer is kept at once.</span>
      </p>
      {answer.error && <ProblemView error={answer.error} />}
      {undo.error && <ProblemView error={undo.error} />}
    </section>
  );
}

/** When the present comparison was first shown. */
function useShownAt(item: number | null): number {
  const [shown, setShown] = useState({ item, at: performance.now() });
  if (shown.item !== item) setShown({ item, at: performance.now() });
  return shown.at;
}
