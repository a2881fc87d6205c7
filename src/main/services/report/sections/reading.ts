import { isWithout } from '../../../decoding/group/scores-of.ts';
import { attributesHeatMap } from '../../../jobs/stages/attributes-heat-map.ts';
import {
  type Block,
  figureBlock,
  missing,
  note,
  numberColumn,
  type Section,
  tableBlock,
  text,
  textColumn,
} from '../document.ts';
import { regionsChart } from '../figures/regions.ts';
import type { SubjectResults } from '../gather.ts';
import { imaginedPictures } from './gallery.ts';
import { describePoints } from './scores.ts';

/** Attributes shown in the chart; the table has all. */
const charted = 24;

/** What was read of faces from their codes: gender and every other attribute. */
export function attributesSection({ models, subject }: SubjectResults): Section {
  const readings = models.flatMap(({ title, attributes }) =>
    (attributes?.readings ?? []).map((reading) => ({ ...reading, title })),
  );
  const gender = genderBlocks({ models });
  const cells = readings
    .filter(({ rule, region }) => rule === 'axis-origin' && !(region !== null && isWithout(region)))
    .flatMap(({ attribute, region, title, balancedAccuracy, q }) =>
      balancedAccuracy === null
        ? []
        : [
            {
              attribute,
              codes: region ?? 'true codes',
              panel: title,
              value: balancedAccuracy,
              passes: q < 0.05,
            },
          ],
    );
  const names = [...new Set(cells.map(({ attribute }) => attribute))].slice(0, charted);
  return {
    id: 'attributes',
    heading: 'Attributes',
    blocks: [
      ...gender,
      ...(readings.length === 0
        ? [missing(`other attributes: none were read (fusiform attributes --subject ${subject}).`)]
        : [
            ...(cells.length === 0
              ? []
              : [
                  figureBlock({
                    name: 'attributes',
                    caption: `Balanced accuracy of attributes read by the published rule (sign of the projection on the difference of the class means) from true codes and from every region. Framed: q < 0.05. Chance is 0.5.${names.length === charted ? ` The first ${charted} attributes.` : ''}`,
                    alt: `Balanced accuracy by attribute and region; the table beside it holds every value.`,
                    drawing: attributesHeatMap(cells.filter(({ attribute }) => names.includes(attribute))),
                  }),
                ]),
            tableBlock({
              name: 'attributes',
              caption:
                'Every attribute from true and decoded codes, by every rule. q: p by permutation, adjusted for the false discovery rate.',
              folded: true,
              columns: [
                textColumn(readings, 'title', 'model', ({ title }) => title),
                textColumn(readings, 'attribute', 'attribute', ({ attribute }) => attribute),
                textColumn(readings, 'region', 'codes', ({ region }) => region ?? 'true codes'),
                textColumn(readings, 'rule', 'rule', ({ rule }) => rule),
                numberColumn(readings, 'accuracy', 'accuracy', 'percent', ({ accuracy }) => accuracy),
                numberColumn(
                  readings,
                  'balanced_accuracy',
                  'balanced',
                  'percent',
                  ({ balancedAccuracy }) => balancedAccuracy,
                ),
                numberColumn(readings, 'auc', 'AUC', 'decimal', ({ auc }) => auc, 'Area under the ROC curve'),
                numberColumn(readings, 'r', 'r', 'decimal', ({ r }) => r, 'Correlation, of numbers'),
                numberColumn(readings, 'p', 'p', 'p', ({ pPermutation }) => pPermutation),
                numberColumn(readings, 'q', 'q', 'p', ({ q }) => q),
                numberColumn(readings, 'n', 'faces', 'count', ({ n }) => n),
                textColumn(readings, 'definition', 'definition', ({ definition }) => definition),
              ],
            }),
          ]),
    ],
  };
}

