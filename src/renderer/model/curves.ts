import type { TopLevelSpec } from 'vega-lite';
import type { EvaluationPoint, LossPoint, TrainingHistoryFacts } from '../../shared/contract/models.ts';

interface Point {
  readonly step: number;
  readonly curve: string;
  readonly value: number;
}

interface Curve<Row> {
  readonly name: string;
  readonly value: (row: Row) => number | null;
}

export interface Figure {
  readonly id: string;
  readonly title: string;
  readonly points: readonly Point[];
  /** A line that means something, with its name: chance, or where one cannot tell. */
  readonly rule: { readonly value: number; readonly name: string } | null;
}

interface FigureText<Row> {
  readonly id: string;
  readonly title: string;
  readonly curves: readonly Curve<Row>[];
  readonly rule?: Figure['rule'];
}

const lossFigures: readonly FigureText<LossPoint>[] = [
  {
    id: 'pixel',
    title: 'Pixel error (half the sum of squares an image)',
    curves: [{ name: 'pixel error', value: ({ pixel }) => pixel }],
  },
  {
    id: 'kl',
    title: 'KL divergence from the prior (nats an image)',
    curves: [{ name: 'KL', value: ({ kl }) => kl }],
  },
  {
    id: 'similarity',
    title: 'Learned similarity (half the sum of squares)',
    curves: [{ name: 'similarity', value: ({ similarity }) => similarity }],
  },
  {
    id: 'discriminator',
    title: "Discriminator's loss",
    curves: [
      { name: 'on faces', value: ({ onReal }) => onReal },
      { name: 'on reconstructions', value: ({ onReconstruction }) => onReconstruction },
      { name: 'on samples', value: ({ onSample }) => onSample },
    ],
    rule: { value: Math.LN2, name: 'cannot tell: ln 2' },
  },
  {
    id: 'balance',
    title: "Balance: discriminator's accuracy, shares of steps that learn",
    curves: [
      { name: 'accuracy', value: ({ accuracy }) => accuracy },
      { name: 'generator learns', value: ({ generatorUpdated }) => generatorUpdated },
      { name: 'discriminator learns', value: ({ discriminatorUpdated }) => discriminatorUpdated },
    ],
    rule: { value: 0.5, name: 'chance: 0.5' },
  },
];

const scoreFigures: readonly FigureText<EvaluationPoint>[] = [
  {
    id: 'ssim',
    title: 'SSIM of held-out faces',
    curves: [
      { name: 'model', value: ({ ssim }) => ssim },
      { name: 'PCA', value: ({ pcaSsim }) => pcaSsim },
    ],
  },
  {
    id: 'correlation',
    title: 'Pixel correlation of held-out faces',
    curves: [
      { name: 'model', value: ({ pixCorr }) => pixCorr },
      { name: 'PCA', value: ({ pcaPixCorr }) => pcaPixCorr },
    ],
    rule: { value: 0, name: 'chance: 0' },
  },
  {
    id: 'active',
    title: 'Active latents (variance above 0.01)',
    curves: [{ name: 'active', value: ({ activeLatents }) => activeLatents }],
  },
];

/** The figures of a training that have anything to show. */
export function figuresOf({ losses, evaluations }: TrainingHistoryFacts): Figure[] {
  return [
    ...scoreFigures.map((text) => figureOf(text, evaluations)),
    ...lossFigures.map((text) => figureOf(text, losses)),
  ].filter(({ points }) => points.length > 0);
}

function figureOf<Row extends { readonly step: number }>(
  { id, title, curves, rule = null }: FigureText<Row>,
  rows: readonly Row[],
): Figure {
  const points = curves.flatMap(({ name, value }) =>
    rows.flatMap((row) => {
      const found = value(row);
      return found === null ? [] : [{ step: row.step, curve: name, value: found }];
    }),
  );
  return { id, title, points, rule };
}

/** The same figure of several trainings: one colour a model, the curve of PCA left out. */
export function overlay(
  models: readonly { readonly name: string; readonly history: TrainingHistoryFacts }[],
): Figure[] {
  const ids = ['ssim', 'correlation', 'active', 'pixel', 'kl', 'similarity'];
  return ids.flatMap((id) => {
    const parts = models.flatMap(({ name, history }) =>
      figuresOf(history)
        .filter((figure) => figure.id === id)
        .map((figure) => ({ name, figure })),
    );
    const [first] = parts;
    if (first === undefined) return [];
    const points = parts.flatMap(({ name, figure }) =>
      figure.points.filter(({ curve }) => curve !== 'PCA').map((point) => ({ ...point, curve: name })),
    );
    return [{ ...first.figure, points }];
  });
}

/** A figure as Vega-Lite; `border` is the first step of the adversarial phase. */
export function specOf({ id, points, rule }: Figure, border: number | null): TopLevelSpec {
  const names = [...new Set(points.map(({ curve }) => curve))];
  return {
    data: { values: points as Point[] },
    layer: [
      ...(border === null || border <= 1
        ? []
        : [
            {
              mark: { type: 'rule' as const, strokeDash: [4, 4], opacity: 0.5 },
              encoding: { x: { datum: border } },
            },
          ]),
      ...(rule === null
        ? []
        : [
            {
              mark: { type: 'rule' as const, strokeDash: [2, 3], opacity: 0.7 },
              encoding: { y: { datum: rule.value } },
            },
          ]),
      {
        mark: { type: 'line', point: points.length < 60, tooltip: true },
        encoding: {
          x: { field: 'step', type: 'quantitative', title: 'step' },
          y: { field: 'value', type: 'quantitative', title: null, scale: { zero: id === 'active' } },
          color: {
            field: 'curve',
            type: 'nominal',
            title: null,
            scale: { domain: names },
            legend: names.length > 1 ? { orient: 'top' } : null,
          },
          strokeDash: {
            condition: { test: "datum.curve === 'PCA'", value: [6, 3] },
            value: [1, 0],
          },
        },
      },
    ],
  };
}
