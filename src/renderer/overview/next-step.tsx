import { useMutation } from '@tanstack/react-query';
import { Button } from 'react-aria-components';
import type { StepFacts } from '../../shared/contract/overview.ts';
import { PlaceLink } from '../app/place.tsx';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { ProblemView } from '../components/problem-view.tsx';

/** The one thing to do next: a way to the right screen, or work with the settings it would run with. */
export function NextStep({ next, state }: Pick<StepFacts, 'next' | 'state'>) {
  const project = useProject().id;
  const enqueue = useMutation(queries.jobs.enqueue.mutationOptions());
  const { label, place, request, settings } = next;
  const isUrgent = state !== 'done' && state !== 'running';
  if (place !== null) {
    return (
      <div className="next-step">
        <PlaceLink className={isUrgent ? 'button primary' : 'button'} to={place}>
          {label}
        </PlaceLink>
      </div>
    );
  }
  if (request === null) return null;
  return (
    <div className="next-step">
      <Button
        className="primary"
        isDisabled={enqueue.isPending}
        onPress={() => enqueue.mutate({ project, request })}
      >
        {label}
      </Button>
      <dl className="settings-told">
        {settings.map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {enqueue.error && <ProblemView error={enqueue.error} />}
    </div>
  );
}
