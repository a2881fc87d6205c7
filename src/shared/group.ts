/** One latent model read by one decoder: a column of the table. */
export interface GroupColumn {
  readonly model: string;
  readonly kind: 'vaegan' | 'vae' | 'pca';
  readonly decoder: string;
}

/** What the article printed for a cell. */
export interface PublishedFigure {
  readonly mean: number;
  readonly range?: readonly [low: number, high: number];
}

export interface GroupCell extends GroupColumn {
  /** By subject, in the order of `GroupResult.subjects`; null where there is none. */
  readonly values: readonly (number | null)[];
  readonly mean: number | null;
  readonly min: number | null;
  readonly max: number | null;
  /** Subjects with a value. */
  readonly n: number;
  readonly published: PublishedFigure | null;
}

/** Names of scores as `evaluation.json` has them; those with `Published` are by the definitions of the article. */
export type GroupMeasure =
  | 'pairwise'
  | 'nWay'
  | 'ssim'
  | 'ssimPublished'
  | 'pixCorr'
  | 'gender'
  | 'genderPublished'
  | 'trueGender'
  | 'trueGenderPublished'
  | 'imagery';

export interface GroupRow {
  readonly measure: GroupMeasure;
  readonly region: string;
  readonly label: string;
  /** What guessing scores; null where that is not known. */
  readonly chance: number | null;
  readonly cells: readonly GroupCell[];
}

/** Whether a score of all subjects together is above chance. */
export interface ChanceTest extends GroupColumn {
  readonly measure: GroupMeasure;
  readonly region: string;
  /** Name and version of the definition. */
  readonly test: 'rank-sum-exact/1' | 'binomial-pooled/1';
  readonly nSubjects: number;
  /** Observations that are summed: test faces or imagined faces of all subjects. */
  readonly n: number;
  /** Mean over the observations. */
  readonly value: number;
  /** One-sided. */
  readonly p: number;
  /** Benjamini & Hochberg's, over the tests of this measure. */
  readonly fdrP: number;
}

export interface GroupPair {
  readonly first: string;
  readonly second: string;
  readonly nemenyiP: number;
  /** Exact signed-rank test, by Holm's adjustment. */
  readonly wilcoxonP: number;
}

/** Whether conditions differ over subjects. */
export interface FriedmanResult {
  readonly test: 'friedman/1';
  /** What is compared. */
  readonly over: 'models' | 'regions' | 'decoders';
  readonly measure: GroupMeasure;
  /** The condition that is held: a region, or a model and decoder. */
  readonly within: string;
  readonly conditions: readonly string[];
  readonly nSubjects: number;
  readonly meanRanks: readonly number[];
  readonly statistic: number;
  readonly dof: number;
  /** By the chi-square approximation, as published. */
  readonly p: number;
  readonly permutationP: number;
  readonly kendallW: number;
  readonly pairs: readonly GroupPair[];
}

/** A subject, or a part of one, that a study could not bring to its end. */
export interface LeftOut {
  readonly subject: string;
  /** What was to be done. */
  readonly step: string;
  readonly code: string;
  readonly message: string;
}

/** The scores of a study's subjects side by side, and what they say together. */
export interface GroupResult {
  readonly name: string;
  readonly subjects: readonly string[];
  readonly columns: readonly GroupColumn[];
  readonly rows: readonly GroupRow[];
  readonly chance: readonly ChanceTest[];
  readonly friedman: readonly FriedmanResult[];
  readonly leftOut: readonly LeftOut[];
  /** Why a test that could be expected is not there. */
  readonly notes: readonly string[];
}
