import type { TopLevelSpec } from 'vega-lite';
import { chartSvg } from '../../formats/chart/svg.ts';
import type { Carpet } from '../../qc/carpet.ts';
import type { QualityThresholds } from '../../qc/flags.ts';
import { colours } from './colours.ts';
import { greyPicture } from './grey-picture.ts';

export interface CarpetFigureContent {
  readonly carpet: Carpet;
  /** Seconds between volumes. */
  readonly tR: number;
  /** [nVolumes] mm; null where no motion is known. */
  readonly displacement: Float64Array | null;
  /** [nVolumes] */
  readonly stdDvars: Float64Array;
  /** [nVolumes], the image's units. */
  readonly globalSignal: Float64Array;
  /** [nVolumes], 0 to 1. */
  readonly outlierFraction: Float64Array;
  /** [nVolumes], 1 for volumes over a threshold. */
  readonly flagged: Uint8Array;
  readonly thresholds: QualityThresholds;
}

const width = 960;
const traceHeight = 76;
const carpetHeight = 320;
/** Robust SDs at black and white. */
export const carpetRange = 3;
/** All plots begin at the same place, whatever their labels take. */
const leftExtent = 96;

interface Trace {
  readonly title: string;
  readonly values: Float64Array;
  readonly colour: string;
  readonly threshold: number | null;
  readonly fromZero: boolean;
}

/** Motion, DVARS, outliers and global signal of a run above its carpet, on one axis of time in seconds. */
export async function carpetFigure(content: CarpetFigureContent): Promise<string> {
  const { carpet, tR, flagged } = content;
  const duration = carpet.nVolumes * tR;
  const marks = [...flagged.keys()].filter((t) => flagged[t] === 1).map((t) => ({ time: t * tR }));
  const shared = { duration, tR, marks };
  const picture = await greyPicture(carpet.values, carpet.nVolumes, carpet.nRows, [
    -carpetRange,
    carpetRange,
  ]);
  const spec = {
    vconcat: [
      ...tracesOf(content).map((trace) => traceChart(trace, shared)),
      carpetChart(carpet, picture, shared),
    ],
    bounds: 'flush',
    spacing: 14,
  };
  return chartSvg(spec as TopLevelSpec, 'projected');
}

function tracesOf({
  displacement,
  stdDvars,
  globalSignal,
  outlierFraction,
  thresholds,
}: CarpetFigureContent): Trace[] {
  const level = globalSignal.reduce((sum, value) => sum + value, 0) / globalSignal.length;
  const motion: Trace[] =
    displacement === null
      ? []
      : [
          {
            title: 'FD (mm)',
            values: displacement,
            colour: colours.blue,
            threshold: thresholds.fd,
            fromZero: true,
          },
        ];
  return [
    ...motion,
    {
      title: 'std. DVARS',
      values: stdDvars,
      colour: colours.vermilion,
      threshold: thresholds.stdDvars,
      fromZero: false,
    },
    {
      title: 'outliers (%)',
      values: outlierFraction.map((share) => 100 * share),
      colour: colours.purple,
      threshold: 100 * thresholds.outlierFraction,
      fromZero: true,
    },
    {
      title: 'signal (%)',
      values: globalSignal.map((value) => 100 * (value / level - 1)),
      colour: colours.green,
      threshold: null,
      fromZero: false,
    },
  ];
}

interface SharedAxis {
  readonly duration: number;
  readonly tR: number;
  readonly marks: readonly { readonly time: number }[];
}

function traceChart(
  { title, values, colour, threshold, fromZero }: Trace,
  { duration, tR, marks }: SharedAxis,
) {
  const points = [...values].flatMap((value, t) =>
    Number.isFinite(value) ? [{ time: (t + 0.5) * tR, value }] : [],
  );
  const largest = Math.max(...points.map(({ value }) => value));
  // A threshold far above everything would flatten the line: it is drawn where it has a say.
  const drawn = threshold !== null && threshold < 3 * largest ? [{ value: threshold }] : [];
  const axis = {
    title,
    titleAngle: 0,
    titleAlign: 'right',
    titleX: -48,
    titleY: traceHeight / 2 + 5,
    tickCount: 3,
    minExtent: leftExtent,
    maxExtent: leftExtent,
  };
  const y = { field: 'value', type: 'quantitative', scale: { zero: fromZero, nice: true }, axis };
  return {
    width,
    height: traceHeight,
    layer: [
      flagRules(marks, tR),
      {
        data: { values: points },
        mark: { type: 'line', color: colour, strokeWidth: 1.5 },
        encoding: { x: timeAxis(duration, false), y },
      },
      {
        data: { values: drawn },
        mark: { type: 'rule', color: 'currentColor', strokeDash: [5, 4], opacity: 0.7 },
        encoding: { y: { ...y, axis } },
      },
    ],
  };
}

/** Volumes over a threshold, as bands as wide as they last: as in the carpet, from a volume's start to its end. */
function flagRules(marks: SharedAxis['marks'], tR: number) {
  return {
    data: { values: marks.map(({ time }) => ({ from: time, to: time + tR })) },
    mark: { type: 'rect', color: colours.orange, opacity: 0.35 },
    encoding: { x: { field: 'from', type: 'quantitative' }, x2: { field: 'to' } },
  };
}

function timeAxis(duration: number, labelled: boolean) {
  return {
    field: 'time',
    type: 'quantitative',
    scale: { domain: [0, duration], nice: false },
    axis: labelled
      ? { title: 'time (s)', grid: false }
      : { title: null, labels: false, ticks: false, domain: false },
  };
}

function carpetChart(carpet: Carpet, picture: Uint8Array, { duration }: SharedAxis) {
  let row = 0;
  const groups = carpet.groups.map(({ name, rows, voxels }) => {
    const top = (carpetHeight * row) / carpet.nRows;
    row += rows;
    return { name, voxels, top, middle: top + (carpetHeight * rows) / carpet.nRows / 2 };
  });
  const label = (at: number, text: string, size: number) => ({
    data: { values: [{}] },
    mark: { type: 'text', align: 'right', baseline: 'middle', text, fontSize: size, x: -8, y: at },
    encoding: {},
  });
  return {
    width,
    height: carpetHeight,
    layer: [
      {
        data: { values: [{ time: 0 }, { time: duration }] },
        mark: { type: 'point', opacity: 0 },
        encoding: { x: timeAxis(duration, true) },
      },
      {
        data: { values: [{}] },
        mark: {
          type: 'image',
          url: `data:image/png;base64,${Buffer.from(picture).toString('base64')}`,
          width,
          height: carpetHeight,
          aspect: false,
          align: 'left',
          baseline: 'top',
          smooth: false,
          x: 0,
          y: 0,
        },
        encoding: {},
      },
      ...groups.slice(1).map(({ top }) => ({
        data: { values: [{}] },
        mark: { type: 'rule', color: colours.orange, strokeWidth: 1.5 },
        encoding: { x: { value: 0 }, x2: { value: width }, y: { value: top } },
      })),
      {
        data: { values: [{}] },
        mark: {
          type: 'text',
          align: 'right',
          text: `black ${-carpetRange}, white +${carpetRange} robust SD`,
          x: width,
          y: carpetHeight + 36,
        },
        encoding: {},
      },
      ...groups.flatMap(({ name, voxels, middle }) => [
        label(middle - 8, name, 13),
        label(middle + 8, `${voxels.toLocaleString('en')} voxels`, 11),
      ]),
    ],
  };
}
