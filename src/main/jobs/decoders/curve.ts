import type { TopLevelSpec } from 'vega-lite';
import type { DecoderKind } from '../../../shared/decoders.ts';
import { chartSvg } from '../../formats/chart/svg.ts';
import type { TableColumn } from '../../formats/table/columns.ts';
import { mean } from '../../math/statistics.ts';
import type { CurvePoint } from './decoder-files.ts';

/** A row a candidate and fold. */
export function curveColumns(curve: readonly CurvePoint[]): TableColumn[] {
  const rows = curve.flatMap((point) =>
    point.identification.map((identification, fold) => ({
      ...point,
      fold: fold + 1,
      identification,
      correlation: point.correlation[fold],
    })),
  );
  const numbers = (
    name: 'penalty' | 'noise' | 'identification' | 'correlation',
    description: string,
  ): TableColumn => ({ name, type: 'double', values: rows.map((row) => row[name]), description });
  return [
    numbers('penalty', 'Relative penalty of the ridge'),
    {
      name: 'rank',
      type: 'int',
      values: rows.map(({ rank }) => rank),
      description: 'Components of correlated noise; 0 for noise of each voxel alone',
    },
    numbers('noise', 'What the noise of a pattern is multiplied by'),
    { name: 'fold', type: 'int', values: rows.map(({ fold }) => fold), description: 'Fold of runs left out' },
    numbers('identification', 'Share of other faces that the true one beats, over the trials left out'),
    numbers('correlation', 'Mean correlation of decoded and true codes of the trials left out'),
  ];
}

/** Identification of trials left out against the penalty, a line for each choice of the rest. */
export function curveChart(kind: DecoderKind, curve: readonly CurvePoint[]): Promise<string> {
  const values = curve.flatMap(({ penalty, rank, noise, identification }) => {
    const known = identification.filter((value) => value !== null);
    if (known.length < identification.length) return [];
    // No penalty stands at the left end of a logarithmic axis.
    const rest = rank === null ? kind : `${rank} components, noise x ${noise}`;
    return [{ penalty: penalty === 0 ? 1e-4 : penalty, rest, identification: mean(known) }];
  });
  return chartSvg({
    width: 420,
    height: 240,
    data: { values },
    mark: { type: 'line', point: true },
    encoding: {
      x: {
        field: 'penalty',
        type: 'quantitative',
        scale: { type: 'log' },
        title: 'relative penalty (1e-4: none)',
      },
      y: {
        field: 'identification',
        type: 'quantitative',
        scale: { zero: false },
        title: 'identification of trials left out',
      },
      color: { field: 'rest', type: 'nominal', title: null },
    },
  } as TopLevelSpec);
}
