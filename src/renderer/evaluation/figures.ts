import type { TopLevelSpec } from 'vega-lite';
import type { IdentificationMatrix } from '../../shared/contract/evaluation.ts';
import type { LearningCurve } from '../../shared/learning-curve.ts';

const dashed = { type: 'rule', strokeDash: [4, 4], strokeWidth: 1.5 };

/** r of every decoded code (rows) with every true one (columns); the selected face is framed. */
export function matrixFigure(
  { stimuli, correlations }: IdentificationMatrix,
  selected: string | null,
): TopLevelSpec {
  const n = stimuli.length;
  const values = correlations.map((r, at) => ({
    decoded: Math.floor(at / n) + 1,
    candidate: (at % n) + 1,
    stimulus: stimuli[Math.floor(at / n)],
    shown: stimuli[at % n],
    r,
  }));
  const most = Math.max(...values.map(({ r }) => Math.abs(r)));
  const axis = { labelAngle: 0, labelOverlap: true, grid: false };
  const place = {
    x: { field: 'candidate', type: 'ordinal', title: 'candidate (true code)', axis },
    y: { field: 'decoded', type: 'ordinal', title: 'decoded code', axis },
  };
  return {
    data: { values },
    layer: [
      {
        mark: { type: 'rect', tooltip: { content: 'data' } },
        encoding: {
          ...place,
          color: {
            field: 'r',
            type: 'quantitative',
            scale: { scheme: 'redblue', reverse: true, domain: [-most, most] },
            legend: { title: 'r', gradientLength: 160 },
          },
        },
      },
      {
        transform: [{ filter: 'datum.decoded === datum.candidate' }],
        mark: { type: 'point', shape: 'circle', size: 14, filled: true, color: '#000000' },
        encoding: place,
      },
      {
        transform: [{ filter: { field: 'stimulus', equal: selected ?? '' } }],
        mark: { type: 'rect', filled: false, stroke: '#d55e00', strokeWidth: 1.5 },
        encoding: place,
      },
    ],
  } as unknown as TopLevelSpec;
}

export interface RankOf {
  readonly name: string;
  readonly rank: number;
}

/** How many test faces came out at which rank; dashed: how many chance puts at each. */
export function ranksFigure(ranks: readonly RankOf[], nFaces: number): TopLevelSpec {
  const names = [...new Set(ranks.map(({ name }) => name))];
  const values = names.flatMap((name) =>
    Array.from({ length: nFaces }, (_, at) => ({
      name,
      rank: at + 1,
      faces: ranks.filter((one) => one.name === name && Math.floor(one.rank) === at + 1).length,
    })),
  );
  return {
    data: { values },
    layer: [
      {
        mark: { type: 'bar', tooltip: true },
        encoding: {
          x: {
            field: 'rank',
            type: 'ordinal',
            title: `rank of the true face among ${nFaces}`,
            axis: { labelAngle: 0, labelOverlap: true },
          },
          xOffset: { field: 'name', sort: names },
          y: { field: 'faces', type: 'quantitative', title: 'test faces', axis: { tickMinStep: 1 } },
          color: { field: 'name', type: 'nominal', title: null, sort: names, legend: { orient: 'top' } },
        },
      },
      {
        data: { values: [{ chance: ranks.length / names.length / nFaces }] },
        mark: dashed,
        encoding: { y: { field: 'chance', type: 'quantitative' } },
      },
    ],
  } as unknown as TopLevelSpec;
}

export interface ScorePoint {
  readonly group: string;
  readonly name: string;
  readonly value: number;
  readonly lower?: number;
  readonly upper?: number;
}

