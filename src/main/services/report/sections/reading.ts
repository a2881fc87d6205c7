import { isWithout } from '../../../decoding/group/scores-of.ts';
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
import { attributesChart } from '../figures/attributes.ts';
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
                    drawing: attributesChart(cells.filter(({ attribute }) => names.includes(attribute))),
                  }),
                ]),
            tableBlock({
              name: 'attributes',
              caption:
                'Every attribute from true and decoded codes, by every rule. q: p by permutation, adjusted for the false discovery rate.',
              folded: true,
              columns: [
                textColumn(
                  'title',
                  'model',
                  readings.map(({ title }) => title),
                ),
                textColumn(
                  'attribute',
                  'attribute',
                  readings.map(({ attribute }) => attribute),
                ),
                textColumn(
                  'region',
                  'codes',
                  readings.map(({ region }) => region ?? 'true codes'),
                ),
                textColumn(
                  'rule',
                  'rule',
                  readings.map(({ rule }) => rule),
                ),
                numberColumn(
                  'accuracy',
                  'accuracy',
                  'percent',
                  readings.map(({ accuracy }) => accuracy),
                ),
                numberColumn(
                  'balanced_accuracy',
                  'balanced',
                  'percent',
                  readings.map(({ balancedAccuracy }) => balancedAccuracy),
                ),
                numberColumn(
                  'auc',
                  'AUC',
                  'decimal',
                  readings.map(({ auc }) => auc),
                  'Area under the ROC curve',
                ),
                numberColumn(
                  'r',
                  'r',
                  'decimal',
                  readings.map(({ r }) => r),
                  'Correlation, of numbers',
                ),
                numberColumn(
                  'p',
                  'p',
                  'p',
                  readings.map(({ pPermutation }) => pPermutation),
                ),
                numberColumn(
                  'q',
                  'q',
                  'p',
                  readings.map(({ q }) => q),
                ),
                numberColumn(
                  'n',
                  'faces',
                  'count',
                  readings.map(({ n }) => n),
                ),
                textColumn(
                  'definition',
                  'definition',
                  readings.map(({ definition }) => definition),
                ),
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
        textColumn(
          'title',
          'model',
          rows.map(({ title }) => title),
        ),
        textColumn(
          'codes',
          'codes',
          rows.map(({ codes }) => codes),
        ),
        numberColumn(
          'sign',
          'by sign',
          'percent',
          rows.map(({ published }) => published?.value),
        ),
        numberColumn(
          'p_sign',
          'p',
          'p',
          rows.map(({ published }) => published?.p),
        ),
        numberColumn(
          'mid_point',
          'at the mid-point',
          'percent',
          rows.map(({ midPoint }) => midPoint?.value),
        ),
        numberColumn(
          'p_mid_point',
          'p',
          'p',
          rows.map(({ midPoint }) => midPoint?.p),
        ),
        numberColumn(
          'n',
          'faces',
          'count',
          rows.map(({ published, midPoint }) => (published ?? midPoint)?.n),
        ),
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
                'value',
                'beaten',
                'percent',
                rows.map(({ value }) => value),
              ),
              numberColumn(
                'rank',
                'rank',
                'number',
                rows.map(({ value, n }) => 1 + (1 - value) * (n - 1)),
                '1 is best; ties give halves',
              ),
              numberColumn(
                'candidates',
                'candidates',
                'count',
                rows.map(({ n }) => n),
              ),
              numberColumn(
                'p',
                'p',
                'p',
                rows.map(({ p }) => p),
                'Exact',
              ),
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
