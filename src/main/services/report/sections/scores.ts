import { groupRows } from '../../../decoding/group/rows.ts';
import { isWithout } from '../../../decoding/group/scores-of.ts';
import { publishedText } from '../../study/study-text.ts';
import {
  figureBlock,
  missing,
  note,
  numberColumn,
  type Section,
  show,
  tableBlock,
  text,
  textColumn,
} from '../document.ts';
import { correlationsChart } from '../figures/correlations.ts';
import { ranksChart } from '../figures/ranks.ts';
import { type RegionPoint, regionsChart } from '../figures/regions.ts';
import type { SubjectResults } from '../gather.ts';

/** The published table's rows for one subject. */
export function tableSection({ subject, models }: SubjectResults): Section {
  const rows = groupRows(
    models.map(({ decoder, evaluation }) => ({ subject, decoder, evaluation })),
    [subject],
  );
  const cells = models.flatMap(({ title }, at) => [
    numberColumn(rows, `value_${at + 1}`, title, 'percent', (row) => row.cells[at].mean, title),
    textColumn(
      rows,
      `published_${at + 1}`,
      'published',
      (row) => publishedText(row.cells[at]) || null,
      'Mean and range over the four subjects of VanRullen & Reddy (2019)',
    ),
  ]);
  const hasPublished = models.map((_, at) => rows.some((row) => row.cells[at].published !== null));
  return {
    id: 'table',
    heading: 'The published table',
    blocks: [
      tableBlock({
        name: 'published-table',
        caption: `Subject ${subject} in the rows of VanRullen & Reddy (2019), beside their means over four subjects where they give them.`,
        columns: [
          textColumn(rows, 'row', 'score', ({ label }) => label),
          ...cells.filter((_, at) => at % 2 === 0 || hasPublished[(at - 1) / 2]),
          numberColumn(
            rows,
            'chance',
            'chance',
            'percent',
            ({ chance }) => chance,
            'What guessing would score',
          ),
        ],
      }),
      note(
        'Published: VanRullen & Reddy (2019), doi 10.1038/s42003-019-0438-y, with 1024 latents and pictures of 128 x 128. With other numbers of latents, faces, runs or pixels, agreement in order of magnitude is all that may be expected.',
      ),
    ],
  };
}

/** Every score with interval, p and definition. */
export function scoresSection({ subject, models }: SubjectResults): Section {
  const metrics = models.flatMap(({ title, metrics: own }) => own.map((metric) => ({ ...metric, title })));
  return {
    id: 'scores',
    heading: 'Every score with its definition',
    blocks: [
      tableBlock({
        name: 'scores',
        caption: `Scores of subject ${subject}. Intervals: 95 %, over test faces. A definition is a name and a version; docs/guide/scores.md writes each out.`,
        folded: true,
        columns: [
          textColumn(metrics, 'title', 'model', ({ title }) => title, 'Latent model and decoder'),
          textColumn(metrics, 'region', 'region', ({ region }) => region),
          textColumn(metrics, 'name', 'score', ({ name }) => name),
          numberColumn(metrics, 'value', 'value', 'decimal', ({ value }) => value),
          numberColumn(
            metrics,
            'lower',
            'lower',
            'decimal',
            ({ lower }) => lower,
            'Lower end of the 95 % interval',
          ),
          numberColumn(
            metrics,
            'upper',
            'upper',
            'decimal',
            ({ upper }) => upper,
            'Upper end of the 95 % interval',
          ),
          numberColumn(metrics, 'p', 'p', 'p', ({ p }) => p),
          numberColumn(metrics, 'chance', 'chance', 'decimal', ({ chance }) => chance),
          numberColumn(
            metrics,
            'n',
            'n',
            'count',
            ({ n }) => n,
            'Faces or candidates that the value is a mean over',
          ),
          textColumn(metrics, 'definition', 'definition', ({ definition }) => definition),
        ],
      }),
    ],
  };
}

