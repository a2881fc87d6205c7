import { mean } from '../../../math/statistics.ts';
import {
  type Block,
  figureBlock,
  missing,
  numberColumn,
  type Section,
  tableBlock,
  textColumn,
} from '../document.ts';
import { curveChart } from '../figures/curve.ts';
import type { SubjectResults } from '../gather.ts';

/** How decoders were tuned, and how scores grow with the number of training faces. */
export function curvesSection(results: SubjectResults): Section {
  return {
    id: 'curves',
    heading: 'Tuning and training faces',
    blocks: [...tuningBlocks(results), ...learningBlocks(results)],
  };
}

function tuningBlocks({ models, subject }: SubjectResults): Block[] {
  const rows = models.flatMap(({ title, fit }) =>
    (fit?.crossValidation.curve ?? []).map(({ identification, ...candidate }) => {
      const known = identification.filter((value) => value !== null);
      const { penalty, rank, noise } = fit?.chosen ?? candidate;
      return {
        ...candidate,
        title,
        folds: known.length,
        // A candidate that some fold could not be fitted with is no choice.
        identification: known.length < identification.length ? null : mean(known),
        chosen: candidate.penalty === penalty && candidate.rank === rank && candidate.noise === noise,
      };
    }),
  );
  if (rows.length === 0) {
    return [
      missing(
        `curves of cross-validation: no decoder beside the paper's was fitted (fusiform decoder fit --subject ${subject}).`,
      ),
    ];
  }
  const points = rows.flatMap(({ title, penalty, rank, noise, identification, chosen }) =>
    identification === null
      ? []
      : [
          {
            name: rank === null ? title : `${title}: ${rank} components, noise x ${noise}`,
            x: penalty === 0 ? 1e-4 : penalty,
            y: identification,
            chosen,
          },
        ],
  );
  const drawn = points.filter(({ name }) => points.some((point) => point.chosen && point.name === name));
  return [
    figureBlock({
      name: 'cross-validation',
      caption:
        'Identification of training trials in runs that were left out, against the relative penalty (1e-4: none), at the chosen noise where the decoder has one. Ringed: chosen. Test faces took no part.',
      alt: `Curves of cross-validation. Chosen: ${drawn
        .filter(({ chosen }) => chosen)
        .map(({ name, x, y }) => `${name}, penalty ${x.toPrecision(2)}: ${(100 * y).toFixed(1)} %`)
        .join('; ')}.`,
      drawing: curveChart(drawn, {
        xTitle: 'relative penalty',
        yTitle: 'identification',
        logarithmic: true,
        percent: true,
        panels: true,
      }),
    }),
    tableBlock({
      name: 'cross-validation',
      caption: 'Every choice that cross-validation over runs tried.',
      folded: true,
      columns: [
        textColumn(rows, 'title', 'model', ({ title }) => title),
        numberColumn(rows, 'penalty', 'penalty', 'number', ({ penalty }) => penalty),
        numberColumn(rows, 'rank', 'components', 'count', ({ rank }) => rank, 'Of correlated noise'),
        numberColumn(
          rows,
          'noise',
          'noise',
          'number',
          ({ noise }) => noise,
          "What the pattern's noise is multiplied by",
        ),
        numberColumn(rows, 'folds', 'folds', 'count', ({ folds }) => folds),
        numberColumn(
          rows,
          'identification',
          'identification',
          'percent',
          ({ identification }) => identification,
        ),
        textColumn(rows, 'chosen', 'chosen', ({ chosen }) => (chosen ? 'yes' : 'no')),
      ],
    }),
  ];
}

function learningBlocks({ models, subject }: SubjectResults): Block[] {
  const rows = models.flatMap(({ title, learning }) =>
    (learning?.points ?? []).map((point) => ({ ...point, title })),
  );
  if (rows.length === 0) {
    return [
      missing(`the learning curve: it was not computed (fusiform learning-curve --subject ${subject}).`),
    ];
  }
  const points = rows
    .filter(({ region }) => region === 'all')
    .map(({ title, trainingFaces, pairwise, pairwiseInterval: [lower, upper] }) => ({
      name: title,
      x: trainingFaces,
      y: pairwise,
      lower,
      upper,
    }));
  return [
    figureBlock({
      name: 'learning-curve',
      caption:
        'Pairwise identification against the number of training faces, with 95 % bootstrap intervals over test faces; all selected voxels. Dashed: chance.',
      alt: `Learning curve. ${points.map(({ name, x, y }) => `${name}, ${x} faces: ${(100 * y).toFixed(1)} %`).join('; ')}.`,
      drawing: curveChart(points, {
        xTitle: 'training faces',
        yTitle: 'pairwise identification',
        chance: 0.5,
        percent: true,
      }),
    }),
    tableBlock({
      name: 'learning-curve',
      caption: 'Identification against the number of training faces, region by region.',
      folded: true,
      columns: [
        textColumn(rows, 'title', 'model', ({ title }) => title),
        textColumn(rows, 'region', 'region', ({ region }) => region),
        numberColumn(rows, 'training_faces', 'training faces', 'count', ({ trainingFaces }) => trainingFaces),
        numberColumn(rows, 'runs', 'runs', 'count', ({ runs }) => runs),
        numberColumn(rows, 'voxels', 'voxels', 'count', ({ voxels }) => voxels),
        numberColumn(rows, 'pairwise', 'pairwise', 'percent', ({ pairwise }) => pairwise),
        numberColumn(rows, 'lower', 'lower', 'percent', ({ pairwiseInterval }) => pairwiseInterval[0]),
        numberColumn(rows, 'upper', 'upper', 'percent', ({ pairwiseInterval }) => pairwiseInterval[1]),
        numberColumn(rows, 'p', 'p', 'p', ({ pairwiseP }) => pairwiseP, 'Exact rank test'),
        numberColumn(rows, 'n_way', 'full', 'percent', ({ nWay }) => nWay),
        numberColumn(rows, 'p_n_way', 'p, full', 'p', ({ nWayP }) => nWayP, 'Binomial'),
      ],
    }),
  ];
}
