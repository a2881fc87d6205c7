import { FusiformError } from '../../shared/errors.ts';
import { type Matrix, matrix } from '../math/matrix.ts';

/**
 * The rows of a contrast: expressions separated by `;`, a row of numbers `[1 -1 0]`, or several `[1 -1 0; 0 1 -1]`, in
 * the order of the columns (missing ones at the end count as 0). A name that ends in `*` stands for a row a column that
 * begins so: `face_delay_*` are all delays.
 *
 * @returns [rows, columns]
 * @throws FusiformError as parseContrast; CONTRAST_INVALID where rows depend on each other
 */
export function parseContrastRows(expression: string, names: readonly string[]): Matrix {
  const bare = expression.trim();
  const bracketed = /^\[(.*)\]$/s.exec(bare);
  const rows =
    bracketed !== null
      ? bracketed[1].split(';').map((row) => numericRow(row, names, bare))
      : bare
          .split(';')
          .filter((row) => row.trim() !== '')
          .flatMap((row) => starredRows(row.trim(), names) ?? [parseContrast(row, names)]);
  if (rows.length === 0) throw invalid(bare, 'is empty');
  const result = matrix(rows.length, names.length);
  rows.forEach((row, i) => {
    result.data.set(row, i * names.length);
  });
  return result;
}

function numericRow(row: string, names: readonly string[], whole: string): Float64Array {
  const cells = row
    .trim()
    .split(/[\s,]+/)
    .filter((cell) => cell !== '');
  if (cells.length > names.length) {
    throw invalid(whole, `has ${cells.length} weights for the ${names.length} columns of the design`);
  }
  const weights = new Float64Array(names.length);
  cells.forEach((cell, i) => {
    weights[i] = Number(cell);
  });
  if (weights.some((weight) => !Number.isFinite(weight))) throw invalid(whole, 'holds what is no number');
  if (weights.every((weight) => weight === 0)) throw invalid(whole, 'has only zero weights');
  return weights;
}

/** A row a column for `name*`; null for any other expression. */
function starredRows(row: string, names: readonly string[]): Float64Array[] | null {
  if (!row.endsWith('*') || names.includes(row)) return null;
  const beginning = row.slice(0, -1);
  const rows = [...names.keys()]
    .filter((i) => names[i].startsWith(beginning))
    .map((i) => Float64Array.from(names, (_, j) => (i === j ? 1 : 0)));
  if (rows.length === 0) throw unknownColumn(row, row, names);
  return rows;
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
    throw invalid(bare, sum.constant === 0 ? 'has only zero weights' : 'holds a number without a column');
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
    return invalid(this.#text, `cannot be read: ${why}`);
  }

  #unknown(name: string): FusiformError {
    return unknownColumn(this.#text, name, this.#names);
  }
}

function invalid(text: string, why: string): FusiformError {
  return new FusiformError('CONTRAST_INVALID', `The contrast '${text}' ${why}`);
}

function unknownColumn(text: string, name: string, columns: readonly string[]): FusiformError {
  return new FusiformError(
    'CONTRAST_UNKNOWN_COLUMN',
    `The contrast '${text}' names '${name}', which is no column of the design. Columns: ${columns.join(', ')}`,
    { details: { name, columns } },
  );
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
