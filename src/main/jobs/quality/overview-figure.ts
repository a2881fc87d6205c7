import type { TopLevelSpec } from 'vega-lite';
import { chartSvg } from '../../formats/chart/svg.ts';
import { colours } from './colours.ts';
import { type RunQuality, type Verdict, verdictOf } from './run-quality.ts';

/** What the overview shows of every run, in this order. */
const shown: readonly {
  readonly title: string;
  readonly value: (run: RunQuality) => number | null;
  /** Whether the axis begins at 0, so that small differences look small. */
  readonly fromZero?: boolean;
}[] = [
  { title: 'tSNR, detrended', value: ({ measures }) => measures.tsnr_detrended },
  { title: 'mean FD (mm)', value: ({ measures }) => measures.fd_mean, fromZero: true },
  { title: 'largest std. DVARS', value: ({ measures }) => measures.dvars_std_max, fromZero: true },
  { title: 'outliers, mean (%)', value: ({ measures }) => 100 * measures.aor, fromZero: true },
  { title: 'drift (%)', value: ({ measures }) => measures.drift_perc, fromZero: true },
  { title: 'r of mean images', value: ({ meanCorrelation }) => meanCorrelation },
];

const verdictColours: Readonly<Record<Verdict, string>> = {
  bad: colours.vermilion,
  look: colours.orange,
  good: colours.green,
};
const verdictShapes: Readonly<Record<Verdict, string>> = {
  bad: 'square',
  look: 'triangle-up',
  good: 'circle',
};

/** Every run in its order of acquisition, one panel a measure; the line is the median over runs. */
export function overviewFigure(runs: readonly RunQuality[]): Promise<string> {
  const verdicts = ['bad', 'look', 'good'] as const;
  const scale = (table: Readonly<Record<Verdict, string>>) => ({
    domain: verdicts,
    range: verdicts.map((verdict) => table[verdict]),
  });
  const mark = (table: Readonly<Record<Verdict, string>>) => ({
    field: 'verdict',
    type: 'nominal',
    scale: scale(table),
    legend: null,
  });
  const x = {
    field: 'run',
    type: 'quantitative',
    title: 'run, in order',
    scale: { domain: [0.5, runs.length + 0.5], nice: false },
    axis: { tickMinStep: 1, tickCount: Math.min(10, runs.length), grid: false, format: 'd' },
  };
  const panels = shown.flatMap(({ title, value, fromZero = false }) => {
    const values = runs.flatMap((run, at) => {
      const point = value(run);
      return point === null || !Number.isFinite(point)
        ? []
        : [{ run: at + 1, name: run.label, value: point, verdict: verdictOf(run) }];
    });
    const y = {
      field: 'value',
      type: 'quantitative',
      title: null,
      scale: { zero: fromZero, nice: true },
      axis: { tickCount: 4, minExtent: 46, maxExtent: 46 },
    };
    const panel = {
      title,
      width: 300,
      height: 140,
      data: { values },
      layer: [
        {
          mark: { type: 'rule', color: 'currentColor', opacity: 0.5, strokeDash: [5, 4] },
          encoding: { y: { ...y, aggregate: 'median' } },
        },
        {
          mark: { type: 'point', filled: true, size: 90, opacity: 1 },
          encoding: { x, y, color: mark(verdictColours), shape: mark(verdictShapes) },
        },
      ],
    };
    return values.length === 0 ? [] : [panel];
  });
  return chartSvg({ concat: panels, columns: 3, spacing: 30 } as TopLevelSpec, 'projected');
}
