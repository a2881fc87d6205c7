import { useQueries, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { decoderKinds, publishedDecoder } from '../../shared/decoders.ts';
import type { Metric } from '../../shared/evaluation.ts';
import type { RegionComparison } from '../../shared/region-comparison.ts';
import { probabilityText } from '../../shared/score-sentence.ts';
import { useProject } from '../app/project.tsx';
import { useSelection } from '../app/selection.ts';
import { queries } from '../client/api.ts';
import { Chart } from '../components/chart.tsx';
import { DataTable, type TableColumn } from '../components/data-table.tsx';
import { DefinitionButton } from './definition-button.tsx';
import { pointsFigure, type ScorePoint } from './figures.ts';
import type { PageProps } from './page-props.ts';
import { RunJob } from './run-job.tsx';
import type { Evaluated } from './use-evaluation.ts';

/** What each region tells alone, with every subject as a point, and what is lost without it. */
export function RegionsPage({ of, scored }: PageProps) {
  const project = useProject().id;
  const comparison = useQuery(queries.evaluation.regions.queryOptions({ input: { project, name: of.name } }));
  return (
    <>
      <Points of={of} scored={scored} />
      <section className="stack">
        <h2>What is lost without a region</h2>
        {comparison.data ? (
          <Losses comparison={comparison.data} />
        ) : (
          <RunJob label="Compare the regions" request={requestOf(of)}>
            <p className="quiet">
              Decodes from every region alone and from all voxels without it: seconds, from codes that are
              there.
            </p>
          </RunJob>
        )}
      </section>
    </>
  );
}

function requestOf({ subject, model, decoder }: Evaluated) {
  const kind = decoderKinds.find((known) => known === decoder) ?? publishedDecoder;
  return { kind: 'compare-regions', subject, model, decoder: kind } as const;
}

/** Pairwise identification by region: a point a subject, in the same model and decoder. */
function Points({ of, scored }: PageProps) {
  const project = useProject().id;
  const [{ region }, select] = useSelection();
  const alike = scored.filter(({ model, decoder }) => model === of.model && decoder === of.decoder);
  const answers = useQueries({
    queries: alike.map(({ name }) => queries.evaluation.metrics.queryOptions({ input: { project, name } })),
    combine: (results) => results.map(({ data }) => data),
  });
  const rows = answers.flatMap((metrics) => metrics?.filter(({ name }) => name === 'pairwise') ?? []);
  const key = JSON.stringify(rows);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the rows are another array at every answer
  const spec = useMemo(() => {
    const points = rows.flatMap(pointOf);
    return points.length === 0
      ? null
      : pointsFigure(points, { title: 'pairwise identification', chance: 0.5 });
  }, [key]);
  return (
    <section className="stack">
      <h2>Pairwise identification by region</h2>
      {spec && (
        <Chart
          spec={spec}
          height={260}
          label={`Pairwise identification by region, a point a subject with its 95 % interval; chance 0.5. ${rows.map((row) => `${row.subject}, ${row.region}: ${row.value?.toFixed(2)}`).join('; ')}`}
        />
      )}
      <DataTable
        label="Pairwise identification by region and subject"
        columns={regionColumns}
        rows={rows}
        idOf={(row) => `${row.subject} ${row.region}`}
        selected={region === undefined ? null : `${of.subject} ${region}`}
        onSelect={(id) => select({ region: id === null ? null : id.slice(id.indexOf(' ') + 1) })}
        empty="Reading ..."
      />
      <p className="quiet">
        Dashed: chance. q: p adjusted for the false discovery rate over the regions that were scored alike
        (Benjamini & Hochberg); regions left out are a family of their own.
      </p>
    </section>
  );
}

function pointOf({ region, subject, value, lower, upper }: Metric): ScorePoint[] {
  if (value === null || region.startsWith('without-')) return [];
  const interval = lower === undefined || upper === undefined ? {} : { lower, upper };
  return [{ group: region, name: `subject ${subject}`, value, ...interval }];
}

const regionColumns: readonly TableColumn<Metric>[] = [
  { id: 'region', name: 'Region', value: ({ region }) => region },
  { id: 'subject', name: 'Subject', value: ({ subject }) => subject, width: 90 },
  {
    id: 'value',
    name: 'Pairwise',
    isNumber: true,
    width: 110,
    value: ({ value }) => value,
    show: ({ value, definition, test }) =>
      value === null ? (
        '–'
      ) : (
        <DefinitionButton definitions={[definition, ...(test === undefined ? [] : [test])]}>
          {value.toFixed(2)}
        </DefinitionButton>
      ),
  },
  {
    id: 'interval',
    name: '95 % interval',
    isNumber: true,
    width: 130,
    value: ({ lower }) => lower ?? null,
    show: ({ lower, upper }) =>
      lower === undefined || upper === undefined ? '–' : `${lower.toFixed(2)} to ${upper.toFixed(2)}`,
  },
  {
    id: 'p',
    name: 'p',
    isNumber: true,
    width: 90,
    value: ({ p }) => p ?? null,
    show: ({ p }) => (p === undefined ? '–' : shortP(p)),
  },
  {
    id: 'q',
    name: 'q',
    isNumber: true,
    width: 90,
    value: ({ adjustedP }) => adjustedP ?? null,
    show: ({ adjustedP }) => (adjustedP === undefined ? '–' : shortP(adjustedP)),
  },
  { id: 'n', name: 'Test faces', isNumber: true, width: 100, value: ({ n }) => n },
];

/** In a column that is headed p. */
export const shortP = (p: number) => probabilityText(p).replace(/^p (= )?/, '');

type LossRow = RegionComparison['regions'][number];

const lossColumns: readonly TableColumn<LossRow>[] = [
  { id: 'region', name: 'Region', value: ({ region }) => region },
  {
    id: 'voxels',
    name: 'Voxels',
    isNumber: true,
    width: 90,
    value: ({ alone }) => alone?.nVoxels ?? null,
  },
  {
    id: 'alone',
    name: 'Alone',
    isNumber: true,
    width: 90,
    value: ({ alone }) => alone?.pairwise ?? null,
    show: ({ alone }) => alone?.pairwise.toFixed(2) ?? '–',
  },
  {
    id: 'without',
    name: 'All without it',
    isNumber: true,
    width: 130,
    value: ({ without }) => without?.pairwise ?? null,
    show: ({ without }) => without?.pairwise.toFixed(2) ?? '–',
  },
  {
    id: 'loss',
    name: 'Lost, 95 % interval',
    isNumber: true,
    width: 190,
    value: ({ loss }) => loss?.difference ?? null,
    show: ({ loss }) =>
      loss === null ? (
        '–'
      ) : (
        <DefinitionButton definitions={['region-loss/1']}>
          {loss.difference.toFixed(2)} ({loss.lower.toFixed(2)} to {loss.upper.toFixed(2)})
        </DefinitionButton>
      ),
  },
  {
    id: 'q',
    name: 'q of the loss',
    isNumber: true,
    width: 120,
    value: ({ loss }) => loss?.q ?? null,
    show: ({ loss }) => (loss === null ? '–' : shortP(loss.q)),
  },
];

function Losses({ comparison }: { readonly comparison: RegionComparison }) {
  return (
    <>
      <p>
        All {comparison.all.nVoxels} voxels: pairwise identification {comparison.all.pairwise.toFixed(2)} of{' '}
        {comparison.testFaces} test faces, {probabilityText(comparison.all.p)} by the exact sum of ranks;
        chance 0.50.
      </p>
      <DataTable
        label="Regions alone and left out"
        columns={lossColumns}
        rows={comparison.regions}
        idOf={({ region }) => region}
      />
    </>
  );
}
