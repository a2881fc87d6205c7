import type { GroupColumn, GroupResult } from '../../../shared/group.ts';
import { columnName, isWithout } from '../../decoding/group/scores-of.ts';
import { html } from '../../formats/html/html.ts';
import { readGroup } from '../../jobs/stages/group-statistics.ts';
import { lineageOf } from '../../store/lineage.ts';
import { outdatedEntries, staleEntries } from '../staleness.ts';
import { publishedText, range } from '../study/study-text.ts';
import type { Workspace } from '../workspace.ts';
import {
  type Block,
  figureBlock,
  heading,
  missing,
  note,
  numberColumn,
  type Report,
  type Section,
  show,
  tableBlock,
  text,
  textColumn,
} from './document.ts';
import { type RegionPoint, regionsChart } from './figures/regions.ts';
import { gatherSubject, modelTitle, type SubjectResults } from './gather.ts';
import { examplesTable } from './sections/gallery.ts';
import { methodsSection } from './sections/methods.ts';
import { modelsSection } from './sections/models.ts';
import { citationSection, problemsSection, provenanceSection } from './sections/provenance.ts';
import { describePoints } from './sections/scores.ts';
import { staleWarnings } from './subject-report.ts';

export interface StudyReportOptions {
  /** Folder of a subject's own report, as seen from this one; default: none. */
  readonly linkOf?: (subject: string) => string;
}

/**
 * The subjects of a study side by side, and what they say together, as a report.
 *
 * @param name of the study, as `study run` was told it
 * @throws FusiformError NAME_UNKNOWN where no study of this name was run
 */
export async function studyReport(
  workspace: Workspace,
  name: string,
  { linkOf }: StudyReportOptions = {},
): Promise<Report> {
  const entry = workspace.entry('group', name);
  const group = await readGroup(entry.path);
  const jobs = lineageOf(workspace.store.sql, [entry.key]);
  const subjects = await evaluatedSubjects(workspace, group);
  const stale = [...new Set([...staleEntries(workspace), ...outdatedEntries(workspace)])].filter(
    (one) => one === `group ${name}`,
  );
  const titles = titlesOf(group);
  return {
    title: `Study "${name}": faces decoded from fMRI patterns of ${group.subjects.length} subjects`,
    lead: leadOf(group, titles),
    warnings: staleWarnings(stale),
    attachments: [],
    sections: [
      tableSection(group, titles),
      subjectsSection(group, titles, subjects, linkOf),
      regionsSection(group, titles),
      testsSection(group, titles),
      await facesSection(subjects),
      await modelsSection(
        workspace,
        group.columns.map((column, at) => ({ model: column.model, title: titles[at] })),
      ),
      methodsSection(jobs),
      problemsSection(
        jobs,
        group.leftOut.map(({ subject, step, code, message }) => ({
          what: `${subject}: ${step}`,
          code,
          message,
        })),
      ),
      provenanceSection(jobs),
      citationSection(subjects.map(({ source }) => source)),
    ],
  };
}

async function evaluatedSubjects(
  workspace: Workspace,
  { subjects, rows }: GroupResult,
): Promise<SubjectResults[]> {
  const evaluated = subjects.filter((_, at) =>
    rows.some(({ cells }) => cells.some(({ values }) => values[at] !== null)),
  );
  const found: SubjectResults[] = [];
  for (const subject of evaluated) found.push(await gatherSubject(workspace, subject));
  return found;
}

function titlesOf({ columns }: GroupResult): string[] {
  return columns.map(({ model, kind, decoder }) =>
    modelTitle({ name: model, kind, latentDim: 0, imageSize: 0 }, decoder),
  );
}

function leadOf({ rows, leftOut, subjects }: GroupResult, titles: readonly string[]): string {
  const [first] = rows;
  const scores = first.cells.map(
    (cell, at) =>
      `${titles[at]}: ${show(cell.mean, 'percent')} pairwise identification, mean over ${cell.n} subjects (${range(cell)}; chance 50 %).`,
  );
  const absent = new Set(leftOut.map(({ subject }) => subject)).size;
  return `${scores.join(' ')}${absent > 0 ? ` ${absent} of ${subjects.length} subjects are not whole; see Problems and warnings.` : ''}`;
}

