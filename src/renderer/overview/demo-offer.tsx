import { useMutation } from '@tanstack/react-query';
import { Button } from 'react-aria-components';
import { PlaceLink } from '../app/place.tsx';
import { useProject, useQueue } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { ProblemView } from '../components/problem-view.tsx';

/** What to do with an empty project: look at the demo, or begin with one's own. */
export function DemoOffer() {
  const project = useProject().id;
  const demo = useQueue().jobs.find(({ request, state }) => request.kind === 'demo' && state !== 'cancelled');
  const enqueue = useMutation(queries.jobs.enqueue.mutationOptions());
  return (
    <section className="card demo-offer">
      <h2>This project is empty</h2>
      <p>
        Begin with your own data: <PlaceLink to="/faces/import">import faces</PlaceLink>, then{' '}
        <PlaceLink to="/subjects/add">add a subject</PlaceLink> from a BIDS or fMRIPrep folder. Or look at a
        finished project first: the demo simulates faces and a brain and runs every step on them.
      </p>
      {demo === undefined ? (
        <p className="actions">
          <Button
            className="primary"
            isDisabled={enqueue.isPending}
            onPress={() => enqueue.mutate({ project, request: { kind: 'demo' } })}
          >
            Fill it with the demo
          </Button>
          <span className="quiet">A few minutes on two cores, about 100 MB. Seed 1, engine preferred.</span>
        </p>
      ) : (
        <p className="actions">
          <PlaceLink to={`/jobs?job=${demo.id}`}>The demo is {demo.state}</PlaceLink>
          <span className="quiet">Its results appear below one after another.</span>
        </p>
      )}
      {enqueue.error && <ProblemView error={enqueue.error} />}
    </section>
  );
}
