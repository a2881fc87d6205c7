import { FusiformError } from '../../shared/errors.ts';
import { tToZ } from '../math/distributions.ts';
import type { LinearFit } from './linear-fit.ts';

/** A t contrast at every voxel. */
export interface ContrastEstimate {
  /** [nVoxels]: weights' beta. */
  readonly effect: Float64Array;
  /** [nVoxels]: the variance of the effect. */
  readonly variance: Float64Array;
  readonly dof: number;
}

/** nilearn's `DEF_TINY`: variances below it count as it. */
const TINY = 1e-50;

/**
 * The contrast of a fit: effect `c beta` and its variance `c (X'X)^-1 c' s^2` (nilearn's `compute_contrast`).
 * @param weights one a column, as `parseContrast` gives them
 */
export function computeContrast(fit: LinearFit, weights: ArrayLike<number>): ContrastEstimate {
  const n = fit.names.length;
  if (weights.length !== n) throw new RangeError(`${weights.length} weights for ${n} columns`);
  const effect = new Float64Array(fit.nVoxels);
  let scale = 0;
  for (let i = 0; i < n; i++) {
    const weight = weights[i];
    if (weight === 0) continue;
    const at = i * fit.nVoxels;
    for (let v = 0; v < fit.nVoxels; v++) effect[v] += weight * fit.beta[at + v];
    for (let j = 0; j < n; j++) scale += weight * weights[j] * fit.covariance.data[i * n + j];
  }
  return { effect, variance: fit.residualVariance.map((value) => scale * value), dof: fit.dof };
}

/**
 * The fixed effect over runs, as nilearn's `compute_fixed_effect_contrast`: the mean of the runs' effects, its
 * variance the sum of theirs over the squared number of runs, the degrees of freedom added up.
 */
export function fixedEffects(runs: readonly ContrastEstimate[]): ContrastEstimate {
  if (runs.length === 0) throw new RangeError('There is no run to combine');
  const nVoxels = runs[0].effect.length;
  const effect = new Float64Array(nVoxels);
  const variance = new Float64Array(nVoxels);
  let dof = 0;
  for (const run of runs) {
    if (run.effect.length !== nVoxels)
      throw new RangeError(`Runs of ${nVoxels} and ${run.effect.length} voxels`);
    dof += run.dof;
    for (let v = 0; v < nVoxels; v++) {
      effect[v] += run.effect[v] / runs.length;
      variance[v] += run.variance[v] / runs.length ** 2;
    }
  }
  return { effect, variance, dof };
}

/** effect / sqrt(variance), [nVoxels]; 0 where the effect is 0, whatever the variance. */
export function tStatistics({ effect, variance }: ContrastEstimate): Float64Array {
  return effect.map((value, v) => (value === 0 ? 0 : value / Math.sqrt(Math.max(variance[v], TINY))));
}

/** The z of the same tail as t, [nVoxels]: nilearn's z map, without its limit far in the tail. */
export function zStatistics(estimate: ContrastEstimate): Float64Array {
  return tStatistics(estimate).map((t) => tToZ(t, estimate.dof));
}

/**
 * Weights of a contrast, one a column: `face`, `face - house`, `0.5*face + 0.5*cat - house`, `(face + cat)/2 - house`.
 *
 * Column names are recognised as they stand, blanks, dashes and all, the longest first; a name may also be
 * quoted: `"..."`, `'...'` or backticks.
 * @throws FusiformError CONTRAST_UNKNOWN_COLUMN with the columns there are; CONTRAST_INVALID where the text is no
 *   weighted sum, or all weights are 0
 */
export function parseContrast(expression: string, names: readonly string[]): Float64Array {
  const bare = expression.trim();
  const weights = new Float64Array(names.length);
  if (names.includes(bare)) {
    weights[names.indexOf(bare)] = 1;
    return weights;
  }
  const sum = new ContrastParser(bare, names).parse();
  weights.set(sum.weights);
  if (sum.constant !== 0 || weights.every((weight) => weight === 0)) {
    const why = sum.constant === 0 ? 'has only zero weights' : 'holds a number without a column';
    throw new FusiformError('CONTRAST_INVALID', `The contrast '${bare}' ${why}`);
  }
  return weights;
}

/** A number plus a weighted sum of columns. */
interface LinearSum {
  readonly constant: number;
  readonly weights: Float64Array;
}

class ContrastParser {
  readonly #text: string;
  readonly #names: readonly string[];
  readonly #longestFirst: readonly string[];
  #at = 0;

