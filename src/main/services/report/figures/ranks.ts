import type { TopLevelSpec } from 'vega-lite';

export interface RankPoint {
  readonly name: string;
  /** 1 the best; ties give half ranks. */
  readonly rank: number;
}

/** How many test faces came out at which rank among all, a panel a latent model; chance is drawn. */
export function ranksChart(points: readonly RankPoint[], nFaces: number): TopLevelSpec {
  const names = [...new Set(points.map(({ name }) => name))];
  const counts = names.flatMap((name) =>
    Array.from({ length: nFaces }, (_, at) => ({
      name,
      rank: at + 1,
      faces: points.filter((point) => point.name === name && Math.floor(point.rank) === at + 1).length,
      chance: points.filter((point) => point.name === name).length / nFaces,
    })),
  );
  return {
    data: { values: counts },
    columns: 2,
    facet: { field: 'name', type: 'nominal', title: null, sort: names },
    spec: {
      width: 300,
      height: 130,
      layer: [
        {
          mark: { type: 'bar', color: '#0072B2' },
          encoding: {
            x: {
              field: 'rank',
              type: 'ordinal',
              title: 'rank of the true face',
              axis: { labelAngle: 0, labelOverlap: true },
            },
            y: { field: 'faces', type: 'quantitative', title: 'test faces', axis: { tickMinStep: 1 } },
          },
        },
        {
          mark: { type: 'rule', strokeDash: [4, 4], color: '#888' },
          encoding: { y: { field: 'chance', aggregate: 'mean', type: 'quantitative' } },
        },
      ],
    },
  } as unknown as TopLevelSpec;
}
