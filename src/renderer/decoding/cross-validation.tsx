import { useMemo } from 'react';
import type { TopLevelSpec } from 'vega-lite';
import type { FittedDecoder } from '../../shared/contract/decoding.ts';
import { Chart } from '../components/chart.tsx';

/** Identification of trials left out, a dot a fold. */
export function FoldChart({ decoders }: { readonly decoders: readonly FittedDecoder[] }) {
  const spec = useMemo((): TopLevelSpec => {
    const values = decoders.flatMap(({ decoder, identification }) =>
      identification.map((value, fold) => ({ decoder, fold: fold + 1, value })),
    );
    return {
      data: { values },
      layer: [
        {
          data: { values: [{ chance: 0.5 }] },
          mark: { type: 'rule', strokeDash: [4, 3] },
          encoding: { y: { field: 'chance', type: 'quantitative' } },
        },
        {
          mark: { type: 'tick', thickness: 2, width: 34 },
          encoding: {
            x: { field: 'decoder', type: 'nominal', title: null, sort: null, axis: { labelAngle: 0 } },
            y: { aggregate: 'mean', field: 'value', type: 'quantitative' },
          },
        },
        {
          mark: { type: 'point', filled: true, size: 36, opacity: 0.75 },
          encoding: {
            x: { field: 'decoder', type: 'nominal', title: null, sort: null },
            y: {
              field: 'value',
              type: 'quantitative',
              title: 'identification (chance 0.5)',
              scale: { zero: false, nice: true },
            },
            tooltip: [
              { field: 'decoder', type: 'nominal' },
              { field: 'fold', type: 'quantitative' },
              { field: 'value', type: 'quantitative', format: '.3f' },
            ],
          },
        },
      ],
    };
  }, [decoders]);
  return <Chart spec={spec} height={220} label="Identification of trials left out, by decoder and fold" />;
}

/** No penalty stands at the left end of a logarithmic axis. */
const noPenalty = 1e-4;

/** Mean identification over folds against the penalty, a line for each choice of the rest; the chosen point is marked. */
export function CurveChart({ decoder }: { readonly decoder: FittedDecoder }) {
  const spec = useMemo((): TopLevelSpec => {
    const values = decoder.curve.flatMap(({ penalty, rank, noise, words, isChosen, identification }) => {
      const known = identification.filter((value) => value !== null);
      // A candidate that could not be fitted in some fold is not chosen, and has no mean to compare.
      if (known.length < identification.length || known.length === 0) return [];
      return [
        {
          penalty: penalty === 0 ? noPenalty : penalty,
          rank: rank === null ? 'none' : `${rank} components`,
          noise: noise === null ? '1' : String(noise),
          words,
          isChosen,
          value: known.reduce((sum, value) => sum + value, 0) / known.length,
        },
      ];
    });
    const hasRest = values.some(({ rank }) => rank !== 'none');
    const x = {
      field: 'penalty',
      type: 'quantitative',
      scale: { type: 'log' },
      title: 'relative penalty (1e-4: none)',
      axis: { format: '~g', tickCount: 6 },
    } as const;
    const y = {
      field: 'value',
      type: 'quantitative',
      title: 'identification (chance 0.5)',
      scale: { zero: false },
    } as const;
    const tooltip = [
      { field: 'words', type: 'nominal', title: 'tried' },
      { field: 'value', type: 'quantitative', format: '.4f', title: 'identification' },
    ] as const;
    return {
      data: { values },
      layer: [
        {
          mark: { type: 'line', point: { size: 18 }, strokeWidth: 1.2 },
          encoding: {
            x,
            y,
            tooltip: [...tooltip],
            ...(hasRest
              ? {
                  color: { field: 'rank', type: 'nominal', title: 'noise' },
                  strokeDash: { field: 'noise', type: 'nominal', title: 'noise x' },
                }
              : {}),
          },
        },
        {
          transform: [{ filter: { field: 'isChosen', equal: true } }],
          mark: { type: 'point', size: 180, strokeWidth: 2.5, shape: 'diamond', color: '#d55e00' },
          encoding: { x, y, tooltip: [...tooltip] },
        },
        {
          transform: [{ filter: { field: 'isChosen', equal: true } }],
          mark: { type: 'text', dy: -14, text: 'chosen' },
          encoding: { x, y },
        },
      ],
    };
  }, [decoder]);
  return (
    <Chart
      spec={spec}
      height={260}
      label={`What cross-validation tried for ${decoder.decoder}; chosen: ${decoder.chosen}`}
    />
  );
}
