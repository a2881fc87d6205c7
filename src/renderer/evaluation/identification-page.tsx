import { useQueries, useQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import type { Evaluation, FaceEvaluation } from '../../shared/evaluation.ts';
import { useProject } from '../app/project.tsx';
import { useSelection } from '../app/selection.ts';
import { queries } from '../client/api.ts';
import { Chart } from '../components/chart.tsx';
import { Choice } from '../components/choice.tsx';
import { DataTable, type TableColumn } from '../components/data-table.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import { matrixFigure, ranksFigure } from './figures.ts';
import type { PageProps } from './page-props.ts';

/** Which decoded code is most like which true one, and at which rank the true one came. */
export function IdentificationPage({ of, scored }: PageProps) {
  const project = useProject().id;
  const evaluation = useQuery(queries.evaluation.get.queryOptions({ input: { project, name: of.name } }));
  if (evaluation.error) return <ProblemView error={evaluation.error} />;
  if (evaluation.data === undefined) return <p className="waiting">Reading ...</p>;
  return (
    <>
      <div className="split">
        <Matrix name={of.name} evaluation={evaluation.data} />
        <Ranks of={of} scored={scored} />
      </div>
      <Faces faces={evaluation.data.faces} />
    </>
  );
}

function Matrix({ name, evaluation }: { readonly name: string; readonly evaluation: Evaluation }) {
  const project = useProject().id;
  const [{ stimulus = null, region = 'all' }, select] = useSelection();
  const regions = evaluation.regions.map((one) => one.name);
  const shown = regions.includes(region) ? region : 'all';
  const matrix = useQuery(
    queries.evaluation.matrix.queryOptions({ input: { project, name, region: shown } }),
  );
  const spec = useMemo(() => matrix.data && matrixFigure(matrix.data, stimulus), [matrix.data, stimulus]);
  const onPick = useCallback(
    (datum: Readonly<Record<string, unknown>>) => {
      if (typeof datum.stimulus === 'string') select({ stimulus: datum.stimulus });
    },
    [select],
  );
  return (
    <section className="stack">
      <h2>Identification matrix</h2>
      <Choice
        label="Decoded from"
        options={regions.map((id) => ({ id, name: id === 'all' ? 'all selected voxels' : id }))}
        value={shown}
        onChange={(chosen) => select({ region: chosen === 'all' ? null : chosen })}
      />
      {matrix.isPending && <p className="waiting">Comparing codes ...</p>}
      {matrix.error && <ProblemView error={matrix.error} />}
      {matrix.data === null && (
        <p className="quiet">There are too many test faces for a matrix; the table below has each.</p>
      )}
      {spec && (
        <Chart
          spec={spec}
          height={340}
          onPick={onPick}
          label={`Pearson correlation of ${matrix.data?.stimuli.length} decoded codes with every true code; the correct ones lie on the diagonal. The table below has the rank of each.`}
        />
      )}
      <p className="quiet">
        Rows: decoded codes, columns: true codes, in the order of the study; dots: the correct ones. Press a
        row to select its face.
      </p>
    </section>
  );
}

/** Of every model of the subject, so that they can be compared. */
function Ranks({ of, scored }: PageProps) {
  const project = useProject().id;
  const models = scored.filter(({ subject }) => subject === of.subject);
  const answers = useQueries({
    queries: models.map(({ name }) => queries.evaluation.get.queryOptions({ input: { project, name } })),
    combine: (results) => results.map(({ data }) => data),
  });
  const ranks = answers.flatMap((evaluation, at) =>
    (evaluation?.faces ?? []).flatMap(({ rank }) =>
      rank === null ? [] : [{ name: `${models[at].model}, ${models[at].decoder}`, rank }],
    ),
  );
  const n = answers.find((evaluation) => evaluation !== undefined)?.nTestFaces ?? 0;
  const key = JSON.stringify(ranks);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the ranks are another array at every answer
  const spec = useMemo(() => (ranks.length === 0 ? null : ranksFigure(ranks, n)), [key, n]);
  return (
    <section className="stack">
      <h2>Ranks of the true face</h2>
      {spec === null ? (
        <p className="quiet">One test face: there is no other to tell it from.</p>
      ) : (
        <Chart
          spec={spec}
          height={340}
          label={`How many of ${n} test faces came out at which rank, for each model. ${rankWords(ranks, n)}`}
        />
      )}
      <p className="quiet">
        Rank 1: the true code is the most similar of all {n}. Dashed: as many as chance puts at each rank.{' '}
        {rankWords(ranks, n)}
      </p>
    </section>
  );
}

function rankWords(ranks: readonly { readonly name: string; readonly rank: number }[], n: number): string {
  const names = [...new Set(ranks.map(({ name }) => name))];
  return names
    .map((name) => {
      const own = ranks.filter((one) => one.name === name).map(({ rank }) => rank);
      const first = own.filter((rank) => rank === 1).length;
      const mean = own.reduce((sum, rank) => sum + rank, 0) / own.length;
      return `${name}: mean rank ${mean.toFixed(1)} (chance ${((n + 1) / 2).toFixed(1)}), ${first} of ${own.length} at rank 1.`;
    })
    .join(' ');
}

const columns: readonly TableColumn<FaceEvaluation>[] = [
  { id: 'stimulus', name: 'Test face', value: ({ stimulus }) => stimulus },
  number('rank', 'Rank', ({ rank }) => rank, 1),
  number('pairwise', 'Pairwise', ({ pairwise }) => pairwise, 2),
  number('ssim', 'SSIM', ({ ssim }) => ssim, 2),
  number('pixCorr', 'Pixel correlation', ({ pixCorr }) => pixCorr, 2),
];

function number(
  id: string,
  name: string,
  value: (face: FaceEvaluation) => number | null,
  digits: number,
): TableColumn<FaceEvaluation> {
  return { id, name, value, isNumber: true, width: 130, show: (face) => value(face)?.toFixed(digits) ?? '–' };
}

function Faces({ faces }: { readonly faces: readonly FaceEvaluation[] }) {
  const [{ stimulus = null }, select] = useSelection();
  return (
    <section className="stack">
      <h2>Each test face, all selected voxels</h2>
      <DataTable
        label="Scores of each test face"
        columns={columns}
        rows={faces}
        idOf={(face) => face.stimulus}
        selected={stimulus}
        onSelect={(chosen) => select({ stimulus: chosen })}
      />
    </section>
  );
}
