import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { ProblemView } from '../components/problem-view.tsx';
import { RemoveEntry } from '../components/remove-entry.tsx';
import { figuresOf } from './curves.ts';
import { ExportModel } from './export-model.tsx';
import { heldOutOf, kindNames } from './model-facts.ts';
import { SampleGrids } from './sample-grids.tsx';
import { TrainingFigures } from './training-figures.tsx';
import { TrainingJob } from './training-job.tsx';
import { useHistory } from './use-history.ts';

/** One model: what it is, how it was trained (or is being trained), and what can be done with it. */
export function ModelPage({ name }: { readonly name: string }) {
  const project = useProject().id;
  const [, navigate] = useLocation();
  const models = useQuery(queries.models.list.queryOptions({ input: { project } }));
  const unfinished = useQuery(queries.models.unfinished.queryOptions({ input: { project } }));
  const model = models.data?.find((each) => each.name === name);
  const isNetwork = model?.kind !== 'pca';
  const checkpoints = unfinished.data?.find((each) => each.name === name)?.checkpoints ?? [];
  const query = `?model=${encodeURIComponent(name)}`;
  return (
    <div className="stack">
      <div className="model-title">
        <h2>{name}</h2>
        {model && (
          <span className="quiet">
            {kindNames[model.kind]}, {model.latentDim} latents, {model.imageSize} x {model.imageSize} pixels
          </span>
        )}
        <span className="spread" />
        {model && <Link href={`/explore${query}`}>Explore</Link>}
        {model && isNetwork && <Link href={`/train?fork=${encodeURIComponent(name)}`}>Fork</Link>}
        {model && <RemoveEntry kind="model" name={name} onRemoved={() => navigate('/')} />}
      </div>
      {model && <Scores summary={model.summary} latentDim={model.latentDim} />}
      <TrainingJob name={name} />
      {checkpoints.length > 0 && (
        <p className="actions">
          Fork from a checkpoint:
          {checkpoints.map((step) => (
            <Link key={step} href={`/train?fork=${encodeURIComponent(`${name}@${step}`)}`}>
              step {step}
            </Link>
          ))}
        </p>
      )}
      {(model === undefined || isNetwork) && <History name={name} />}
      {model && <ExportModel name={name} />}
    </div>
  );
}

function Scores({
  summary,
  latentDim,
}: {
  readonly summary: Readonly<Record<string, unknown>>;
  readonly latentDim: number;
}) {
  const held = heldOutOf(summary);
  if (held === null) return <p className="quiet">No faces were held out to judge it by.</p>;
  const { activeLatents } = summary;
  const beside = (pca: number | null) =>
    pca === null ? '' : ` (PCA of as many dimensions ${pca.toFixed(3)})`;
  return (
    <p>
      {held.faces} faces that training never saw: SSIM {held.ssim.toFixed(3)}
      {beside(held.pcaSsim)}, pixel correlation {held.pixCorr.toFixed(3)}
      {beside(held.pcaPixCorr)}
      {typeof activeLatents === 'number' && `; ${activeLatents} of ${latentDim} latents are active`}.
    </p>
  );
}

function History({ name }: { readonly name: string }) {
  const history = useHistory(name);
  if (history.error) return <ProblemView error={history.error} onAgain={() => void history.refetch()} />;
  if (history.data === undefined) return <p className="waiting">Reading the training ...</p>;
  const { grids, adversarialFrom, losses } = history.data;
  if (losses.length === 0 && grids.length === 0) {
    return <p className="quiet">No step of a training is known: it was imported, or has not begun.</p>;
  }
  return (
    <>
      <TrainingFigures figures={figuresOf(history.data)} border={adversarialFrom} />
      <p className="quiet">
        Losses are unweighted, means over stretches of steps.
        {adversarialFrom !== null && adversarialFrom > 1 && ' Dashed: where the adversarial phase begins.'}
      </p>
      <SampleGrids grids={grids} />
    </>
  );
}
