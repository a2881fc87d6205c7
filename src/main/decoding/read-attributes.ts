import { studentTSf } from '../math/distributions.ts';
import { dot, type Matrix } from '../math/matrix.ts';
import { fdrAdjusted } from '../math/multiple-testing.ts';
import { pearson } from '../math/statistics.ts';
import type { AttributeAxis } from './attributes.ts';
import { type ClassScores, scoreClasses } from './held-out-scores.ts';
import { nestedRidge, type OuterFold } from './nested-ridge.ts';
import { sumRows } from './ridge.ts';

/** What is known of every face: whether it is in a class, or a number; null where it is not known. */
export interface Attribute {
  readonly name: string;
  readonly kind: 'class' | 'number';
  /** [nFaces]; of a class 1 or 0. */
  readonly values: readonly (number | null)[];
}

/** A border through the space of codes: `weights . code - offset` is above 0 on the side of the class. */
export interface Border {
  /** [nLatents] */
  readonly weights: Float64Array;
  readonly offset: number;
}

interface Judged {
  readonly name: string;
  /** Faces whose value is known. */
  readonly n: number;
  /** The relative penalty that all faces together choose (see `fitRidge`). */
  readonly penalty: number;
  /** From all faces; of a number, the change of the mean code a unit, and the mean code. */
  readonly axis: AttributeAxis;
  /** From all faces; of a number, `weights . code - offset` is what is read. */
  readonly classifier: Border;
}

export interface JudgedClass extends Judged {
  readonly kind: 'class';
  readonly nInClass: number;
  /** Share of the larger class: what naming it always would score. */
  readonly majority: number;
  /** By the published axis; classes part half way between their means. */
  readonly byAxis: ClassScores & { readonly q: number };
  /** By the regularised linear classifier. */
  readonly byClassifier: ClassScores & { readonly q: number };
}

export interface NumberScores {
  /** Correlation of what was read with what is true. */
  readonly r: number;
  /** 95 % interval of r, by Fisher's z. */
  readonly lower: number;
  readonly upper: number;
  /** One-sided, t-test of r > 0. */
  readonly p: number;
  readonly q: number;
}

export interface JudgedNumber extends Judged {
  readonly kind: 'number';
  readonly byAxis: NumberScores;
  readonly byClassifier: NumberScores & {
    /** 1 - squared error / squared distance from the mean of the training faces. */
    readonly r2: number;
  };
}

export interface NotJudged {
  readonly kind: 'not judged';
  readonly name: string;
  readonly n: number;
  readonly reason: string;
}

export type AttributeReading = JudgedClass | JudgedNumber | NotJudged;

export interface ReadAttributesOptions {
  /** Fold of every face, 0..folds-1. */
  readonly foldOf: ArrayLike<number>;
  readonly folds: number;
  /** Faces that belong together, such as pictures of one person; null for one that stands alone. */
  readonly groups?: readonly (string | null)[];
  /** Subsets fitted so far, of all. */
  readonly onFit?: (done: number, total: number) => void;
}

/**
 * How well each attribute can be read from codes by a linear rule, every face judged by what was learnt without it.
 *
 * Two rules stand side by side. The published axis (VanRullen & Reddy 2019): the difference of the class means, classes
 * part half way. The classifier: ridge regression on the class (the direction of linear discriminant analysis with a
 * shrunk covariance), its penalty chosen by nested cross-validation; for the accuracy its classes part where the
 * discriminant analysis of its output puts the border (with the classes' shares), for the balanced accuracy half way
 * between the class means. Numbers are read by the same two directions and judged by correlation.
 *
 * p-values of all attributes are adjusted together for the false discovery rate (`q`), for each rule by itself.
 *
 * @param codes [nFaces, nLatents]
 */
export function readAttributes(
  codes: Float32Array,
  nLatents: number,
  attributes: readonly Attribute[],
  options: ReadAttributesOptions,
): AttributeReading[] {
  const readings = new Map<Attribute, AttributeReading>();
  const judgeable = attributes.filter((attribute) => {
    const reason = reasonNotToJudge(attribute, options);
    if (reason === null) return true;
    readings.set(attribute, { kind: 'not judged', name: attribute.name, n: nKnown(attribute), reason });
    return false;
  });
  const batches = sameRows(judgeable);
  batches.forEach((batch, at) => {
    const onFit = (done: number, total: number) => options.onFit?.(at * total + done, batches.length * total);
    for (const [attribute, reading] of readTogether(codes, nLatents, batch, { ...options, onFit })) {
      readings.set(attribute, reading);
    }
  });
  return adjustTogether(attributes.flatMap((attribute) => readings.get(attribute) ?? []));
}

function nKnown({ values }: Attribute): number {
  return values.filter((value) => value !== null).length;
}

