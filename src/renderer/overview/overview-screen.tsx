import { useMutation, useQuery } from '@tanstack/react-query';
import { Button } from 'react-aria-components';
import type { StepFacts } from '../../shared/contract/overview.ts';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { ProblemView } from '../components/problem-view.tsx';
import { duration } from '../jobs/numbers.ts';

const names: Readonly<Record<StepFacts['step'], string>> = {
  faces: 'Faces',
  model: 'Model',
  subject: 'Subjects',
  mapping: 'Mapping',
  decoding: 'Decoding',
  evaluation: 'Evaluation',
};

/** The pipeline, each step with its state. */
export function OverviewScreen() {
  const project = useProject();
  const steps = useQuery(queries.overview.get.queryOptions({ input: { project: project.id } }));
  const enqueue = useMutation(queries.jobs.enqueue.mutationOptions());
  if (steps.error) return <ProblemView error={steps.error} onAgain={() => void steps.refetch()} />;
  const isEmpty = steps.data?.every(({ state }) => state === 'missing') ?? false;
  return (
    <>
      <h1>Overview</h1>
      <ol className="pipeline">
        {steps.data?.map((step) => (
          <Step key={step.step} {...step} />
        ))}
      </ol>
      {isEmpty && (
        <p className="actions">
          <Button
            className="primary"
            onPress={() => enqueue.mutate({ project: project.id, request: { kind: 'demo' } })}
          >
            Fill it with the demo
          </Button>
          <span className="quiet">A simulated subject and simulated faces; a few minutes on two cores.</span>
        </p>
      )}
      {enqueue.error && <ProblemView error={enqueue.error} />}
    </>
  );
}

function Step({ step, state, entries, needs }: StepFacts) {
  return (
    <li className="step" data-state={state}>
      <h2>{names[step]}</h2>
      <p className="state">{state}</p>
      {needs !== null && <p className="quiet">Needs: {names[needs].toLowerCase()}</p>}
      <ul>
        {entries.map(({ name, seconds, stale }) => (
          <li key={name}>
            {name} <span className="quiet">{stale ?? duration(seconds)}</span>
          </li>
        ))}
      </ul>
    </li>
  );
}
