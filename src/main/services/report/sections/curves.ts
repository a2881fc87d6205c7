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
        textColumn(
          'title',
          'model',
          rows.map(({ title }) => title),
        ),
        numberColumn(
          'penalty',
          'penalty',
          'number',
          rows.map(({ penalty }) => penalty),
        ),
        numberColumn(
          'rank',
          'components',
          'count',
          rows.map(({ rank }) => rank),
          'Of correlated noise',
        ),
        numberColumn(
          'noise',
          'noise',
          'number',
          rows.map(({ noise }) => noise),
          "What the pattern's noise is multiplied by",
        ),
        numberColumn(
          'folds',
          'folds',
          'count',
          rows.map(({ folds }) => folds),
        ),
        numberColumn(
          'identification',
          'identification',
          'percent',
          rows.map(({ identification }) => identification),
        ),
        textColumn(
          'chosen',
          'chosen',
          rows.map(({ chosen }) => (chosen ? 'yes' : 'no')),
        ),
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
        textColumn(
          'title',
          'model',
          rows.map(({ title }) => title),
        ),
        textColumn(
          'region',
          'region',
          rows.map(({ region }) => region),
        ),
        numberColumn(
          'training_faces',
          'training faces',
          'count',
          rows.map(({ trainingFaces }) => trainingFaces),
        ),
        numberColumn(
          'runs',
          'runs',
          'count',
          rows.map(({ runs }) => runs),
        ),
        numberColumn(
          'voxels',
          'voxels',
          'count',
          rows.map(({ voxels }) => voxels),
        ),
        numberColumn(
          'pairwise',
          'pairwise',
          'percent',
          rows.map(({ pairwise }) => pairwise),
        ),
        numberColumn(
          'lower',
          'lower',
          'percent',
          rows.map(({ pairwiseInterval }) => pairwiseInterval[0]),
        ),
        numberColumn(
          'upper',
          'upper',
          'percent',
          rows.map(({ pairwiseInterval }) => pairwiseInterval[1]),
        ),
        numberColumn(
          'p',
          'p',
          'p',
          rows.map(({ pairwiseP }) => pairwiseP),
          'Exact rank test',
        ),
        numberColumn(
          'n_way',
          'full',
          'percent',
          rows.map(({ nWay }) => nWay),
        ),
        numberColumn(
          'p_n_way',
          'p, full',
          'p',
          rows.map(({ nWayP }) => nWayP),
          'Binomial',
        ),
      ],
    }),
  ];
}
