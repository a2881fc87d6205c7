import type { Evaluation, ImageScores, Metric, Score } from '../../../shared/evaluation.ts';
import type { TableColumn } from '../../formats/table/columns.ts';
import { testNames } from '../evaluation/code-scores.ts';
import { allVoxels } from './decode-patterns.ts';

/** Names and versions of the definitions; docs/guide/scores.md writes them out. */
export const definitions = {
  pairwise: 'pairwise-pearson/1',
  nWay: 'nway-pearson/1',
  retrieval: 'retrieval-pearson/1',
  ssim: 'ssim-grey-gaussian/1',
  ssimPublished: 'ssim-matlab-grey/1',
  pixCorr: 'pixcorr-rgb/1',
  features: 'two-way-features/1',
  gender: 'axis-midpoint/1',
  genderPublished: 'axis-origin/1',
  imagery: 'imagery-rank/1',
  ceiling: 'noise-ceiling-halves/1',
} as const;

/** The tests of the published study, where another one stands first. */
const publishedTests: ReadonlySet<string> = new Set([
  testNames.rankSumDrawn,
  testNames.binomial,
  testNames.imagery,
]);

/** A row a test face. */
export function faceColumns(faces: Evaluation['faces']): TableColumn[] {
  const numbers = (key: 'pairwise' | 'rank' | 'ssim' | 'pixCorr', description: string): TableColumn => ({
    name: key.toLowerCase(),
    type: 'double',
    values: faces.map((face) => face[key]),
    description,
  });
  return [
    {
      name: 'stimulus',
      type: 'string',
      values: faces.map((face) => face.stimulus),
      description: 'The test face',
    },
    numbers('pairwise', 'Share of the other test faces that the true one beats; all selected voxels'),
    numbers('rank', 'Rank of the true face among all test faces, 1 the best; ties give half ranks'),
    numbers('ssim', 'Structural similarity of the decoded picture with the original'),
    numbers('pixCorr', 'Pearson correlation of all colour values of the decoded picture with the original'),
  ];
}

/** A row a score. */
export function scoreColumns(metrics: readonly Metric[]): TableColumn[] {
  type NumberKey = 'value' | 'lower' | 'upper' | 'p' | 'adjustedP' | 'publishedP' | 'chance';
  const numbers = (name: string, key: NumberKey, description: string): TableColumn => ({
    name,
    type: 'double',
    values: metrics.map((metric) => metric[key] ?? null),
    description,
  });
  type TextKey =
    | 'name'
    | 'definition'
    | 'subject'
    | 'model'
    | 'decoder'
    | 'region'
    | 'test'
    | 'publishedTest'
    | 'reason';
  const texts = (name: string, key: TextKey, description: string): TableColumn => ({
    name,
    type: 'string',
    values: metrics.map((metric) => metric[key] ?? null),
    description,
  });
  return [
    texts('subject', 'subject', 'Label of the subject'),
    texts('model', 'model', 'Name of the latent model'),
    texts('decoder', 'decoder', 'How codes were decoded from patterns'),
    texts('region', 'region', 'Region, all selected voxels, or all without one region'),
    texts('name', 'name', 'What was scored'),
    texts('definition', 'definition', 'Definition of the score and its version'),
    numbers('value', 'value', 'The score'),
    numbers('lower', 'lower', 'Lower end of the 95 % confidence interval over stimuli'),
    numbers('upper', 'upper', 'Upper end of the 95 % confidence interval over stimuli'),
    numbers('p', 'p', 'p value, one-sided'),
    texts('test', 'test', 'The test of p and its version'),
    numbers('adjusted_p', 'adjustedP', 'p adjusted for the false discovery rate over regions'),
    numbers('published_p', 'publishedP', 'p by the test of the published study, where p is by another'),
    texts('published_test', 'publishedTest', 'That test and its version'),
    numbers('chance', 'chance', 'What guessing would score'),
    {
      name: 'n',
      type: 'int',
      values: metrics.map(({ n }) => n),
      description: 'Test faces or candidates that the score is a mean over',
    },
    texts('reason', 'reason', 'Why something is missing, or what is to be known of the score'),
  ];
}

const notAtHand = 'The pictures that were shown are not at hand.';

/** The scores of an evaluation one by one, each with its definition. */
export function metricsOf(evaluation: Evaluation): Metric[] {
  const { subject, decoder, nTestFaces, decoded, own } = evaluation;
  const metric = (
    name: string,
    definition: keyof typeof definitions,
    region: string,
    score: Score,
  ): Metric => ({
    name,
    definition: definitions[definition],
    subject,
    model: evaluation.model.name,
    decoder,
    region,
    ...plainScore(score),
  });
  const ofPictures = (scores: ImageScores | null, prefix: string) =>
    (['ssim', 'ssimPublished', 'pixCorr'] as const).map((name) =>
      metric(
        prefix === '' ? name : `${prefix}${name[0].toUpperCase()}${name.slice(1)}`,
        name,
        allVoxels,
        scores?.[name] ?? { value: null, n: nTestFaces, reason: notAtHand },
      ),
    );
  const ofRegions = evaluation.regions.flatMap(({ name: region, retrieval, ...scores }) => [
    ...(['pairwise', 'nWay', 'gender', 'genderPublished', 'imagery'] as const).flatMap((name) => {
      const score = scores[name];
      return score === null ? [] : [metric(name, name, region, score)];
    }),
    ...(scores.ceiling === undefined ? [] : [metric('noiseCeiling', 'ceiling', region, scores.ceiling)]),
    ...retrieval.map((score) => metric(`retrieval${score.ways}Top${score.top}`, 'retrieval', region, score)),
  ]);
  const { trueGender, trueGenderPublished } = evaluation;
  return [
    ...ofRegions,
    ...ofPictures(decoded, ''),
    ...ofPictures(own, 'own'),
    ...evaluation.features.flatMap(({ network, layer, decoded, own }) => [
      metric(`features:${network}:${layer}`, 'features', allVoxels, decoded),
      metric(`ownFeatures:${network}:${layer}`, 'features', allVoxels, own),
    ]),
    ...(trueGender ? [metric('trueGender', 'gender', allVoxels, trueGender)] : []),
    ...(trueGenderPublished
      ? [metric('trueGenderPublished', 'genderPublished', allVoxels, trueGenderPublished)]
      : []),
  ];
}

/** A score in one row: its first test, and the published one where that is another. */
function plainScore({ value, lower, upper, p, adjustedP, tests = [], chance, n, reason }: Score) {
  const [first, ...others] = tests;
  const published = others.find(({ name }) => publishedTests.has(name));
  const known = { lower, upper, p, test: first?.name, adjustedP, chance, reason };
  return {
    value,
    n,
    ...(Object.fromEntries(
      Object.entries(known).filter(([, value]) => value !== undefined),
    ) as Partial<Metric>),
    ...(published ? { publishedP: published.p, publishedTest: published.name } : {}),
  };
}