/** The attribute that the evaluation itself reads, by the published rule and at the mid-point. */
function genderBlocks({ models }: Pick<SubjectResults, 'models'>): Block[] {
  const rows = models.flatMap(({ title, evaluation }) =>
    [
      { codes: 'true codes', published: evaluation.trueGenderPublished, midPoint: evaluation.trueGender },
      ...evaluation.regions.map(({ name, gender, genderPublished }) => ({
        codes: name,
        published: genderPublished,
        midPoint: gender,
      })),
    ]
      .filter(({ published, midPoint }) => published !== null || midPoint !== null)
      .map((row) => ({ ...row, title })),
  );
  if (rows.length === 0)
    return [missing('gender: no labelled face set was named when the subject was evaluated.')];
  return [
    tableBlock({
      name: 'gender',
      caption:
        'Gender read from the codes of the test faces: by the sign of the projection on the difference of the class means, as published, and by the side of the mid-point between the means.',
      columns: [
        textColumn(rows, 'title', 'model', ({ title }) => title),
        textColumn(rows, 'codes', 'codes', ({ codes }) => codes),
        numberColumn(rows, 'sign', 'by sign', 'percent', ({ published }) => published?.value),
        numberColumn(rows, 'p_sign', 'p', 'p', ({ published }) => published?.p),
        numberColumn(rows, 'mid_point', 'at the mid-point', 'percent', ({ midPoint }) => midPoint?.value),
        numberColumn(rows, 'p_mid_point', 'p', 'p', ({ midPoint }) => midPoint?.p),
        numberColumn(rows, 'n', 'faces', 'count', ({ published, midPoint }) => (published ?? midPoint)?.n),
      ],
    }),
  ];
}

/** The face that was imagined and never shown. */
export async function imagerySection(results: SubjectResults): Promise<Section> {
  const { models } = results;
  const rows = models.flatMap(({ title, evaluation }) =>
    evaluation.regions.flatMap(({ name, imagery }) =>
      imagery?.value === null || imagery === null
        ? []
        : [{ title, region: name, ...imagery, value: imagery.value }],
    ),
  );
  const pictures = await imaginedPictures(results);
  const points = rows
    .filter(({ region }) => !isWithout(region))
    .map(({ title, region, value }) => ({ name: title, region, value, lower: null, upper: null }));
  const blocks: Block[] =
    rows.length === 0
      ? [
          missing(
            'imagery: either nothing was imagined, or the evaluation was not told which face and from which candidates.',
          ),
        ]
      : [
          text(
            `Decoded while the subject imagined one of ${rows[0].n} candidate faces that were never shown. The score is the share of the other candidates that the true one beats; with one imagined face it has ${rows[0].n} possible values, and p is at least ${(1 / rows[0].n).toFixed(3)}.`,
          ),
          figureBlock({
            name: 'imagery',
            caption: 'Share of the other candidates that the imagined face beats, by region. Dashed: chance.',
            alt: `Imagery by region. ${describePoints(points)}`,
            drawing: regionsChart(points, 0.5, 'candidates beaten'),
          }),
          tableBlock({
            name: 'imagery',
            caption: 'The imagined face among its candidates.',
            columns: [
              textColumn(rows, 'title', 'model', ({ title }) => title),
              textColumn(rows, 'region', 'region', ({ region }) => region),
              numberColumn(rows, 'value', 'beaten', 'percent', ({ value }) => value),
              numberColumn(
                rows,
                'rank',
                'rank',
                'number',
                ({ value, n }) => 1 + (1 - value) * (n - 1),
                '1 is best; ties give halves',
              ),
              numberColumn(rows, 'candidates', 'candidates', 'count', ({ n }) => n),
              numberColumn(rows, 'p', 'p', 'p', ({ p }) => p, 'Exact'),
            ],
          }),
        ];
  return {
    id: 'imagery',
    heading: 'The imagined face',
    blocks: [
      ...blocks,
      ...(pictures === null
        ? []
        : [
            { kind: 'markup', markup: pictures } as const,
            note('Decoded from the temporal region, or from all voxels where there is none.'),
          ]),
    ],
  };
}
