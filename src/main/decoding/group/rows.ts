import type {
  GroupCell,
  GroupColumn,
  GroupMeasure,
  GroupRow,
  PublishedFigure,
} from '../../../shared/group.ts';
import { published } from '../../../shared/published.ts';
import {
  columnsOf,
  isOfColumn,
  isWithout,
  regionsOf,
  type SubjectEvaluation,
  scoreOf,
  wholeBrain,
} from './scores-of.ts';

const labels: Readonly<Record<GroupMeasure, string>> = {
  pairwise: 'Pairwise identification',
  nWay: 'Full identification',
  ssim: 'Structural similarity, grey',
  ssimPublished: 'Structural similarity',
  pixCorr: 'Pixel correlation',
  trueGender: 'Gender at the mid-point, true codes',
  trueGenderPublished: 'Gender, true codes',
  gender: 'Gender at the mid-point',
  genderPublished: 'Gender, decoded codes',
  imagery: 'Imagery, pairwise',
};

/**
 * The rows of the published table, a cell a latent model and decoder: the subjects' values, their mean and range, and the
 * published figure where there is one. Rows that nobody has a value of are left out.
 *
 * @param subjects the order of the values
 */
export function groupRows(
  evaluations: readonly SubjectEvaluation[],
  subjects: readonly string[],
): GroupRow[] {
  const regions = regionsOf(evaluations);
  const parts = regions.filter((region) => region !== wholeBrain);
  const wanted: (readonly [GroupMeasure, string])[] = [
    ['pairwise', wholeBrain],
    ['nWay', wholeBrain],
    ['ssimPublished', wholeBrain],
    ['ssim', wholeBrain],
    ['pixCorr', wholeBrain],
    ...parts.map((region) => ['pairwise', region] as const),
    ['trueGenderPublished', wholeBrain],
    ...regions.map((region) => ['genderPublished', region] as const),
    ['trueGender', wholeBrain],
    ...regions.map((region) => ['gender', region] as const),
    ...regions.map((region) => ['imagery', region] as const),
  ];
  const columns = columnsOf(evaluations);
  return wanted
    .map(([measure, region]): GroupRow => {
      const cells = columns.map((column) => cellOf(evaluations, subjects, column, measure, region));
      return {
        measure,
        region,
        label: labelOf(measure, region),
        chance: chanceOf(evaluations, measure, region),
        cells,
      };
    })
    .filter(({ cells }) => cells.some(({ n }) => n > 0));
}

function labelOf(measure: GroupMeasure, region: string): string {
  if (region === wholeBrain) return labels[measure];
  return `${labels[measure]}, ${isWithout(region) ? region.replace('without-', 'without ') : region}`;
}

function cellOf(
  evaluations: readonly SubjectEvaluation[],
  subjects: readonly string[],
  column: GroupColumn,
  measure: GroupMeasure,
  region: string,
): GroupCell {
  const values = subjects.map((subject) => {
    const found = evaluations.find((one) => one.subject === subject && isOfColumn(one, column));
    return (found && scoreOf(found, measure, region)?.value) ?? null;
  });
  const present = values.filter((value) => value !== null);
  return {
    ...column,
    values,
    n: present.length,
    mean: present.length === 0 ? null : present.reduce((sum, value) => sum + value, 0) / present.length,
    min: present.length === 0 ? null : Math.min(...present),
    max: present.length === 0 ? null : Math.max(...present),
    published: publishedFigure(column, measure, region),
  };
}

/** Guessing, where all subjects agree on it. */
function chanceOf(
  evaluations: readonly SubjectEvaluation[],
  measure: GroupMeasure,
  region: string,
): number | null {
  const levels = new Set(evaluations.map((one) => scoreOf(one, measure, region)?.chance ?? null));
  levels.delete(null);
  return levels.size === 1 ? ([...levels][0] ?? null) : null;
}

/** What the article says of its own decoder; null where it says nothing. */
function publishedFigure(
  { kind, decoder }: GroupColumn,
  measure: GroupMeasure,
  region: string,
): PublishedFigure | null {
  if (kind === 'vae' || decoder !== 'pseudo-inverse') return null;
  const figures = published[kind];
  if (region !== wholeBrain) {
    const known = published.regions[region as keyof typeof published.regions];
    if (measure === 'pairwise' && known !== undefined) return { mean: known[kind] };
    if (kind === 'vaegan' && measure === 'genderPublished') return genderOf(region);
    if (kind === 'vaegan' && measure === 'imagery' && region === 'temporal')
      return { mean: published.imagery.temporal };
    return null;
  }
  if (measure === 'pairwise') return { mean: figures.pairwise, range: figures.pairwiseRange };
  if (measure === 'nWay') return { mean: figures.nWay, range: figures.nWayRange };
  if (measure === 'ssimPublished') return { mean: figures.ssim, range: figures.ssimRange };
  if (kind === 'vaegan' && measure === 'trueGenderPublished') return { mean: published.gender.trueCodes };
  if (kind === 'vaegan' && measure === 'genderPublished') return { mean: published.gender.decoded };
  return null;
}

function genderOf(region: string): PublishedFigure | null {
  const { regions } = published.gender;
  return region in regions ? { mean: regions[region as keyof typeof regions] } : null;
}
