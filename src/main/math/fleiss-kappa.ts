export interface FleissKappa {
  /** 1: all agree; 0: as much as chance brings; null where everybody always chose the same, and chance brings all. */
  readonly kappa: number | null;
  /** Mean share of pairs of raters that agree. */
  readonly agreement: number;
  /** The same by chance, from how often each category was chosen. */
  readonly byChance: number;
  readonly nItems: number;
  readonly nRaters: number;
}

/**
 * Agreement of several raters beyond chance (Fleiss 1971, Psychological Bulletin 76, doi 10.1037/h0031619).
 *
 * @param counts how many raters chose each category, [items][categories]; equally many raters an item
 * @throws RangeError without items, with fewer than two raters, or where items have different numbers of raters
 */
export function fleissKappa(counts: readonly (readonly number[])[]): FleissKappa {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const nItems = counts.length;
  const nRaters = nItems === 0 ? 0 : sum(counts[0]);
  if (nRaters < 2 || counts.some((row) => sum(row) !== nRaters)) {
    throw new RangeError('Agreement needs two raters or more, and as many for every item.');
  }
  const agreement =
    sum(counts.map((row) => (sum(row.map((n) => n * n)) - nRaters) / (nRaters * (nRaters - 1)))) / nItems;
  const shares = counts[0].map((_, category) => sum(counts.map((row) => row[category])) / (nItems * nRaters));
  const byChance = sum(shares.map((share) => share * share));
  const kappa = byChance >= 1 ? null : (agreement - byChance) / (1 - byChance);
  return { kappa, agreement, byChance, nItems, nRaters };
}
