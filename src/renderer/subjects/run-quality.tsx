import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { TopLevelSpec } from 'vega-lite';
import type { QualityFacts, RunVolumes } from '../../shared/contract/subjects.ts';
import { useProject } from '../app/project.tsx';
import { queries } from '../client/api.ts';
import { Chart } from '../components/chart.tsx';
import { ProblemView } from '../components/problem-view.tsx';
import { QualityFigure } from './quality-figure.tsx';
import type { ExaminedRun } from './quality-page.tsx';

interface RunQualityProps {
  readonly subject: string;
  readonly artifact: string;
  readonly quality: QualityFacts['document'];
  readonly run: ExaminedRun;
}

/** One run, volume by volume. */
export function RunQuality({ subject, artifact, quality, run }: RunQualityProps) {
  const project = useProject().id;
  const volumes = useQuery(
    queries.subjects.runVolumes.queryOptions({ input: { project, subject, run: run.run } }),
  );
  return (
    <section className="stack" aria-label={run.run}>
      <h2>{run.run}</h2>
      {run.flags.length === 0 ? (
        <p>Nothing was found that stands out.</p>
      ) : (
        <ul className="reasons">
          {run.flags.map(({ level, reason }) => (
            <li key={reason}>
              <strong>{level}</strong>: {reason}
            </li>
          ))}
        </ul>
      )}
      {volumes.error && <ProblemView error={volumes.error} />}
      {volumes.data && <VolumeCharts data={volumes.data} run={run} thresholds={quality.thresholds} />}
      <div className="figures">
        <QualityFigure
          artifact={artifact}
          name={`${run.run}_carpet`}
          label="Carpet plot: every voxel over time"
        />
        <QualityFigure
          artifact={artifact}
          name={`${run.run}_tsnr`}
          label="Temporal signal-to-noise ratio, trends taken out"
        />
      </div>
      {run.design && (
        <details>
          <summary>Regressors that correlate most in this run</summary>
          <table className="plain">
            <thead>
              <tr>
                <th scope="col">Regressor</th>
                <th scope="col">with</th>
                <th scope="col" className="number">
                  r
                </th>
              </tr>
            </thead>
            <tbody>
              {run.design.strongest.map(({ a, b, r }) => (
                <tr key={`${a} ${b}`}>
                  <td>{a}</td>
                  <td>{b}</td>
                  <td className="number">{r.toFixed(3)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      )}
    </section>
  );
}

interface VolumeChartsProps {
  readonly data: RunVolumes;
  readonly run: ExaminedRun;
  readonly thresholds: QualityFacts['document']['thresholds'];
}

function VolumeCharts({ data, run, thresholds }: VolumeChartsProps) {
  const specs = useMemo(() => {
    const { columns, motion } = data;
    const one = (name: string) => ({ [name]: columns[name] ?? [] });
    return {
      displacement: lines(one('framewise_displacement'), run.tr, 'FD (mm)', thresholds.fd),
      dvars: lines(one('std_dvars'), run.tr, 'std. DVARS', thresholds.stdDvars),
      outliers: lines(one('outlier_fraction'), run.tr, 'outliers', thresholds.outlierFraction),
      translations: motion && lines(motion.translations, run.tr, 'translation (mm)'),
      rotations:
        motion &&
        lines(
          Object.fromEntries(
            Object.entries(motion.rotations).map(([name, values]) => [
              name,
              values.map((value) => (value === null ? null : (value * 180) / Math.PI)),
            ]),
          ),
          run.tr,
          'rotation (degrees)',
        ),
    };
  }, [data, run.tr, thresholds]);
  const hasDisplacement = data.columns.framewise_displacement?.some((value) => value !== null) ?? false;
  return (
    <div className="charts">
      {hasDisplacement ? (
        <Chart spec={specs.displacement} height={130} label="Framewise displacement of every volume" />
      ) : (
        <p className="quiet">
          No table of confounds says how the head moved: framewise displacement is not known.
        </p>
      )}
      <Chart spec={specs.dvars} height={130} label="Standardised DVARS of every volume" />
      <Chart spec={specs.outliers} height={130} label="Share of voxels that are outliers in every volume" />
      {specs.translations && (
        <Chart spec={specs.translations} height={130} label="Translations of the head over volumes" />
      )}
      {specs.rotations && (
        <Chart spec={specs.rotations} height={130} label="Rotations of the head over volumes" />
      )}
    </div>
  );
}

/** Series over the time of the run, with a threshold where there is one. */
function lines(
  series: Readonly<Record<string, readonly (number | null)[]>>,
  tR: number,
  title: string,
  threshold?: number,
): TopLevelSpec {
  const names = Object.keys(series);
  const values = names.flatMap((name) =>
    (series[name] ?? []).map((value, volume) => ({ name, volume: volume + 1, seconds: volume * tR, value })),
  );
  return {
    layer: [
      {
        data: { values },
        mark: { type: 'line', strokeWidth: 1.2 },
        encoding: {
          x: { field: 'seconds', type: 'quantitative', title: 'time (s)' },
          y: { field: 'value', type: 'quantitative', title },
          tooltip: [{ field: 'name' }, { field: 'volume' }, { field: 'value', format: '.4f' }],
          ...(names.length > 1
            ? {
                color: { field: 'name', type: 'nominal', title: null, scale: { domain: names } },
                strokeDash: { field: 'name', type: 'nominal', title: null },
              }
            : {}),
        },
      },
      ...(threshold === undefined
        ? []
        : ([
            {
              data: { values: [{ threshold }] },
              mark: { type: 'rule', strokeDash: [4, 3] },
              encoding: {
                y: { field: 'threshold', type: 'quantitative' },
                tooltip: { field: 'threshold', title: 'threshold' },
              },
            },
          ] as const)),
    ],
  } as TopLevelSpec;
}
