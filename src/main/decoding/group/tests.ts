import type { ChanceTest, FriedmanResult, GroupColumn, GroupMeasure } from '../../../shared/group.ts';
import { binomialTest } from '../../math/binomial-test.ts';
import { friedmanTest } from '../../math/friedman.ts';
import { nemenyiPairs, wilcoxonPairs } from '../../math/friedman-post-hoc.ts';
import { fdrAdjusted } from '../../math/multiple-testing.ts';
import { exactRankTest } from '../rank-tests.ts';
import {
  columnName,
  columnsOf,
  isOfColumn,
  isWithout,
  regionsOf,
  type SubjectEvaluation,
  scoreOf,
  wholeBrain,
} from './scores-of.ts';

export interface GroupTests {
  readonly chance: readonly ChanceTest[];
  readonly friedman: readonly FriedmanResult[];
  readonly notes: readonly string[];
}

/**
 * The tests of VanRullen & Reddy (2019) over subjects. Against chance: the summed ranks of all subjects' test faces (pairwise)
 * and imagined faces (imagery), exactly; full identification and gender by the binomial, over all faces of all subjects.
 * Between models, regions and decoders: Friedman's test over the subjects that have all conditions, with Nemenyi's and
 * exact Wilcoxon tests of the pairs.
 */
export function groupTests(evaluations: readonly SubjectEvaluation[]): GroupTests {
  const notes: string[] = [];
  return { chance: chanceTests(evaluations, notes), friedman: friedmanTests(evaluations, notes), notes };
}

const testedMeasures = ['pairwise', 'nWay', 'genderPublished', 'gender', 'imagery'] as const;

function chanceTests(evaluations: readonly SubjectEvaluation[], notes: string[]): ChanceTest[] {
  const regions = regionsOf(evaluations);
  return testedMeasures.flatMap((measure) => {
    const tests = columnsOf(evaluations).flatMap((column) =>
      regions.flatMap((region) => chanceTest(evaluations, column, measure, region, notes) ?? []),
    );
    const adjusted = fdrAdjusted(tests.map(({ p }) => p));
    return tests.map((test, at) => ({ ...test, fdrP: adjusted[at] }));
  });
}

interface Observed {
  readonly value: number;
  /** Test faces, or candidates of the imagined face. */
  readonly n: number;
  readonly chance: number;
}

function chanceTest(
  evaluations: readonly SubjectEvaluation[],
  column: GroupColumn,
  measure: (typeof testedMeasures)[number],
  region: string,
  notes: string[],
): Omit<ChanceTest, 'fdrP'> | null {
  const observed = evaluations
    .filter((one) => isOfColumn(one, column))
    .flatMap((one): Observed[] => {
      const score = scoreOf(one, measure, region);
      if (score === null || score.value === null || score.chance === undefined) return [];
      return [{ value: score.value, n: score.n, chance: score.chance }];
    });
  if (observed.length === 0) return null;
  const [{ n, chance }] = observed;
  const what = `${measure}, ${region}, ${columnName(column)}`;
  if (observed.some((one) => one.n !== n) && measure !== 'gender' && measure !== 'genderPublished') {
    notes.push(`${what}: subjects have different numbers of faces; they are not tested together.`);
    return null;
  }
  const shared = { ...column, measure, region, nSubjects: observed.length };
  if (measure === 'pairwise' || measure === 'imagery') {
    const beaten = observed.flatMap(({ value }) =>
      measure === 'imagery' ? [half(value * (n - 1))] : spread(value, n),
    );
    const sum = beaten.reduce((total, rank) => total + rank, 0);
    return {
      ...shared,
      test: 'rank-sum-exact/1',
      n: beaten.length,
      value: sum / (beaten.length * (n - 1)),
      p: exactRankTest(beaten, n),
    };
  }
  const draws = observed.reduce((total, one) => total + one.n, 0);
  const successes = observed.reduce((total, one) => total + Math.round(one.value * one.n), 0);
  const { share, p } = binomialTest(successes, draws, chance);
  return { ...shared, test: 'binomial-pooled/1', n: draws, value: share, p };
}

/** Ties give halves; a mean of them carries rounding. */
function half(value: number): number {
  return Math.round(2 * value) / 2;
}

