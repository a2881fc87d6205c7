import type { TopLevelSpec } from 'vega-lite';

export interface CorrelationPanel {
  readonly name: string;
  /** [nFaces, nFaces]: r of each decoded code (rows) with each true one (columns). */
  readonly correlations: Float64Array;
}

/** Correlations of decoded with true codes, a panel a latent model: a good decoder shows as a dark diagonal. */
export function correlationsChart(panels: readonly CorrelationPanel[], nFaces: number): TopLevelSpec {
  const cells = panels.flatMap(({ name, correlations }) =>
    Array.from(correlations, (r, at) => ({
      name,
      decoded: Math.floor(at / nFaces) + 1,
      shown: (at % nFaces) + 1,
      r,
    })),
  );
  const furthest = Math.max(0.1, ...cells.map(({ r }) => Math.abs(r)));
  const side = Math.min(280, Math.max(120, 13 * nFaces));
  const axis = { labelAngle: 0, labelOverlap: true, ticks: false, domain: false, grid: false };
  return {
    data: { values: cells },
    columns: 2,
    facet: { field: 'name', type: 'nominal', title: null, sort: panels.map(({ name }) => name) },
    spec: {
      width: side,
      height: side,
      mark: { type: 'rect' },
      encoding: {
        x: { field: 'shown', type: 'ordinal', title: 'true code of face', axis },
        y: { field: 'decoded', type: 'ordinal', title: 'code decoded from face', axis },
        color: {
          field: 'r',
          type: 'quantitative',
          title: 'r',
          scale: {
            domain: [-furthest, 0, furthest],
            range: ['#B35806', '#F7F7F7', '#0B559F'],
            interpolate: 'rgb',
          },
          legend: { gradientLength: 160 },
        },
      },
    },
  } as unknown as TopLevelSpec;
}
