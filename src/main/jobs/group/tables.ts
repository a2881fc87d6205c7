import type { GroupResult } from '../../../shared/group.ts';
import type { TableColumn } from '../../formats/table/columns.ts';

type Value = number | null;

/** A row a subject, region and score: what every other table is made from. */
export function subjectColumns({ subjects, rows }: GroupResult): TableColumn[] {
  const scores = rows.flatMap(({ measure, region, chance, cells }) =>
    cells.flatMap(({ model, decoder, values }) =>
      values.flatMap((value, at) =>
        value === null ? [] : [{ subject: subjects[at], model, decoder, measure, region, value, chance }],
      ),
    ),
  );
  return [
    texts(
      'subject',
      'Label of the subject',
      scores.map(({ subject }) => subject),
    ),
    texts(
      'model',
      'Name of the latent model',
      scores.map(({ model }) => model),
    ),
    texts(
      'decoder',
      'Decoder of the latents',
      scores.map(({ decoder }) => decoder),
    ),
    texts(
      'measure',
      'What was scored',
      scores.map(({ measure }) => measure),
    ),
    texts(
      'region',
      'Region, or all selected voxels',
      scores.map(({ region }) => region),
    ),
    numbers(
      'value',
      'The score',
      scores.map(({ value }) => value),
    ),
    numbers(
      'chance',
      'What guessing would score',
      scores.map(({ chance }) => chance),
    ),
  ];
}

/** The published table: a row a score, model and decoder. */
export function summaryColumns({ rows, subjects }: GroupResult): TableColumn[] {
  const cells = rows.flatMap(({ label, measure, region, chance, cells: own }) =>
    own.filter(({ n }) => n > 0).map((cell) => ({ ...cell, label, measure, region, chance })),
  );
  const column = (name: string, description: string, of: (cell: (typeof cells)[number]) => Value) =>
    numbers(name, description, cells.map(of));
  return [
    texts(
      'row',
      'Row of the published table',
      cells.map(({ label }) => label),
    ),
    texts(
      'measure',
      'What was scored',
      cells.map(({ measure }) => measure),
    ),
    texts(
      'region',
      'Region, or all selected voxels',
      cells.map(({ region }) => region),
    ),
    texts(
      'model',
      'Name of the latent model',
      cells.map(({ model }) => model),
    ),
    texts(
      'decoder',
      'Decoder of the latents',
      cells.map(({ decoder }) => decoder),
    ),
    column('mean', 'Mean over the subjects', ({ mean }) => mean),
    column('min', 'Lowest of the subjects', ({ min }) => min),
    column('max', 'Highest of the subjects', ({ max }) => max),
    integers(
      'n',
      'Subjects with a value',
      cells.map(({ n }) => n),
    ),
    column('chance', 'What guessing would score', ({ chance }) => chance),
    column('published', 'Mean in VanRullen & Reddy (2019)', ({ published }) => published?.mean ?? null),
    column('published_min', 'Lowest of their subjects', ({ published }) => published?.range?.[0] ?? null),
    column('published_max', 'Highest of their subjects', ({ published }) => published?.range?.[1] ?? null),
    ...subjects.map((subject, at) =>
      column(`sub-${subject}`, `Subject ${subject}`, ({ values }) => values[at]),
    ),
  ];
}

/** Tests of all subjects together against chance. */
export function chanceColumns({ chance }: GroupResult): TableColumn[] {
  return [
    texts(
      'measure',
      'What was scored',
      chance.map(({ measure }) => measure),
    ),
    texts(
      'region',
      'Region, or all selected voxels',
      chance.map(({ region }) => region),
    ),
    texts(
      'model',
      'Name of the latent model',
      chance.map(({ model }) => model),
    ),
    texts(
      'decoder',
      'Decoder of the latents',
      chance.map(({ decoder }) => decoder),
    ),
    texts(
      'test',
      'Definition of the test and its version',
      chance.map(({ test }) => test),
    ),
    integers(
      'subjects',
      'Subjects that take part',
      chance.map(({ nSubjects }) => nSubjects),
    ),
    integers(
      'n',
      'Faces of all subjects',
      chance.map(({ n }) => n),
    ),
    numbers(
      'value',
      'Mean over the faces',
      chance.map(({ value }) => value),
    ),
    numbers(
      'p',
      'One-sided, exact',
      chance.map(({ p }) => p),
    ),
    numbers(
      'p_fdr',
      'Adjusted over the tests of this measure (Benjamini & Hochberg)',
      chance.map(({ fdrP }) => fdrP),
    ),
  ];
}

/** Friedman's tests, a row a pair of conditions. */
export function friedmanColumns({ friedman }: GroupResult): TableColumn[] {
  const pairs = friedman.flatMap((test) => test.pairs.map((pair) => ({ ...test, ...pair })));
  return [
    texts(
      'over',
      'What is compared',
      pairs.map(({ over }) => over),
    ),
    texts(
      'measure',
      'What was scored',
      pairs.map(({ measure }) => measure),
    ),
    texts(
      'within',
      'What is held: a decoder, a model, or both',
      pairs.map(({ within }) => within),
    ),
    integers(
      'subjects',
      'Subjects with all conditions',
      pairs.map(({ nSubjects }) => nSubjects),
    ),
    numbers(
      'statistic',
      'Chi-square of Friedman, corrected for ties',
      pairs.map(({ statistic }) => statistic),
    ),
    integers(
      'dof',
      'Degrees of freedom',
      pairs.map(({ dof }) => dof),
    ),
    numbers(
      'p',
      'By the chi-square approximation',
      pairs.map(({ p }) => p),
    ),
    numbers(
      'p_permutation',
      'Where values are exchanged within subjects',
      pairs.map(({ permutationP }) => permutationP),
    ),
    texts(
      'first',
      'First condition of the pair',
      pairs.map(({ first }) => first),
    ),
    texts(
      'second',
      'Second condition of the pair',
      pairs.map(({ second }) => second),
    ),
    numbers(
      'p_nemenyi',
      "Nemenyi's test of the pair",
      pairs.map(({ nemenyiP }) => nemenyiP),
    ),
    numbers(
      'p_wilcoxon',
      "Exact signed-rank test of the pair, by Holm's adjustment",
      pairs.map(({ wilcoxonP }) => wilcoxonP),
    ),
  ];
}

function texts(name: string, description: string, values: readonly string[]): TableColumn {
  return { name, type: 'string', values, description };
}

function numbers(name: string, description: string, values: readonly Value[]): TableColumn {
  return { name, type: 'double', values, description };
}

function integers(name: string, description: string, values: readonly Value[]): TableColumn {
  return { name, type: 'int', values, description };
}
