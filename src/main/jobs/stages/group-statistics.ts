import { join } from 'node:path';
import { z } from 'zod';
import type { GroupResult } from '../../../shared/group.ts';
import { groupRows } from '../../decoding/group/rows.ts';
import { columnsOf, type SubjectEvaluation } from '../../decoding/group/scores-of.ts';
import { groupTests } from '../../decoding/group/tests.ts';
import { readJsonFile, writeJsonFile } from '../../formats/json/json.ts';
import { tableFormats, writeTable } from '../../formats/table/write.ts';
import { chanceColumns, friedmanColumns, subjectColumns, summaryColumns } from '../group/tables.ts';
import { defineStage } from '../stage.ts';
import { readEvaluation } from './evaluate.ts';

const parameters = z.strictObject({
  /** Name of the study. */
  name: z.string(),
  /** In the order of the table; also those of which nothing came out. */
  subjects: z.array(z.string()).min(1),
  /** Each with the input that holds it. */
  evaluations: z
    .array(z.strictObject({ input: z.string(), subject: z.string(), decoder: z.string() }))
    .min(1),
  leftOut: z.array(
    z.strictObject({ subject: z.string(), step: z.string(), code: z.string(), message: z.string() }),
  ),
});

/** The files of a group's results; each table is there as TSV and as Parquet. */
export const groupFiles = {
  result: 'group.json',
  subjects: 'subjects',
  summary: 'summary',
  chance: 'chance-tests',
  friedman: 'friedman-tests',
} as const;

/** Evaluations of subjects (inputs as `evaluations` names them) -> the published table subject by subject, and group statistics. */
export const groupStatisticsStage = defineStage({
  name: 'group-statistics',
  version: 1,
  parameters,
  async run({ name, subjects, evaluations: wanted, leftOut }, { inputs, outDir, signal, report }) {
    const evaluations: SubjectEvaluation[] = [];
    for (const { input, subject, decoder } of wanted) {
      signal.throwIfAborted();
      evaluations.push({ subject, decoder, evaluation: await readEvaluation(inputs[input]) });
      report({ done: evaluations.length, total: wanted.length, unit: 'evaluations' });
    }
    const result: GroupResult = {
      name,
      subjects,
      columns: columnsOf(evaluations),
      rows: groupRows(evaluations, subjects),
      ...groupTests(evaluations),
      leftOut,
    };
    await writeJsonFile(join(outDir, groupFiles.result), result);
    const formats = tableFormats(true);
    await writeTable(join(outDir, groupFiles.subjects), subjectColumns(result), formats);
    await writeTable(join(outDir, groupFiles.summary), summaryColumns(result), formats);
    await writeTable(join(outDir, groupFiles.chance), chanceColumns(result), formats);
    await writeTable(join(outDir, groupFiles.friedman), friedmanColumns(result), formats);
    const [first] = result.rows;
    return {
      summary: {
        subjects: new Set(wanted.map(({ subject }) => subject)).size,
        models: new Set(result.columns.map(({ model }) => model)).size,
        scores: result.rows.reduce((sum, { cells }) => sum + cells.reduce((all, { n }) => all + n, 0), 0),
        pairwise: Object.fromEntries(
          first.cells.map(({ model, decoder, mean }) => [`${model}/${decoder}`, mean]),
        ),
      },
    };
  },
});

export async function readGroup(folder: string): Promise<GroupResult> {
  // Written by this stage and named by its contents' hash: what is there is what was written.
  return (await readJsonFile(join(folder, groupFiles.result))) as GroupResult;
}
