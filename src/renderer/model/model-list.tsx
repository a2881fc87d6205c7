import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';
import type { ModelFacts } from '../../shared/contract/models.ts';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { DataTable, type TableColumn } from '../components/data-table.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import { heldOutOf, kindNames } from './model-facts.ts';
import { UnfinishedTrainings } from './unfinished-trainings.tsx';

const score = (value: number | null) => (value === null ? '–' : value.toFixed(3));

const columns: readonly TableColumn<ModelFacts>[] = [
  { id: 'name', name: 'Model', value: ({ name }) => name },
  { id: 'kind', name: 'Kind', value: ({ kind }) => kindNames[kind] ?? kind, width: 90 },
  { id: 'size', name: 'Pixels', value: ({ imageSize }) => imageSize, isNumber: true, width: 70 },
  { id: 'latents', name: 'Latents', value: ({ latentDim }) => latentDim, isNumber: true, width: 80 },
  {
    id: 'active',
    name: 'Active',
    value: ({ summary }) => numberOf(summary.activeLatents),
    isNumber: true,
    width: 80,
  },
  {
    id: 'ssim',
    name: 'SSIM',
    value: ({ summary }) => heldOutOf(summary)?.ssim ?? null,
    show: ({ summary }) => score(heldOutOf(summary)?.ssim ?? null),
    isNumber: true,
    width: 80,
  },
  {
    id: 'pca',
    name: 'PCA SSIM',
    value: ({ summary }) => heldOutOf(summary)?.pcaSsim ?? null,
    show: ({ summary }) => score(heldOutOf(summary)?.pcaSsim ?? null),
    isNumber: true,
    width: 100,
  },
  {
    id: 'faces',
    name: 'Faces',
    value: ({ summary }) => numberOf(summary.trainingFaces),
    isNumber: true,
    width: 90,
  },
];

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

/** Every model with what it scored on faces that training never saw. */
export function ModelList() {
  const project = useProject().id;
  const models = useQuery(queries.models.list.queryOptions({ input: { project } }));
  const [, navigate] = useLocation();
  if (models.error) return <ProblemView error={models.error} onAgain={() => void models.refetch()} />;
  if (models.data === undefined) return <p className="waiting">Reading the models ...</p>;
  return (
    <div className="stack">
      <UnfinishedTrainings />
      {models.data.length === 0 ? (
        <p>
          A model learns what faces look like: it turns a picture into a code of some hundred numbers and
          back. <Link href="/train">Train one</Link> on a face set of the project, or{' '}
          <Link href="/import">import one</Link> that was trained elsewhere.
        </p>
      ) : (
        <>
          <DataTable
            label="Models"
            columns={columns}
            rows={models.data}
            idOf={({ name }) => name}
            onOpen={(name) => navigate(`/of/${encodeURIComponent(name)}`)}
            height={400}
          />
          <ul className="actions" aria-label="Models in detail">
            {models.data.map(({ name }) => (
              <li key={name}>
                <Link href={`/of/${encodeURIComponent(name)}`}>{name}</Link>
              </li>
            ))}
          </ul>
          <p className="quiet">
            SSIM: structural similarity of faces that training never saw with their reconstructions, 1 for the
            same picture. PCA SSIM: principal components of the same number, fitted on the same faces. Active:
            latents whose code varies over faces by more than 0.01 (Burda et al. 2016). Faces: those it was
            trained on.
          </p>
        </>
      )}
    </div>
  );
}
