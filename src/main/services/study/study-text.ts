import type { GroupCell, GroupResult, GroupRow } from '../../../shared/group.ts';

/** `87.5 %`; correlations and similarities without a chance level are shares of 1 alike. */
export function percent(value: number | null | undefined): string {
  return value === null || value === undefined || Number.isNaN(value)
    ? 'n/a'
    : `${(100 * value).toFixed(1)} %`;
}

/** `0.012`, `2.3e-5`. */
export function probability(p: number | null | undefined): string {
  if (p === null || p === undefined || Number.isNaN(p)) return 'n/a';
  return p < 0.001 ? p.toExponential(1) : p.toFixed(3);
}

/** `91.3 to 98.7 %`; a single subject has no range. */
export function range({ min, max, n }: Pick<GroupCell, 'min' | 'max' | 'n'>): string {
  if (min === null || max === null || n < 2) return 'n/a';
  return `${(100 * min).toFixed(1)} to ${percent(max)}`;
}

/** `95.5 % (91.3 to 98.7 %)` */
export function publishedText({ published }: Pick<GroupCell, 'published'>): string {
  if (published === null) return '';
  if (published.range === undefined) return percent(published.mean);
  return `${percent(published.mean)} (${range({ min: published.range[0], max: published.range[1], n: 4 })})`;
}

export interface TextTable {
  readonly title: string;
  readonly rows: readonly (readonly string[])[];
}

/** A table a latent model and decoder, in the published shape: a row a score, a column a subject, mean and range. */
export function groupTables({ rows, columns, subjects }: GroupResult): TextTable[] {
  return columns.map(({ model, decoder }, at) => {
    const cellOf = (row: GroupRow) => row.cells[at];
    const own = rows.filter((row) => cellOf(row).n > 0);
    return {
      title: `"${model}", decoder ${decoder}`,
      rows: [
        ['', ...subjects, 'mean', 'range', 'chance', 'published'],
        ...own.map((row) => [
          row.label,
          ...cellOf(row).values.map(percent),
          percent(cellOf(row).mean),
          range(cellOf(row)),
          row.chance === null ? '' : percent(row.chance),
          publishedText(cellOf(row)),
        ]),
      ],
    };
  });
}

/** All subjects together against chance. */
export function chanceTable({ chance }: GroupResult): TextTable {
  return {
    title: 'All subjects together against chance (one-sided; FDR over the tests of a score)',
    rows: [
      ['score', 'region', 'model', 'decoder', 'subjects', 'faces', 'mean', 'p', 'p, FDR'],
      ...chance.map((test) => [
        test.measure,
        test.region,
        test.model,
        test.decoder,
        String(test.nSubjects),
        String(test.n),
        percent(test.value),
        probability(test.p),
        probability(test.fdrP),
      ]),
    ],
  };
}

/** Friedman's tests, a line a pair. */
export function friedmanTable({ friedman }: GroupResult): TextTable {
  return {
    title: "Between conditions over subjects (Friedman; pairs by Nemenyi's and by exact signed-rank tests)",
    rows: [
      ['over', 'score', 'within', 'subjects', 'chi2', 'p', 'p, permuted', 'pair', 'Nemenyi', 'Wilcoxon'],
      ...friedman.flatMap((test) =>
        test.pairs.map((pair, at) => [
          ...(at === 0
            ? [
                test.over,
                test.measure,
                test.within,
                String(test.nSubjects),
                `${test.statistic.toFixed(2)} (${test.dof})`,
                probability(test.p),
                probability(test.permutationP),
              ]
            : Array<string>(7).fill('')),
          `${pair.first} / ${pair.second}`,
          probability(pair.nemenyiP),
          probability(pair.wilcoxonP),
        ]),
      ),
    ],
  };
}