/** Identification by region, ranks, and the correlations behind them. */
export function identificationSection(results: SubjectResults): Section {
  const { models } = results;
  const [{ evaluation: first }] = models;
  const n = first.nTestFaces;
  const alone = pointsOf(results, (region) => !isWithout(region));
  const without = pointsOf(results, (region) => region === 'all' || isWithout(region));
  const ranks = models.flatMap(({ title, evaluation }) =>
    evaluation.faces.flatMap(({ rank }) => (rank === null ? [] : [{ name: title, rank }])),
  );
  const panels = models.flatMap(({ title, correlations }) =>
    correlations ? [{ name: title, correlations }] : [],
  );
  return {
    id: 'identification',
    heading: 'Identification',
    blocks: [
      text(leadOf(results)),
      figureBlock({
        name: 'identification-by-region',
        caption: `Pairwise identification of ${n} test faces by region, with 95 % bootstrap intervals over faces. Dashed: chance.`,
        alt: `Pairwise identification by region. ${describePoints(alone)}`,
        drawing: regionsChart(alone, 0.5, 'pairwise identification'),
      }),
      ...(without.some(({ region }) => isWithout(region))
        ? [
            figureBlock({
              name: 'identification-without-region',
              caption: 'The same from all selected voxels but those of one region. Dashed: chance.',
              alt: `Pairwise identification with each region left out. ${describePoints(without)}`,
              drawing: regionsChart(without, 0.5, 'pairwise identification'),
            }),
          ]
        : []),
      ...(ranks.length > 0
        ? [
            figureBlock({
              name: 'ranks',
              caption:
                'Ranks of the true face among all test faces; all selected voxels. Dashed: as many as chance would put at each rank.',
              alt: `Histogram of ranks. ${models.map(({ title, evaluation }) => `${title}: ${evaluation.faces.filter(({ rank }) => rank === 1).length} of ${n} faces at rank 1`).join('; ')}.`,
              drawing: ranksChart(ranks, n),
            }),
          ]
        : []),
      panels.length > 0
        ? figureBlock({
            name: 'correlations',
            caption: `Pearson's r of each decoded code (rows) with the true code of each test face (columns), in the order of the study; all selected voxels.`,
            alt: `Correlation matrices of decoded with true codes. Mean r on the diagonal and off it: ${panels.map((panel) => `${panel.name} ${diagonalText(panel.correlations, n)}`).join('; ')}.`,
            drawing: correlationsChart(panels, n),
          })
        : missing('the correlations of decoded with true codes, whose files the project no longer holds.'),
    ],
  };
}

/** The sentence of the summary. */
export function leadOf({ models }: SubjectResults): string {
  return models
    .map(({ title, evaluation: { regions, nTestFaces } }) => {
      const { value, lower, upper, p } = regions[0].pairwise;
      const rest = [
        ...(lower === undefined || upper === undefined
          ? []
          : [`95 % interval ${show(lower, 'percent')} to ${show(upper, 'percent')}`]),
        ...(p === undefined ? [] : [`p = ${show(p, 'p')}`]),
      ];
      return `${title}: ${show(value, 'percent')} pairwise identification of ${nTestFaces} test faces (${rest.join(', ')}; chance 50 %).`;
    })
    .join(' ');
}

function pointsOf({ models }: SubjectResults, isWanted: (region: string) => boolean): RegionPoint[] {
  return models.flatMap(({ title, evaluation }) =>
    evaluation.regions
      .filter(({ name }) => isWanted(name))
      .flatMap(({ name, pairwise: { value, lower, upper } }) =>
        value === null
          ? []
          : [{ region: name, name: title, value, lower: lower ?? null, upper: upper ?? null }],
      ),
  );
}

export function describePoints(points: readonly RegionPoint[]): string {
  return `${points.map(({ region, name, value }) => `${name}, ${region}: ${show(value, 'percent')}`).join('; ')}.`;
}

function diagonalText(correlations: Float64Array, n: number): string {
  let own = 0;
  let other = 0;
  correlations.forEach((r, at) => {
    if (Math.floor(at / n) === at % n) own += r / n;
    else other += r / (n * (n - 1));
  });
  return `${own.toFixed(2)} and ${other.toFixed(2)}`;
}