/** Every fit needs both classes; one fold more is left out for choosing the penalty. */
function reasonNotToJudge(
  { kind, values }: Attribute,
  { foldOf, folds }: ReadAttributesOptions,
): string | null {
  const known = [...values.keys()].filter((row) => values[row] !== null);
  if (known.length < 3 * folds) return `${known.length} faces have a value; ${folds} folds need ${3 * folds}`;
  if (kind === 'number') {
    const distinct = new Set(known.map((row) => values[row]));
    return distinct.size < 2 ? 'all values are the same' : null;
  }
  for (const [side, name] of [
    [1, 'the class'],
    [0, 'the others'],
  ] as const) {
    const rows = known.filter((row) => values[row] === side);
    if (rows.length < folds) {
      return `${rows.length} faces in ${name}; ${folds} folds need at least ${folds}`;
    }
    const inFolds = new Array<number>(folds).fill(0);
    for (const row of rows) inFolds[foldOf[row]] += 1;
    const [largest, second] = inFolds.sort((a, b) => b - a);
    if (rows.length - largest - second < 2) {
      return `the ${rows.length} faces in ${name} lie in too few folds`;
    }
  }
  const perFold = new Array<number>(folds).fill(0);
  for (const row of known) perFold[foldOf[row]] += 1;
  return perFold.includes(0) ? `a fold has no face with a value` : null;
}

/** Attributes that are known of the same faces share all sums over them. */
function sameRows(attributes: readonly Attribute[]): Attribute[][] {
  const batches = new Map<string, Attribute[]>();
  for (const attribute of attributes) {
    const missing = [...attribute.values.keys()].filter((row) => attribute.values[row] === null).join();
    const batch = batches.get(missing);
    if (batch) batch.push(attribute);
    else batches.set(missing, [attribute]);
  }
  return [...batches.values()];
}

function* readTogether(
  codes: Float32Array,
  nLatents: number,
  attributes: readonly Attribute[],
  { foldOf, folds, groups, onFit }: ReadAttributesOptions,
): Generator<[Attribute, JudgedClass | JudgedNumber]> {
  const rows = [...attributes[0].values.keys()].filter((row) => attributes[0].values[row] !== null);
  const origin = meanRow(codes, nLatents, rows);
  const targets = attributes.map(({ values }) => Float64Array.from(values, (value) => value ?? 0));
  const ofFold = Array.from({ length: folds }, (_, fold) => rows.filter((row) => foldOf[row] === fold));
  const sums = ofFold.map((own) => sumRows(codes, nLatents, origin, targets, own));
  const ridge = nestedRidge(sums, onFit);
  const ownFolds = rows.map((row) => foldOf[row]);
  const ownGroups = groups && rows.map((row) => groups[row]);
  for (const [target, attribute] of attributes.entries()) {
    const rules = ridge.folds.map((fold) => rulesOf(fold, target, attribute.kind));
    const read = (rule: (rules: Rules) => Rule) =>
      Float64Array.from(rows, (row) => {
        const { weights, offset } = rule(rules[foldOf[row]]);
        let sum = -offset;
        for (let k = 0; k < nLatents; k++) sum += weights[k] * (codes[row * nLatents + k] - origin[k]);
        return sum;
      });
    const overall = rulesOf(ridge.all, target, attribute.kind);
    const shared = {
      name: attribute.name,
      n: rows.length,
      penalty: ridge.all.penalties[target],
      axis: {
        direction: overall.slope,
        midpoint: overall.midpoint.map((value, k) => value + origin[k]),
      },
      classifier: atOrigin(overall.classifier, origin),
    };
    const truth = rows.map((row) => targets[target][row]);
    if (attribute.kind === 'number') {
      const value = read((rule) => rule.classifier);
      const baseline = rows.map((row) => ridge.folds[foldOf[row]].training.meanY[target]);
      yield [
        attribute,
        {
          kind: 'number',
          ...shared,
          byAxis: correlate(
            read((rule) => rule.axis),
            truth,
          ),
          byClassifier: {
            ...correlate(value, truth),
            r2: 1 - distance(value, truth) / distance(baseline, truth),
          },
        },
      ];
      continue;
    }
    const inClass = truth.map((value) => value === 1);
    const nInClass = inClass.filter(Boolean).length;
    const common = { inClass, foldOf: ownFolds, ...(ownGroups === undefined ? {} : { groups: ownGroups }) };
    const byAxis = read((rule) => rule.axis);
    yield [
      attribute,
      {
        kind: 'class',
        ...shared,
        nInClass,
        majority: Math.max(nInClass, rows.length - nInClass) / rows.length,
        byAxis: { ...scoreClasses({ ...common, forAccuracy: byAxis, forBalance: byAxis }), q: Number.NaN },
        byClassifier: {
          ...scoreClasses({
            ...common,
            forAccuracy: read((rule) => rule.classifier),
            forBalance: read((rule) => rule.balanced),
          }),
          q: Number.NaN,
        },
      },
    ];
  }
}

