import { useQueries, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { publishedDecoder } from '../../shared/decoders.ts';
import type { LearningCurve, PointSelection } from '../../shared/learning-curve.ts';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { Chart } from '../components/chart.tsx';
import { Choice } from '../components/choice.tsx';
import { DataTable, type TableColumn } from '../components/data-table.tsx';
import { FolderField } from '../components/folder-field.tsx';
import { TextInput } from '../components/text-input.tsx';
import { DefinitionButton } from './definition-button.tsx';
import { curveFigure } from './figures.ts';
import type { PageProps } from './page-props.ts';
import { shortP } from './regions-page.tsx';
import { ReliabilitySection } from './reliability-section.tsx';
import { RunJob } from './run-job.tsx';
import type { Evaluated } from './use-evaluation.ts';

/** How identification grows with the number of training faces, and how far the responses themselves can be relied on. */
export function CurvePage({ of, scored }: PageProps) {
  const project = useProject().id;
  const models = scored.filter(
    ({ subject, decoder }) => subject === of.subject && decoder === publishedDecoder,
  );
  const answers = useQueries({
    queries: models.map(({ name }) =>
      queries.evaluation.learningCurves.queryOptions({ input: { project, name } }),
    ),
    combine: (results) => results.map(({ data }) => data),
  });
  const curves = answers.flatMap((found) =>
    (found ?? []).map((curve) => ({ ...curve, title: titleOf(curve) })),
  );
  const key = JSON.stringify(curves);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the curves are another array at every answer
  const spec = useMemo(() => (curves.length === 0 ? null : curveFigure(curves)), [key]);
  return (
    <>
      <section className="stack">
        <h2>Learning curve of subject {of.subject}</h2>
        {spec === null ? (
          <p className="quiet">No curve of this subject was computed yet.</p>
        ) : (
          <>
            <Chart
              spec={spec}
              height={280}
              label="Pairwise identification against the number of training faces, with 95 % intervals; chance 0.5. The table below has every point."
            />
            <p className="quiet">
              All selected voxels, {curves[0].testFaces} test faces; bars: 95 % interval over test faces.
              Dashed: chance.
            </p>
            <DataTable
              label="Points of the learning curve"
              columns={columns}
              rows={curves.flatMap(({ title, points }) => points.map((point) => ({ ...point, title })))}
              idOf={(row) => `${row.title} ${row.region} ${row.trainingFaces}`}
            />
          </>
        )}
        <AskForCurve of={of} />
      </section>
      <ReliabilitySection subject={of.subject} model={of.model} />
    </>
  );
}

const titleOf = ({ model, selection }: LearningCurve) =>
  `${model}, voxels of ${selection === 'own-runs' ? "each point's runs" : 'all runs'}`;

type Row = LearningCurve['points'][number] & { readonly title: string };

const columns: readonly TableColumn<Row>[] = [
  { id: 'title', name: 'Model', value: ({ title }) => title },
  { id: 'region', name: 'Region', value: ({ region }) => region, width: 120 },
  {
    id: 'faces',
    name: 'Training faces',
    isNumber: true,
    width: 120,
    value: ({ trainingFaces }) => trainingFaces,
  },
  { id: 'runs', name: 'Runs', isNumber: true, width: 70, value: ({ runs }) => runs },
  { id: 'voxels', name: 'Voxels', isNumber: true, width: 90, value: ({ voxels }) => voxels },
  {
    id: 'pairwise',
    name: 'Pairwise, 95 % interval',
    isNumber: true,
    width: 190,
    value: ({ pairwise }) => pairwise,
    show: ({ pairwise, pairwiseInterval: [lower, upper] }) => (
      <DefinitionButton definitions={['learning-curve/1', 'pairwise-pearson/1', 'rank-sum-exact/1']}>
        {pairwise.toFixed(2)} ({lower.toFixed(2)} to {upper.toFixed(2)})
      </DefinitionButton>
    ),
  },
  {
    id: 'p',
    name: 'p',
    isNumber: true,
    width: 90,
    value: ({ pairwiseP }) => pairwiseP,
    show: ({ pairwiseP }) => shortP(pairwiseP),
  },
];

function AskForCurve({ of }: { readonly of: Evaluated }) {
  const project = useProject().id;
  const fitted = useQuery(
    queries.decoding.fittedWith.queryOptions({ input: { project, subject: of.subject, model: of.model } }),
  );
  const [points, setPoints] = useState('');
  const [selection, setSelection] = useState<PointSelection>('own-runs');
  const [mask, setMask] = useState('');
  if (fitted.data === undefined) return null;
  if (fitted.data === null)
    return (
      <p className="quiet">The mapping of this model was imported: there are no runs to learn a part of.</p>
    );
  if (fitted.data.gainMeasure !== 'f')
    return (
      <p className="quiet">
        The voxels of this mapping were chosen by the cross-validated gain; a curve selects them by F alone.
      </p>
    );
  const { settings, noise, maskThreshold, folds, faceRule, gainRule } = fitted.data;
  const wanted = points.split(',').flatMap((text) => (Number(text) > 0 ? [Math.round(Number(text))] : []));
  const request = {
    kind: 'learning-curve',
    subject: of.subject,
    model: of.model,
    settings,
    noise,
    maskThreshold,
    folds,
    faceRule,
    gainRule,
    selection,
    ...(mask === '' ? {} : { mask }),
    ...(wanted.length === 0 ? {} : { points: wanted }),
  } as const;
  return (
    <details>
      <summary>Compute a curve of "{of.model}"</summary>
      <RunJob label="Compute the curve" request={request}>
        <p className="quiet">
          With the settings of the mapping that is there.{' '}
          {folds === 0
            ? 'It was fitted without folds: the runs are read once more, with 20 folds.'
            : 'Its folds are added up; no run is read again.'}
        </p>
        <div className="form">
          <TextInput
            label="Numbers of training faces"
            description="By commas; empty: 1000, 2000 and so on, as in the article. All of them always come last."
            value={points}
            onChange={setPoints}
          />
          <Choice
            label="Voxels are selected on"
            options={[
              { id: 'own-runs', name: 'the runs of each point' },
              { id: 'all-runs', name: 'all runs' },
            ]}
            value={selection}
            onChange={setSelection}
          />
          <FolderField
            label="Mask"
            description="The one that the mapping was fitted with; empty where none was given."
            kind="file"
            value={mask}
            onChange={setMask}
          />
        </div>
      </RunJob>
    </details>
  );
}
