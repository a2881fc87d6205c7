import { useQuery } from '@tanstack/react-query';
import type { StepFacts } from '../../shared/contract/overview.ts';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { ProblemView } from '../components/problem-view.tsx';
import { DemoOffer } from './demo-offer.tsx';
import { Step } from './step.tsx';
import './overview.css';

/** The pipeline, each step with its state and the one thing to do next. */
export function OverviewScreen() {
  const project = useProject().id;
  const steps = useQuery(queries.overview.get.queryOptions({ input: { project } }));
  if (steps.error) return <ProblemView error={steps.error} onAgain={() => void steps.refetch()} />;
  return (
    <>
      <h1>Overview</h1>
      {steps.data && isUntouched(steps.data) && <DemoOffer />}
      <ol className="pipeline" aria-label="Pipeline">
        {steps.data?.map((step) => (
          <Step key={step.step} facts={step} />
        ))}
      </ol>
    </>
  );
}

function isUntouched(steps: readonly StepFacts[]): boolean {
  return steps.every(({ state }) => state === 'missing');
}