/** Distractors beaten, one number a face, whose sum is that of the faces: the test looks at nothing else. */
function spread(pairwise: number, nFaces: number): number[] {
  const total = half(pairwise * nFaces * (nFaces - 1));
  const each = Math.floor(total / nFaces);
  const rest = total - each * nFaces;
  return Array.from({ length: nFaces }, (_, face) => each + Math.min(1, Math.max(0, rest - face)));
}

function friedmanTests(evaluations: readonly SubjectEvaluation[], notes: string[]): FriedmanResult[] {
  const columns = columnsOf(evaluations);
  const regions = regionsOf(evaluations).filter((region) => region !== wholeBrain && !isWithout(region));
  const decoders = [...new Set(columns.map(({ decoder }) => decoder))];
  const models = [...new Set(columns.map(({ model }) => model))];
  const measures = ['pairwise', 'nWay', 'ssimPublished', 'ssim'] as const;
  const comparisons: Comparison[] = [
    ...decoders.flatMap((decoder) =>
      measures.map(
        (measure): Comparison => ({
          over: 'models',
          measure,
          within: decoder,
          conditions: columns
            .filter((column) => column.decoder === decoder)
            .map((column) => ({ name: column.model, column, region: wholeBrain })),
        }),
      ),
    ),
    ...columns.flatMap((column) =>
      (['pairwise', 'nWay', 'genderPublished', 'imagery'] as const).map(
        (measure): Comparison => ({
          over: 'regions',
          measure,
          within: columnName(column),
          conditions: regions.map((region) => ({ name: region, column, region })),
        }),
      ),
    ),
    ...models.flatMap((model) =>
      measures.map(
        (measure): Comparison => ({
          over: 'decoders',
          measure,
          within: model,
          conditions: columns
            .filter((column) => column.model === model)
            .map((column) => ({ name: column.decoder, column, region: wholeBrain })),
        }),
      ),
    ),
  ];
  return comparisons.flatMap((comparison) => compare(evaluations, comparison, notes) ?? []);
}

interface Comparison extends Pick<FriedmanResult, 'over' | 'measure' | 'within'> {
  readonly conditions: readonly {
    readonly name: string;
    readonly column: GroupColumn;
    readonly region: string;
  }[];
}

function compare(
  evaluations: readonly SubjectEvaluation[],
  { over, measure, within, conditions }: Comparison,
  notes: string[],
): FriedmanResult | null {
  if (conditions.length < 2) return null;
  const rows = completeRows(evaluations, measure, conditions);
  if (rows === null) return null;
  if (rows.length < 2) {
    notes.push(
      `${measure} over ${over}, ${within}: Friedman's test needs two subjects with all ${conditions.length} conditions; there ${rows.length === 1 ? 'is one' : 'are none'}.`,
    );
    return null;
  }
  const table = Float64Array.from(rows.flat());
  const test = friedmanTest(table, conditions.length);
  const wilcoxon = wilcoxonPairs(table, conditions.length);
  const { nSubjects, meanRanks, statistic, dof, p, permutationP, kendallW } = test;
  return {
    test: 'friedman/1',
    over,
    measure,
    within,
    conditions: conditions.map(({ name }) => name),
    nSubjects,
    meanRanks: [...meanRanks],
    statistic,
    dof,
    p,
    permutationP,
    kendallW,
    pairs: nemenyiPairs(table, conditions.length).map((pair, at) => ({
      first: conditions[pair.first].name,
      second: conditions[pair.second].name,
      nemenyiP: pair.adjustedP,
      wilcoxonP: wilcoxon[at].adjustedP,
    })),
  };
}

/** A row a subject that has all conditions; null where the measure was not taken of anybody. */
function completeRows(
  evaluations: readonly SubjectEvaluation[],
  measure: GroupMeasure,
  conditions: Comparison['conditions'],
): number[][] | null {
  const subjects = [...new Set(evaluations.map(({ subject }) => subject))];
  const rows = subjects.map((subject) =>
    conditions.map(({ column, region }) => {
      const found = evaluations.find((one) => one.subject === subject && isOfColumn(one, column));
      return (found && scoreOf(found, measure, region)?.value) ?? null;
    }),
  );
  if (rows.every((row) => row.every((value) => value === null))) return null;
  return rows.flatMap((row) =>
    row.some((value) => value === null) ? [] : [row.filter((value) => value !== null)],
  );
}
