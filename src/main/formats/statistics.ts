export interface ValueStatistics {
  /** Over the finite values; null where there are none. */
  readonly mean: number | null;
  /** Population standard deviation (divided by n), as numpy's default. */
  readonly std: number | null;
  readonly min: number | null;
  readonly max: number | null;
  /** How many values are NaN or infinite. */
  readonly nonFinite: number;
}

/**
 * Mean, deviation and range of values that come block by block, in float64.
 *
 * Blocks are summarised in two passes and merged by the formula of Chan, Golub & LeVeque (1979), so that large means
 * cost no digits.
 */
export class StatisticsAccumulator {
  #count = 0;
  #mean = 0;
  #squares = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #nonFinite = 0;

  /** Takes in `values * slope + inter`. */
  add(values: ArrayLike<number>, slope = 1, inter = 0): void {
    let count = 0;
    let sum = 0;
    for (let index = 0; index < values.length; index += 1) {
      const value = values[index] * slope + inter;
      if (!Number.isFinite(value)) continue;
      count += 1;
      sum += value;
      if (value < this.#min) this.#min = value;
      if (value > this.#max) this.#max = value;
    }
    this.#nonFinite += values.length - count;
    if (count === 0) return;
    const mean = sum / count;
    let squares = 0;
    for (let index = 0; index < values.length; index += 1) {
      const value = values[index] * slope + inter;
      if (Number.isFinite(value)) squares += (value - mean) ** 2;
    }
    const total = this.#count + count;
    const difference = mean - this.#mean;
    this.#squares += squares + (difference * difference * this.#count * count) / total;
    this.#mean += (difference * count) / total;
    this.#count = total;
  }

  result(): ValueStatistics {
    const nonFinite = this.#nonFinite;
    if (this.#count === 0) return { mean: null, std: null, min: null, max: null, nonFinite };
    return {
      mean: this.#mean,
      std: Math.sqrt(this.#squares / this.#count),
      min: this.#min,
      max: this.#max,
      nonFinite,
    };
  }
}
