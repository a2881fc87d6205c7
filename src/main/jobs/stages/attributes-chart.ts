import type { TopLevelSpec } from 'vega-lite';
import type { AttributeReading } from '../../decoding/read-attributes.ts';
import { chartSvg } from '../../formats/chart/svg.ts';

/** Okabe and Ito's blue and orange, told apart by colour-blind readers too. */
const ruleColours = { classifier: '#0072B2', axis: '#D55E00' } as const;

interface Bar {
  readonly attribute: string;
  readonly rule: keyof typeof ruleColours;
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
  /** What guessing would score. */
  readonly chance: number;
}

/** Bars of what was read of each attribute with 95 % intervals; a black tick marks chance. Best read first. */
export function attributesChart(readings: readonly AttributeReading[]): Promise<string> {
  const panels = [
    panel(
      'accuracy (held out; tick: the larger class)',
      readings.flatMap((reading) => {
        if (reading.kind !== 'class') return [];
        const { name, byAxis, byClassifier, majority: chance } = reading;
        return [
          bar(name, 'classifier', byClassifier.accuracy, byClassifier, chance),
          bar(name, 'axis', byAxis.accuracy, byAxis, chance),
        ];
      }),
      [0, 1],
    ),
    panel(
      'correlation (held out)',
      readings.flatMap((reading) => {
        if (reading.kind !== 'number') return [];
        const { name, byAxis, byClassifier } = reading;
        return [
          bar(name, 'classifier', byClassifier.r, byClassifier, 0),
          bar(name, 'axis', byAxis.r, byAxis, 0),
        ];
      }),
      [-0.2, 1],
    ),
  ].filter((spec) => spec !== null);
  return chartSvg({ background: 'white', vconcat: panels } as unknown as TopLevelSpec);
}

function bar(
  attribute: string,
  rule: Bar['rule'],
  value: number,
  { lower, upper }: { lower: number; upper: number },
  chance: number,
): Bar {
  return { attribute, rule, value, lower, upper, chance };
}

function panel(title: string, bars: readonly Bar[], domain: readonly [number, number]) {
  if (bars.length === 0) return null;
  const order = bars
    .filter(({ rule }) => rule === 'classifier')
    .sort((a, b) => b.value - b.chance - (a.value - a.chance))
    .map(({ attribute }) => attribute);
  const place = {
    y: { field: 'attribute', type: 'nominal', sort: order, title: null },
    yOffset: { field: 'rule', sort: Object.keys(ruleColours) },
  };
  return {
    data: { values: [...bars] },
    width: 420,
    height: { step: 24, for: 'position' },
    layer: [
      {
        mark: { type: 'bar' },
        encoding: {
          ...place,
          x: { field: 'value', type: 'quantitative', title, scale: { domain: [...domain] } },
          color: {
            field: 'rule',
            type: 'nominal',
            title: null,
            scale: { domain: Object.keys(ruleColours), range: Object.values(ruleColours) },
          },
        },
      },
      {
        mark: { type: 'rule', color: '#555' },
        encoding: { ...place, x: { field: 'lower', type: 'quantitative' }, x2: { field: 'upper' } },
      },
      {
        mark: { type: 'tick', color: 'black', thickness: 2, size: 22 },
        encoding: { y: place.y, x: { field: 'chance', type: 'quantitative' } },
      },
    ],
  };
}