function meanRow(codes: Float32Array, nLatents: number, rows: readonly number[]): Float64Array {
  const mean = new Float64Array(nLatents);
  for (const row of rows) {
    for (let k = 0; k < nLatents; k++) mean[k] += codes[row * nLatents + k];
  }
  return mean.map((value) => value / rows.length);
}

/** `weights . (code - origin) - offset` */
interface Rule {
  readonly weights: Float64Array;
  readonly offset: number;
}

interface Rules {
  /** Of a class its mean code less that of the others; in general the slope of the code on the target. */
  readonly slope: Float64Array;
  /** Less the origin; of a number the mean. */
  readonly midpoint: Float64Array;
  readonly axis: Rule;
  readonly classifier: Rule;
  readonly balanced: Rule;
}

function rulesOf(
  { training, fit }: Omit<OuterFold, 'penalties'>,
  target: number,
  kind: Attribute['kind'],
): Rules {
  const { meanX, meanY, n } = training;
  const column = ({ rows, cols, data }: Matrix) =>
    Float64Array.from({ length: rows }, (_, k) => data[k * cols + target]);
  // For zeros and ones, covariance over variance is the difference of the two means.
  const spread = training.yy[target];
  const slope = column(training.xy).map((value) => (spread > 0 ? value / spread : 0));
  const share = meanY[target];
  const midpoint = meanX.map((value, k) => value + (kind === 'class' ? (0.5 - share) * slope[k] : 0));
  const length = dotOf(slope, slope);
  // In units of the target: 1 from one class mean to the other.
  const along = slope.map((value) => (length > 0 ? value / length : 0));
  const atMidpoint = dotOf(along, midpoint);
  const axis = { weights: along, offset: kind === 'class' ? atMidpoint : atMidpoint - share };
  const weights = column(fit.weights);
  const predicted = { weights, offset: -fit.intercepts[target] };
  if (kind === 'number') return { slope, midpoint, axis, classifier: predicted, balanced: predicted };
  // Linear discriminant analysis of the one number that the regression gives (the variance divided by n, as scikit-learn).
  const between = dotOf(weights, slope);
  const within = (quadratic(weights, training.xx) - spread * between * between) / n;
  const shift = between > 0 ? (within / between) * Math.log(share / (1 - share)) : 0;
  const middle = dotOf(weights, midpoint);
  return {
    slope,
    midpoint,
    axis,
    classifier: { weights, offset: middle - shift },
    balanced: { weights, offset: middle },
  };
}

function atOrigin({ weights, offset }: Rule, origin: Float64Array): Border {
  return { weights, offset: offset + dotOf(weights, origin) };
}

function dotOf(a: Float64Array, b: Float64Array): number {
  return dot(a, 0, b, 0, a.length);
}

function quadratic(weights: Float64Array, { rows, data }: Matrix): number {
  let sum = 0;
  for (let i = 0; i < rows; i++) sum += weights[i] * dot(data, i * rows, weights, 0, rows);
  return sum;
}

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] - b[at]) ** 2;
  return sum;
}

/** Half the width of a 95 % interval, in standard errors. */
const z95 = 1.959963984540054;

function correlate(read: Float64Array, truth: readonly number[]): NumberScores {
  const r = pearson(read, truth) || 0;
  const n = truth.length;
  const z = Math.atanh(r);
  const half = z95 / Math.sqrt(n - 3);
  const t = r * Math.sqrt((n - 2) / (1 - r * r));
  return {
    r,
    lower: Math.tanh(z - half),
    upper: Math.tanh(z + half),
    p: studentTSf(t, n - 2),
    q: Number.NaN,
  };
}

function adjustTogether(readings: readonly AttributeReading[]): AttributeReading[] {
  const judged = readings.filter((reading) => reading.kind !== 'not judged');
  const axis = fdrAdjusted(judged.map(({ byAxis }) => byAxis.p));
  const classifier = fdrAdjusted(judged.map(({ byClassifier }) => byClassifier.p));
  const withQ = new Map<AttributeReading, AttributeReading>(
    judged.map((reading, at) => [reading, setQ(reading, axis[at], classifier[at])]),
  );
  return readings.map((reading) => withQ.get(reading) ?? reading);
}

function setQ(reading: JudgedClass | JudgedNumber, axis: number, classifier: number): AttributeReading {
  return reading.kind === 'class'
    ? {
        ...reading,
        byAxis: { ...reading.byAxis, q: axis },
        byClassifier: { ...reading.byClassifier, q: classifier },
      }
    : {
        ...reading,
        byAxis: { ...reading.byAxis, q: axis },
        byClassifier: { ...reading.byClassifier, q: classifier },
      };
}
