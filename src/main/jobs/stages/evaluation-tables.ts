import type { Evaluation, Metric, Score } from '../../../shared/evaluation.ts';
import type { TableColumn } from '../../formats/table/columns.ts';
import { allVoxels } from './decode-patterns.ts';

/** Names and versions of the definitions; docs/guide/scores.md writes them out. */
const definitions = {
  pairwise: 'pairwise-pearson/1',
  nWay: 'nway-pearson/1',
  ssim: 'ssim-grey-gaussian/1',
  pixCorr: 'pixcorr-rgb/1',
  gender: 'axis-midpoint/1',
  imagery: 'imagery-rank/1',
} as const;

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
  const numbers = (key: 'value' | 'lower' | 'upper' | 'p' | 'chance', description: string): TableColumn => ({
    name: key,
    type: 'double',
    values: metrics.map((metric) => metric[key] ?? null),
    description,
  });
  const texts = (key: 'name' | 'definition' | 'subject' | 'model' | 'region', description: string) =>
    ({ name: key, type: 'string', values: metrics.map((metric) => metric[key]), description }) as const;
  return [
    texts('subject', 'Label of the subject'),
    texts('model', 'Name of the latent model'),
    texts('region', 'Region, or all selected voxels'),
    texts('name', 'What was scored'),
    texts('definition', 'Definition of the score and its version'),
    numbers('value', 'The score'),
    numbers('lower', 'Lower end of the 95 % confidence interval over stimuli'),
    numbers('upper', 'Upper end of the 95 % confidence interval over stimuli'),
    numbers('p', 'p value by permutation, or exact'),
    numbers('chance', 'What guessing would score'),
    {
      name: 'n',
      type: 'int',
      values: metrics.map(({ n }) => n),
      description: 'Test faces or candidates that the score is a mean over',
    },
  ];
}

/** The scores of an evaluation one by one, each with its definition. */
export function metricsOf(evaluation: Evaluation): Metric[] {
  const shared = { subject: evaluation.subject, model: evaluation.model.name };
  const metric = (name: keyof typeof definitions, region: string, { value, ...rest }: Score): Metric => ({
    ...shared,
    name,
    definition: definitions[name],
    region,
    value,
    ...rest,
  });
  // No chance level is known for how alike two faces look.
  const image = (name: 'ssim' | 'pixCorr', value: number): Metric => ({
    ...shared,
    name,
    definition: definitions[name],
    region: allVoxels,
    value,
    n: evaluation.nTestFaces,
  });
  return [
    ...evaluation.regions.flatMap(({ name, pairwise, nWay, gender, imagery }) => [
      metric('pairwise', name, pairwise),
      metric('nWay', name, nWay),
      ...(gender ? [metric('gender', name, gender)] : []),
      ...(imagery ? [metric('imagery', name, imagery)] : []),
    ]),
    ...(evaluation.decoded
      ? [image('ssim', evaluation.decoded.ssim), image('pixCorr', evaluation.decoded.pixCorr)]
      : []),
  ];
}
