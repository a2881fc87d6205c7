import type { Evaluation, Score } from '../../../shared/evaluation.ts';
import type { GroupColumn, GroupMeasure } from '../../../shared/group.ts';

/** A subject's evaluation with the decoder that made its codes. */
export interface SubjectEvaluation {
  readonly subject: string;
  readonly decoder: string;
  readonly evaluation: Evaluation;
}

export const wholeBrain = 'all';

/** The score of a measure in a region; null where it was not taken. Pictures are scored over all voxels alone. */
export function scoreOf(
  { evaluation }: SubjectEvaluation,
  measure: GroupMeasure,
  region: string,
): Score | null {
  if (measure === 'ssim' || measure === 'ssimPublished' || measure === 'pixCorr') {
    return (region === wholeBrain ? evaluation.decoded?.[measure] : null) ?? null;
  }
  if (measure === 'trueGender' || measure === 'trueGenderPublished') {
    return region === wholeBrain ? evaluation[measure] : null;
  }
  return evaluation.regions.find(({ name }) => name === region)?.[measure] ?? null;
}

/** Latent models by decoders, in the order in which they come. */
export function columnsOf(evaluations: readonly SubjectEvaluation[]): GroupColumn[] {
  const columns = new Map<string, GroupColumn>();
  for (const { decoder, evaluation } of evaluations) {
    const { name, kind } = evaluation.model;
    const key = columnName({ model: name, decoder });
    if (!columns.has(key)) columns.set(key, { model: name, kind, decoder });
  }
  return [...columns.values()];
}

export function columnName({ model, decoder }: Pick<GroupColumn, 'model' | 'decoder'>): string {
  return `${model}/${decoder}`;
}

export function isOfColumn(
  { decoder, evaluation }: SubjectEvaluation,
  column: Pick<GroupColumn, 'model' | 'decoder'>,
): boolean {
  return evaluation.model.name === column.model && decoder === column.decoder;
}

/** Regions that subjects have, all voxels first; those that leave one out last. */
export function regionsOf(evaluations: readonly SubjectEvaluation[]): string[] {
  const names = new Set(evaluations.flatMap(({ evaluation }) => evaluation.regions.map(({ name }) => name)));
  return [...names].sort((a, b) => Number(isWithout(a)) - Number(isWithout(b)));
}

/** Whether a region is all voxels but those of another. */
export function isWithout(region: string): boolean {
  return region.startsWith('without-');
}
