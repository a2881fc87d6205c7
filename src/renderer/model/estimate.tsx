import { useMutation, useQuery } from '@tanstack/react-query';
import { Button } from 'react-aria-components';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { useNumbers } from '../client/preferences.ts';
import { useSettled } from '../client/use-settled.ts';
import { ProblemView } from '../components/problem-view.tsx';
import { duration } from '../jobs/numbers.ts';
import type { TrainRequest } from './train-page.tsx';

/** What a training will take: memory, disk and steps at once; time once a few steps were timed. */
export function Estimate({ request }: { readonly request: TrainRequest }) {
  const project = useProject().id;
  const { bytes, count, measure } = useNumbers();
  const settled = useSettled(request, 500);
  const size = useQuery({
    ...queries.models.estimate.queryOptions({ input: { project, request: settled, rehearse: false } }),
    placeholderData: (before) => before,
    gcTime: 0,
  });
  const timed = useMutation(queries.models.estimate.mutationOptions());
  const isTimed =
    timed.data !== undefined && JSON.stringify(timed.variables?.request) === JSON.stringify(settled);
  const facts = isTimed ? timed.data : size.data;
  if (size.error) return <ProblemView error={size.error} />;
  if (facts === undefined) return <p className="quiet">Working out what it takes ...</p>;
  return (
    <section className="card wide" aria-label="What the training takes">
      <h2>What it takes</h2>
      <dl className="known wide-known">
        <div>
          <dt>Steps</dt>
          <dd>
            {count(facts.steps)} of {count(facts.batchSize)} faces, {measure(facts.epochs)} epochs of{' '}
            {count(facts.trainingFaces)} training faces
          </dd>
        </div>
        <div>
          <dt>Memory</dt>
          <dd>
            about {bytes(facts.memoryBytes)}, {bytes(facts.availableBytes)} are free;{' '}
            {count(facts.microBatch)} faces at a time
          </dd>
        </div>
        <div>
          <dt>Disk</dt>
          <dd>about {bytes(facts.diskBytes)} for checkpoints while it trains</dd>
        </div>
        <div>
          <dt>Time</dt>
          <dd>
            {facts.seconds === null ? (
              <>
                not timed yet{' '}
                <Button
                  isDisabled={timed.isPending}
                  onPress={() => timed.mutate({ project, request: settled, rehearse: true })}
                >
                  {timed.isPending ? 'Timing a few steps ...' : 'Time a few steps'}
                </Button>
              </>
            ) : (
              `about ${duration(facts.seconds)}`
            )}{' '}
            <span className="quiet">on the engine {facts.engine}</span>
          </dd>
        </div>
      </dl>
      {isTimed && facts.seconds === null && (
        <p className="quiet">Steps are timed while no job runs, and for a training that has not begun.</p>
      )}
      {facts.warnings.map((warning) => (
        <p key={warning} className="warning">
          {warning}
        </p>
      ))}
      {timed.error && <ProblemView error={timed.error} />}
    </section>
  );
}
