import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { TrainingJob } from './training-job.tsx';

/** Trainings that run, or were stopped and can go on. */
export function UnfinishedTrainings() {
  const project = useProject().id;
  const unfinished = useQuery(queries.models.unfinished.queryOptions({ input: { project } }));
  if (unfinished.data === undefined || unfinished.data.length === 0) return null;
  return (
    <section className="stack" aria-label="Trainings that are not finished">
      {unfinished.data.map(({ name, state, checkpoints }) => (
        <div key={name} className="card wide">
          <p className="actions">
            <Link href={`/of/${encodeURIComponent(name)}`}>{name}</Link>
            <span className="quiet">
              {state}
              {checkpoints.length > 0 && `; weights of step ${checkpoints.join(', ')} are kept`}
            </span>
          </p>
          <TrainingJob name={name} />
        </div>
      ))}
    </section>
  );
}