/** Scores by group and name with their intervals; chance dashed. */
export function pointsFigure(
  points: readonly ScorePoint[],
  { title, chance }: { readonly title: string; readonly chance: number | null },
): TopLevelSpec {
  const names = [...new Set(points.map(({ name }) => name))];
  const groups = [...new Set(points.map(({ group }) => group))];
  const lowest = Math.min(...points.map(({ lower, value }) => lower ?? value), chance ?? 1);
  const scale = { domain: [Math.min(0.4, Math.floor(lowest * 10) / 10), 1] };
  const place = {
    x: {
      field: 'group',
      type: 'nominal',
      title: null,
      sort: groups,
      axis: { labelAngle: 0, labelLimit: 140 },
    },
    xOffset: { field: 'name', sort: names },
    color: {
      field: 'name',
      type: 'nominal',
      title: null,
      sort: names,
      legend: { orient: 'top', columns: 4 },
    },
  };
  const y = { field: 'value', type: 'quantitative', title, scale };
  return {
    layer: [
      ...(chance === null
        ? []
        : [
            {
              data: { values: [{ chance }] },
              mark: dashed,
              encoding: { y: { ...y, field: 'chance' } },
            },
          ]),
      {
        data: { values: points.filter(({ lower, upper }) => lower !== undefined && upper !== undefined) },
        mark: { type: 'rule', strokeWidth: 2 },
        encoding: { ...place, y: { ...y, field: 'lower' }, y2: { field: 'upper' } },
      },
      {
        data: { values: [...points] },
        mark: { type: 'point', filled: true, size: 70, opacity: 1, tooltip: { content: 'data' } },
        encoding: { ...place, y, shape: { field: 'name', type: 'nominal', title: null, sort: names } },
      },
    ],
  } as unknown as TopLevelSpec;
}

/** Pairwise identification from all voxels against the number of training faces. */
export function curveFigure(curves: readonly (LearningCurve & { readonly title: string })[]): TopLevelSpec {
  const values = curves.flatMap(({ title, points }) =>
    points
      .filter(({ region }) => region === 'all')
      .map(({ trainingFaces, pairwise, pairwiseInterval: [lower, upper], runs, voxels }) => ({
        title,
        trainingFaces,
        pairwise,
        lower,
        upper,
        runs,
        voxels,
      })),
  );
  const x = {
    field: 'trainingFaces',
    type: 'quantitative',
    title: 'different training faces',
    scale: { domainMin: 0 },
  };
  const lowest = Math.min(0.4, ...values.map(({ lower }) => lower));
  const scale = { domain: [Math.floor(lowest * 10) / 10, 1] };
  const y = { field: 'pairwise', type: 'quantitative', title: 'pairwise identification', scale };
  const color = { field: 'title', type: 'nominal', title: null, legend: { orient: 'top', columns: 2 } };
  return {
    data: { values },
    layer: [
      {
        data: { values: [{ chance: 0.5 }] },
        mark: dashed,
        encoding: { y: { ...y, field: 'chance' } },
      },
      {
        mark: { type: 'rule', strokeWidth: 1.5 },
        encoding: { x, y: { ...y, field: 'lower' }, y2: { field: 'upper' }, color },
      },
      {
        mark: { type: 'line', point: { size: 60 }, tooltip: { content: 'data' } },
        encoding: { x, y, color },
      },
    ],
  } as unknown as TopLevelSpec;
}

export interface HeatCell {
  readonly row: string;
  readonly column: string;
  readonly value: number;
  readonly isSignificant: boolean;
}

/** Balanced accuracies of attributes by region, diverging from chance; a dot: q < 0.05. */
export function accuracyFigure(cells: readonly HeatCell[], title: string): TopLevelSpec {
  const sort = <Key extends 'row' | 'column'>(key: Key) => [...new Set(cells.map((cell) => cell[key]))];
  const place = {
    x: { field: 'column', type: 'nominal', title: null, sort: sort('column'), axis: { labelAngle: 0 } },
    y: { field: 'row', type: 'nominal', title: null, sort: sort('row'), axis: { labelLimit: 160 } },
  };
  return {
    data: { values: [...cells] },
    layer: [
      {
        mark: { type: 'rect', tooltip: { content: 'data' } },
        encoding: {
          ...place,
          color: {
            field: 'value',
            type: 'quantitative',
            scale: { scheme: 'redblue', reverse: true, domain: [0, 1], domainMid: 0.5 },
            legend: { title, gradientLength: 120 },
          },
        },
      },
      {
        transform: [{ filter: 'datum.isSignificant' }],
        mark: { type: 'point', filled: true, size: 24, color: '#000000', opacity: 1 },
        encoding: place,
      },
    ],
  } as unknown as TopLevelSpec;
}
