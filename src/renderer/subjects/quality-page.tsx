import { useQuery } from '@tanstack/react-query';
import { Button } from 'react-aria-components';
import type { QualityFacts } from '../../shared/contract/subjects.ts';
import { useProject } from '../app/project.tsx';
import { useSelection } from '../app/selection.ts';
import { queries } from '../client/api.ts';
import { DataTable, type TableColumn } from '../components/data-table.tsx';
import { JobStatus } from '../components/job-status.tsx';
import { ProblemList } from '../components/problem-list.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import { QualityFigure } from './quality-figure.tsx';
import { RunQuality } from './run-quality.tsx';
import { useEnqueue } from '../jobs/use-enqueue.ts';

export type ExaminedRun = QualityFacts['document']['runs'][number];

/** What the table shows of each run, by the names of MRIQC, with as many digits as mean something. */
const measures = [
  { name: 'tsnr_detrended', title: 'tSNR', digits: 1 },
  { name: 'fd_mean', title: 'FD, mm', digits: 3 },
  { name: 'fd_max', title: 'Max FD, mm', digits: 2 },
  { name: 'dvars_std_max', title: 'Max DVARS', digits: 2 },
  { name: 'aor_max', title: 'Outliers', digits: 3 },
  { name: 'drift_perc', title: 'Drift, %', digits: 2 },
  { name: 'mean_corr', title: 'r of mean', digits: 4 },
] as const;

const verdicts = { good: '✓ good', look: '▲ look', bad: '✕ bad' } as const;
const order = ['bad', 'look', 'good'];

const columns: readonly TableColumn<ExaminedRun>[] = [
  { id: 'run', name: 'Run', value: ({ run }) => run, show: ({ run }) => shortName(run), width: 140 },
  {
    id: 'verdict',
    name: 'Verdict',
    value: ({ verdict }) => order.indexOf(verdict),
    show: ({ verdict }) => <span data-verdict={verdict}>{verdicts[verdict]}</span>,
    width: 90,
  },
  ...measures.map(
    ({ name, title, digits }): TableColumn<ExaminedRun> => ({
      id: name,
      name: title,
      value: (run) => numberOf(run[name]),
      show: (run) => numberOf(run[name])?.toFixed(digits) ?? '–',
      isNumber: true,
      width: 96,
    }),
  ),
  {
    id: 'flagged',
    name: 'Flagged',
    value: ({ flaggedVolumes }) => flaggedVolumes.length,
    show: ({ flaggedVolumes, volumes }) => `${flaggedVolumes.length} of ${volumes}`,
    isNumber: true,
    width: 100,
  },
];

/** The quality of a subject's runs, worst first, and one of them looked at closely. */
export function QualityPage({ subject }: { readonly subject: string }) {
  const project = useProject().id;
  const [selection, select] = useSelection();
  const quality = useQuery(queries.subjects.quality.queryOptions({ input: { project, subject } }));
  const { id, error, enqueue } = useEnqueue();
  if (quality.error) return <ProblemView error={quality.error} onAgain={() => void quality.refetch()} />;
  if (quality.data === undefined) return <p className="waiting">Reading ...</p>;
  const examine = () => enqueue({ kind: 'examine-subject', subject, settings: {} });
  const asked = (
    <>
      {error && <ProblemView error={error} />}
      <JobStatus id={id} />
    </>
  );
  if (quality.data === null) {
    return (
      <section className="card empty">
        <h2>The runs were not examined yet</h2>
        <p>
          Every run is read once: temporal signal-to-noise, head motion, DVARS, outliers, carpets, and how
          well the regressors can be told apart. About a second a run of 200 volumes at 3 mm, more for larger
          images.
        </p>
        <Button className="primary" onPress={examine}>
          Examine the runs
        </Button>
        {asked}
      </section>
    );
  }
  const { document, artifact, problems } = quality.data;
  const runs = [...document.runs].sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  const counts = order.map((verdict) => `${runs.filter((run) => run.verdict === verdict).length} ${verdict}`);
  const run = runs.find((candidate) => candidate.run === selection.run) ?? runs[0];
  return (
    <>
      <header className="actions">
        <p>
          {runs.length} runs: {counts.join(', ')}. {document.mask.voxels} voxels, {document.mask.source}.
          Marks are advice: no run is left out by itself.
        </p>
        <Button onPress={examine}>Examine again</Button>
      </header>
      {asked}
      <ProblemList problems={problems} />
      <DataTable
        label="Quality of the runs"
        columns={columns}
        rows={runs}
        idOf={(candidate) => candidate.run}
        selected={run?.run ?? null}
        onSelect={(name) => select({ run: name }, { replace: true })}
        height={260}
      />
      {run && <RunQuality key={run.run} subject={subject} artifact={artifact} quality={document} run={run} />}
      <h2>All runs together</h2>
      <div className="figures">
        <QualityFigure artifact={artifact} name="overview" label="Each run in six measures" />
        <QualityFigure
          artifact={artifact}
          name="tsnr"
          label="Temporal signal-to-noise ratio, mean of the runs"
        />
        <QualityFigure artifact={artifact} name="correlations" label="Correlations of the regressors" />
      </div>
      <details>
        <summary>What the measures are</summary>
        <dl className="definitions">
          {measures.map(({ name, title }) => (
            <div key={name}>
              <dt>
                {title} <code>{name}</code>
              </dt>
              <dd>
                {document.columns[name]?.Description}
                {document.columns[name]?.Units !== undefined && ` (${document.columns[name].Units})`}
              </dd>
            </div>
          ))}
        </dl>
      </details>
    </>
  );
}

/** The name without what all runs of the table share. */
function shortName(run: string): string {
  return (
    run
      .replace(/^sub-[^_]+_/, '')
      .replace(/task-[^_]+_?/, '')
      .replaceAll('_', ' ') || run
  );
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
