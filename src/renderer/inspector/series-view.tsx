import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { TopLevelSpec } from 'vega-lite';
import type { VoxelSeries } from '../../shared/contract/links.ts';
import { useSelection } from '../app/selection.ts';
import { queries } from '../client/api.ts';
import { Chart } from '../components/chart.tsx';
import { Choice } from '../components/choice.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import type { MappingName } from './mapping-of.ts';
import { number } from './numbers.ts';

/** A voxel's signal over a run beside what the encoding model predicts. */
export function SeriesView({
  mapping,
  voxel,
  run,
}: {
  readonly mapping: MappingName;
  readonly voxel: [number, number, number];
  readonly run: string | undefined;
}) {
  const [, select] = useSelection();
  const subjects = useQuery(queries.subjects.list.queryOptions({ input: { project: mapping.project } }));
  const runs = subjects.data?.find(({ name }) => name === mapping.subject)?.runs ?? [];
  const chosen = runs.find(({ name }) => name === run)?.name ?? runs[0]?.name;
  const series = useQuery({
    ...queries.links.series.queryOptions({ input: { ...mapping, voxel, run: chosen ?? '' } }),
    enabled: chosen !== undefined,
  });
  return (
    <>
      <Choice
        label="Run"
        options={runs.map(({ name }) => ({ id: name, name }))}
        value={chosen ?? null}
        onChange={(name) => select({ run: name })}
      />
      {series.error && <ProblemView error={series.error} />}
      {series.isLoading && <p className="quiet">Reading the run ...</p>}
      {series.data && <SeriesChart series={series.data} />}
    </>
  );
}

function SeriesChart({ series }: { readonly series: VoxelSeries }) {
  const spec = useMemo(() => specOf(series), [series]);
  const { run, tR, explained, rho, regressors } = series;
  return (
    <>
      <Chart spec={spec} height={130} label={`Signal and fit of the voxel in ${run}, percent of its mean`} />
      <p className="quiet">
        {series.times.length} volumes, tR {tR} s. Conditions and latents ({regressors} columns, fitted to all
        runs) explain {explained === null ? 'n/a' : `${number(100 * explained, 1)} %`} of what varies behind
        drift and motion in this run{rho === 0 ? '' : `; AR(1) noise of ${number(rho)} taken out`}.
      </p>
    </>
  );
}

/** Signal in grey, the model's fit in blue, drift and motion alone dashed; percent of the run's mean. */
function specOf({ times, bold, fit, nuisance }: VoxelSeries): TopLevelSpec {
  const mean = bold.reduce((sum, value) => sum + value, 0) / bold.length;
  const percent = (value: number) => (100 * value) / mean - 100;
  const values = times.flatMap((time, at) => [
    { time, line: 'BOLD', value: percent(bold[at]) },
    { time, line: 'fit', value: percent(fit[at]) },
    { time, line: 'drift, motion', value: percent(nuisance[at]) },
  ]);
  return {
    data: { values },
    mark: { type: 'line', strokeWidth: 1 },
    encoding: {
      x: { field: 'time', type: 'quantitative', title: 'seconds' },
      y: { field: 'value', type: 'quantitative', title: '% of mean', scale: { zero: false } },
      color: {
        field: 'line',
        type: 'nominal',
        title: null,
        scale: { domain: ['BOLD', 'fit', 'drift, motion'], range: ['#8a8f98', '#0072b2', '#d55e00'] },
        legend: { orient: 'top' },
      },
    },
  };
}