/** The published table, a latent model and decoder after the other. */
function tableSection({ rows, subjects, columns }: GroupResult, titles: readonly string[]): Section {
  const tables = columns.map((column, at) => {
    const own = rows.filter(({ cells }) => cells[at].n > 0);
    const hasPublished = own.some(({ cells }) => cells[at].published !== null);
    return tableBlock({
      name: `table-${column.model}-${column.decoder}`,
      caption: `${titles[at]}: subject by subject, mean and range over subjects${hasPublished ? ', beside the published mean and range' : ''}.`,
      columns: [
        textColumn(own, 'row', 'score', ({ label }) => label),
        ...subjects.map((subject, one) =>
          numberColumn(own, `sub-${subject}`, subject, 'percent', ({ cells }) => cells[at].values[one]),
        ),
        numberColumn(own, 'mean', 'mean', 'percent', ({ cells }) => cells[at].mean),
        textColumn(own, 'range', 'range', ({ cells }) => range(cells[at])),
        numberColumn(own, 'chance', 'chance', 'percent', ({ chance }) => chance),
        ...(hasPublished
          ? [textColumn(own, 'published', 'published', ({ cells }) => publishedText(cells[at]) || null)]
          : []),
      ],
    });
  });
  return {
    id: 'table',
    heading: 'The published table, subject by subject',
    blocks: [
      ...tables,
      note(
        'Published: VanRullen & Reddy (2019), doi 10.1038/s42003-019-0438-y, four subjects, 1024 latents, pictures of 128 x 128. Their human ratings have no counterpart here.',
      ),
    ],
  };
}

function subjectsSection(
  { subjects, leftOut }: GroupResult,
  titles: readonly string[],
  results: readonly SubjectResults[],
  linkOf: StudyReportOptions['linkOf'],
): Section {
  const points = results.flatMap(({ subject, models }) =>
    models
      .filter(({ title }) => titles.includes(title))
      .flatMap(({ title, evaluation }): RegionPoint[] => {
        const { value, lower, upper } = evaluation.regions[0].pairwise;
        return value === null
          ? []
          : [{ region: subject, name: title, value, lower: lower ?? null, upper: upper ?? null }];
      }),
  );
  const links: Block[] =
    linkOf === undefined
      ? []
      : [
          {
            kind: 'markup',
            markup: html`<p>Reports of the subjects: ${results.map(({ subject }, at) => html`${at > 0 ? ', ' : ''}<a href="${linkOf(subject)}">${subject}</a>`)}.</p>\n`,
          },
        ];
  return {
    id: 'subjects',
    heading: 'Subjects',
    blocks: [
      tableBlock({
        name: 'subjects',
        caption: 'What each subject contributed.',
        columns: [
          textColumn(results, 'subject', 'subject', ({ subject }) => subject),
          numberColumn(results, 'runs', 'runs', 'count', ({ index }) => index.runs.length),
          numberColumn(results, 'volumes', 'volumes', 'count', ({ index }) =>
            index.runs.reduce((sum, run) => sum + run.nVolumes, 0),
          ),
          numberColumn(
            results,
            'training_faces',
            'training faces',
            'count',
            ({ index }) => index.trainFaces.length,
          ),
          numberColumn(
            results,
            'test_faces',
            'test faces',
            'count',
            ({ models }) => models[0].evaluation.nTestFaces,
          ),
          textColumn(results, 'imagery', 'imagery', ({ models }) =>
            models.some(({ evaluation }) => evaluation.regions.some(({ imagery }) => imagery !== null))
              ? 'yes'
              : 'no',
          ),
        ],
      }),
      ...subjects
        .filter((subject) => !results.some((result) => result.subject === subject))
        .map((subject) =>
          missing(
            `subject ${subject}: ${leftOut.find((one) => one.subject === subject)?.message ?? 'nothing of it was evaluated.'}`,
          ),
        ),
      ...links,
      figureBlock({
        name: 'identification-by-subject',
        caption:
          'Pairwise identification of each subject, all selected voxels, with 95 % bootstrap intervals over faces. Dashed: chance.',
        alt: `Pairwise identification by subject. ${describePoints(points)}`,
        drawing: regionsChart(points, 0.5, 'pairwise identification'),
      }),
    ],
  };
}

function regionsSection({ rows, columns }: GroupResult, titles: readonly string[]): Section {
  const pointsOf = (measure: string): RegionPoint[] =>
    rows
      .filter((row) => row.measure === measure && !isWithout(row.region))
      .flatMap(({ region, cells }) =>
        columns.flatMap((_, at): RegionPoint[] => {
          const { mean, min, max } = cells[at];
          return mean === null ? [] : [{ region, name: titles[at], value: mean, lower: min, upper: max }];
        }),
      );
  const figures = (
    [
      ['pairwise', 'Pairwise identification', 'pairwise identification'],
      ['genderPublished', 'Gender read from decoded codes', 'correct'],
      ['imagery', 'Imagery', 'candidates beaten'],
    ] as const
  ).map(([measure, what, axis]): Block => {
    const points = pointsOf(measure);
    if (points.length === 0) return missing(`${what.toLowerCase()} by region: no subject has a score.`);
    return figureBlock({
      name: `regions-${measure}`,
      caption: `${what} by region: mean over subjects, and their range. Dashed: chance.`,
      alt: `${what} by region. ${describePoints(points)}`,
      drawing: regionsChart(points, 0.5, axis),
    });
  });
  return { id: 'regions', heading: 'Regions', blocks: figures };
}

