import type { Metric } from './evaluation.ts';
import { definitionOf } from './score-definitions.ts';

type Told = Pick<Metric, 'definition' | 'value' | 'n'> &
  Partial<Pick<Metric, 'lower' | 'upper' | 'p' | 'test' | 'chance' | 'reason'>>;

export interface SentenceOptions {
  /** What was scored; default: the title of the definition. */
  readonly title?: string;
  /** What `n` counts; default `test faces`. */
  readonly counted?: string;
}

/**
 * A score as a methods section writes it:
 * `Pairwise identification 0.93 (95 % CI 0.88 to 0.97), 20 test faces, p < 0.001 by permutation of stimuli; chance 0.50`.
 */
export function scoreSentence(
  { definition, value, lower, upper, p, test, chance, n, reason }: Told,
  { title = definitionOf(definition)?.title ?? definition, counted = 'test faces' }: SentenceOptions = {},
): string {
  if (value === null) return `${title}: none. ${reason ?? ''}`.trim();
  const interval =
    lower === undefined || upper === undefined ? '' : ` (95 % CI ${lower.toFixed(2)} to ${upper.toFixed(2)})`;
  const by = test === undefined ? '' : ` by ${definitionOf(test)?.title ?? test}`;
  const parts = [
    `${title} ${value.toFixed(2)}${interval}`,
    `${n} ${n === 1 ? counted.replace(/s$/, '') : counted}`,
    ...(p === undefined ? [] : [`${probabilityText(p)}${by}`]),
  ];
  return `${parts.join(', ')}${chance === undefined ? '' : `; chance ${chance.toFixed(2)}`}`;
}

/** `p < 0.001`, else two digits that mean something. */
export function probabilityText(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${Number(p.toPrecision(2))}`;
}
