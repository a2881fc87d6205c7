import type { Comparison, Spread } from './harness.ts';

/** The bound that a figure is held to. */
export type Target = { readonly atLeast: number } | { readonly atMost: number };

/** One measured figure. */
export interface Row {
  readonly name: string;
  /** Null where it could not be measured; `how` then says why. */
  readonly figure: number | null;
  readonly unit: string;
  /** Null for a figure that is there to be known and has no bound. */
  readonly target: Target | null;
  /** Null where there is no target or no figure. */
  readonly holds: boolean | null;
  /** Smallest and largest single measurement; `figure` is their median. */
  readonly range: readonly [min: number, max: number] | null;
  readonly how: string;
}

export interface Benchmark {
  readonly name: string;
  /** One line: what is measured. */
  readonly description: string;
  run(): Promise<Row[]>;
}

interface RowText {
  readonly name: string;
  readonly unit: string;
  readonly how: string;
  readonly target?: Target;
}

/** A row of a measured figure. */
export function measuredRow({ name, unit, how, target }: RowText, spread: Spread): Row {
  const figure = spread.median;
  return {
    name,
    figure,
    unit,
    target: target ?? null,
    holds: target === undefined ? null : meets(figure, target),
    range: [spread.min, spread.max],
    how,
  };
}

/** A row of the ratio of a comparison; `how` is followed by the number of pairs and both times. */
export function ratioRow(text: RowText, { pairs, ratio, seconds }: Comparison): Row {
  const times = `${pairs} pairs, ${duration(seconds.a)} : ${duration(seconds.b)}`;
  return measuredRow({ ...text, how: `${text.how} (${times})` }, ratio);
}

/** The row of a benchmark that cannot run here. */
export function missingRow(name: string, unit: string, reason: string): Row {
  return { name, figure: null, unit, target: null, holds: null, range: null, how: `not run: ${reason}` };
}

export function meets(figure: number, target: Target): boolean {
  return 'atLeast' in target ? figure >= target.atLeast : figure <= target.atMost;
}

function duration(seconds: number): string {
  if (seconds >= 1) return `${seconds.toPrecision(3)} s`;
  if (seconds >= 1e-3) return `${(seconds * 1e3).toPrecision(3)} ms`;
  return `${(seconds * 1e6).toPrecision(3)} us`;
}