function testsSection(group: GroupResult, titles: readonly string[]): Section {
  const { chance, friedman, notes, columns } = group;
  const titleOf = (column: Pick<GroupColumn, 'model' | 'decoder'>) =>
    titles[columns.findIndex((one) => columnName(one) === columnName(column))] ?? columnName(column);
  const pairs = friedman.flatMap((test) => test.pairs.map((pair) => ({ ...test, ...pair })));
  return {
    id: 'tests',
    heading: 'Statistics over subjects',
    blocks: [
      heading('All subjects together against chance'),
      text(
        'Pairwise identification and imagery: the ranks of all subjects are summed and compared with the exact distribution of as many uniform ranks. Full identification and gender: binomial tests over all faces of all subjects. One-sided. q: adjusted for the false discovery rate over the tests of one score (Benjamini & Hochberg 1995).',
      ),
      tableBlock({
        name: 'chance-tests',
        caption: 'All subjects together against chance.',
        columns: [
          textColumn(chance, 'measure', 'score', ({ measure }) => measure),
          textColumn(chance, 'region', 'region', ({ region }) => region),
          textColumn(chance, 'model', 'model', titleOf),
          numberColumn(chance, 'subjects', 'subjects', 'count', ({ nSubjects }) => nSubjects),
          numberColumn(chance, 'n', 'faces', 'count', ({ n }) => n),
          numberColumn(chance, 'value', 'mean', 'percent', ({ value }) => value),
          numberColumn(chance, 'p', 'p', 'p', ({ p }) => p),
          numberColumn(chance, 'q', 'q', 'p', ({ fdrP }) => fdrP),
          textColumn(chance, 'test', 'definition', ({ test }) => test),
        ],
      }),
      heading('Between models, regions and decoders'),
      ...(pairs.length === 0
        ? [missing('Friedman tests: fewer than two subjects have all conditions.')]
        : [
            text(
              "Friedman's test over the subjects that have all conditions: chi-square approximation as published, and the exact permutation within subjects, which few subjects call for. Pairs: Nemenyi's test, and exact signed-rank tests with Holm's adjustment.",
            ),
            tableBlock({
              name: 'friedman-tests',
              caption: 'Between conditions over subjects, a row a pair of conditions.',
              columns: [
                textColumn(pairs, 'over', 'over', ({ over }) => over),
                textColumn(pairs, 'measure', 'score', ({ measure }) => measure),
                textColumn(pairs, 'within', 'within', ({ within }) => within),
                numberColumn(pairs, 'subjects', 'subjects', 'count', ({ nSubjects }) => nSubjects),
                numberColumn(pairs, 'chi2', 'chi2', 'decimal', ({ statistic }) => statistic),
                numberColumn(pairs, 'p', 'p', 'p', ({ p }) => p),
                numberColumn(pairs, 'p_permutation', 'p, permuted', 'p', ({ permutationP }) => permutationP),
                textColumn(pairs, 'pair', 'pair', ({ first, second }) => `${first} / ${second}`),
                numberColumn(pairs, 'p_nemenyi', 'Nemenyi', 'p', ({ nemenyiP }) => nemenyiP),
                numberColumn(pairs, 'p_wilcoxon', 'Wilcoxon', 'p', ({ wilcoxonP }) => wilcoxonP),
              ],
            }),
          ]),
      ...notes.map(note),
    ],
  };
}

/** Test faces of each subject that are shown here; the subjects' own reports show all. */
const facesShown = 4;

async function facesSection(subjects: readonly SubjectResults[]): Promise<Section> {
  const blocks: Block[] = [
    text(
      `The first ${facesShown} test faces of each subject in the order of the study, not chosen by their scores. The report of a subject shows all of them.`,
    ),
  ];
  for (const results of subjects) {
    blocks.push(heading(`Subject ${results.subject}`), {
      kind: 'markup',
      markup: await examplesTable(results, facesShown),
    });
  }
  return { id: 'faces', heading: 'Faces decoded from the brain', blocks };
}