  constructor(text: string, names: readonly string[]) {
    this.#text = text;
    this.#names = names;
    this.#longestFirst = names
      .filter((name) => name !== '' && !isNumber(name))
      .sort((a, b) => b.length - a.length);
  }

  parse(): LinearSum {
    const sum = this.#sum();
    if (this.#peek() !== '')
      throw this.#invalid(`what stands at '${this.#text.slice(this.#at)}' is not expected`);
    return sum;
  }

  #sum(): LinearSum {
    let total = this.#product();
    for (;;) {
      const sign = this.#peek();
      if (sign !== '+' && sign !== '-') return total;
      this.#at++;
      total = added(total, this.#product(), sign === '+' ? 1 : -1);
    }
  }

  #product(): LinearSum {
    let result = this.#factor();
    for (;;) {
      const operator = this.#peek();
      if (operator !== '*' && operator !== '/') return result;
      this.#at++;
      const right = this.#factor();
      if (isConstant(right) && operator === '/' && right.constant !== 0) {
        result = scaled(result, 1 / right.constant);
      } else if (isConstant(right) && operator === '*') {
        result = scaled(result, right.constant);
      } else if (isConstant(result) && operator === '*') {
        result = scaled(right, result.constant);
      } else {
        throw this.#invalid(operator === '*' ? 'columns cannot be multiplied' : 'only a number can divide');
      }
    }
  }

  #factor(): LinearSum {
    const next = this.#peek();
    if (next === '-' || next === '+') {
      this.#at++;
      return scaled(this.#factor(), next === '-' ? -1 : 1);
    }
    if (next === '') throw this.#invalid('a column is missing at its end');
    const name = this.#columnName();
    if (name !== null) return this.#column(name);
    if (next === '(') {
      this.#at++;
      const inner = this.#sum();
      if (this.#peek() !== ')') throw this.#invalid('a parenthesis is not closed');
      this.#at++;
      return inner;
    }
    const number = /^(\d+\.?\d*|\.\d+)(e[+-]?\d+)?(?![\w.])/i.exec(this.#text.slice(this.#at));
    if (number !== null) {
      this.#at += number[0].length;
      return { constant: Number(number[0]), weights: new Float64Array(this.#names.length) };
    }
    const word = /^[^\s+*/()-]+/.exec(this.#text.slice(this.#at));
    if (word === null) throw this.#invalid(`what stands at '${this.#text.slice(this.#at)}' is not expected`);
    throw this.#unknown(word[0]);
  }

  /** A quoted name, or the longest column name that stands here. */
  #columnName(): string | null {
    const rest = this.#text.slice(this.#at);
    for (const name of this.#longestFirst) {
      if (!rest.startsWith(name)) continue;
      const endsInWord = /\w$/.test(name) && /^\w/.test(rest.slice(name.length));
      if (endsInWord) continue;
      this.#at += name.length;
      return name;
    }
    const quote = rest[0];
    if (quote !== '"' && quote !== "'" && quote !== '`') return null;
    const end = rest.indexOf(quote, 1);
    if (end < 0) throw this.#invalid(`a quoted name is not closed: ${rest}`);
    this.#at += end + 1;
    const name = rest.slice(1, end);
    if (!this.#names.includes(name)) throw this.#unknown(name);
    return name;
  }

  #column(name: string): LinearSum {
    const weights = new Float64Array(this.#names.length);
    weights[this.#names.indexOf(name)] = 1;
    return { constant: 0, weights };
  }

  /** The next character that is no blank; '' at the end. */
  #peek(): string {
    while (this.#at < this.#text.length && /\s/.test(this.#text[this.#at])) this.#at++;
    return this.#text[this.#at] ?? '';
  }

  #invalid(why: string): FusiformError {
    return new FusiformError('CONTRAST_INVALID', `The contrast '${this.#text}' cannot be read: ${why}`);
  }

  #unknown(name: string): FusiformError {
    return new FusiformError(
      'CONTRAST_UNKNOWN_COLUMN',
      `The contrast '${this.#text}' names '${name}', which is no column of the design. Columns: ${this.#names.join(', ')}`,
      { details: { name, columns: this.#names } },
    );
  }
}

function isNumber(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text));
}

function isConstant(sum: LinearSum): boolean {
  return sum.weights.every((weight) => weight === 0);
}

function scaled(sum: LinearSum, factor: number): LinearSum {
  return { constant: sum.constant * factor, weights: sum.weights.map((weight) => weight * factor) };
}

function added(a: LinearSum, b: LinearSum, factor: number): LinearSum {
  return {
    constant: a.constant + factor * b.constant,
    weights: a.weights.map((weight, i) => weight + factor * b.weights[i]),
  };
}
