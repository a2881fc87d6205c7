import { useQuery } from '@tanstack/react-query';
import { Button } from 'react-aria-components';
import type { ExploredModel } from '../../shared/contract/explore.ts';
import type { FaceSetFacts } from '../../shared/contract/faces.ts';
import { useProject } from '../app/project.tsx';
import { useSelection } from '../app/selection.ts';
import { queries } from '../client/api.ts';
import { JobStatus } from '../components/job-status.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import { useEnqueue } from '../jobs/use-enqueue.ts';
import { Explorer } from './explorer.tsx';

interface ExploreSetProps {
  readonly model: ExploredModel;
  readonly set: FaceSetFacts;
}

/** What the explorer needs of a set: its codes, and where it has labels the axes of their attributes. */
export function ExploreSet({ model, set }: ExploreSetProps) {
  const project = useProject().id;
  const [{ face }] = useSelection();
  const input = { project, model: model.name, faces: set.name };
  const index = Math.min(set.count - 1, Math.max(0, Number(face ?? 0) || 0));
  const spread = useQuery(queries.explore.latents.queryOptions({ input }));
  const axes = useQuery(queries.explore.axes.queryOptions({ input }));
  const code = useQuery({
    ...queries.explore.code.queryOptions({ input: { ...input, index } }),
    placeholderData: (before) => before,
  });
  const error = spread.error ?? axes.error ?? code.error;
  if (error) return <ProblemView error={error} onAgain={() => void spread.refetch()} />;
  if (spread.data === undefined || axes.data === undefined || code.data === undefined) {
    return (
      <p className="waiting">
        Loading the model; the first time its engine is tried, which takes some seconds ...
      </p>
    );
  }
  if (spread.data === null) {
    return (
      <Missing
        text={`The codes of ${set.count} faces by this model are not in the project yet; the sliders need their spread.`}
        verb="Encode the faces"
        request={{ kind: 'encode-faces', model: model.name, faces: set.name }}
      />
    );
  }
  return (
    <>
      {axes.data === null && set.labels.length > 0 && (
        <Missing
          text={`The set has ${set.labels.length} labels: their axes give sliders such as "Smiling".`}
          verb="Learn the attributes"
          request={{ kind: 'attribute-axes', model: model.name, faces: set.name }}
        />
      )}
      <Explorer
        model={model}
        set={set}
        index={index}
        code={code.data}
        spread={spread.data}
        axes={axes.data ?? []}
      />
    </>
  );
}

interface MissingProps {
  readonly text: string;
  readonly verb: string;
  readonly request: Parameters<ReturnType<typeof useEnqueue>['enqueue']>[0];
}

/** What has to be computed first, with the button that asks for it. */
function Missing({ text, verb, request }: MissingProps) {
  const { id, enqueue, error, isPending } = useEnqueue();
  return (
    <section className="card wide">
      <p>{text}</p>
      <p className="actions">
        <Button className="primary" isDisabled={isPending || id !== null} onPress={() => enqueue(request)}>
          {verb}
        </Button>
      </p>
      {error && <ProblemView error={error} />}
      <JobStatus id={id} />
    </section>
  );
}
