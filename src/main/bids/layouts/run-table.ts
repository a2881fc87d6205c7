import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { FusiformError, type Problem } from '../../../shared/errors.ts';
import { kindOf } from '../../formats/files/look.ts';
import { isMissing, readTable, type Table, type TableRow } from '../../formats/tsv/table.ts';
import type { BidsDataset } from './layout.ts';
import {
  bySubject,
  type LooseRun,
  labelsOf,
  nameRuns,
  plainLabel,
  sidecarBeside,
  stemOf,
  subjectLabel,
} from './loose.ts';

/** What the columns of a table of runs may be called; the first is the name in the guide. */
const columnNames = {
  image: ['image', 'bold', 'nifti', 'file', 'func', 'filename'],
  events: ['events', 'events_file', 'onsets'],
  tR: ['tr', 't_r', 'repetition_time', 'repetitiontime'],
  subject: ['subject', 'sub', 'participant', 'participant_id'],
  session: ['session', 'ses', 'session_id'],
  task: ['task'],
  run: ['run'],
  confounds: ['confounds', 'confounds_file', 'motion', 'nuisance'],
  mask: ['mask', 'mask_file', 'brain_mask'],
} as const;
type Column = keyof typeof columnNames;

/** Names under which a table of runs is found in the root of a study. */
export const runTableNames = ['runs.tsv', 'runs.csv'];

/**
 * Lists the runs of a table: one row a run, `image` and `events` needed. Paths are relative to the table's folder. A
 * row that cannot be used is listed with its line and left out.
 *
 * @throws FusiformError RUN_TABLE_INVALID where a needed column is missing, or no row can be used; and what `readTable`
 *   throws
 */
export async function indexRunTable(path: string): Promise<BidsDataset> {
  const table = await readTable(path);
  const columns = findColumns(table);
  const folder = dirname(resolve(path));
  const problems: Problem[] = [];
  const found: LooseRun[] = [];
  const lines = new Map<string, number>();
  for (const row of table.rows) {
    try {
      const run = await readRow(row, columns, folder, path);
      const earlier = lines.get(run.boldPath);
      if (earlier !== undefined) {
        throw invalid(`The image stands in line ${earlier} already`, path, row.line);
      }
      lines.set(run.boldPath, row.line);
      found.push(run);
    } catch (error) {
      if (!(error instanceof FusiformError)) throw error;
      problems.push(error.toProblem());
    }
  }
  if (found.length === 0) {
    const first = problems.at(0);
    throw invalid(
      first ? `No row can be used: ${first.message}` : 'The table has no rows',
      path,
      first?.line,
    );
  }
  const subjects = bySubject(nameRuns(found), () => ({ masks: [], models: [] }));
  return { root: path, layout: 'plain', name: null, bidsVersion: null, subjects, problems };
}

type Columns = Partial<Record<Column, string>>;

function findColumns(table: Table): Columns {
  const columns: Columns = {};
  for (const [column, names] of Object.entries(columnNames) as [Column, readonly string[]][]) {
    const name = table.columns.find((candidate) => names.includes(candidate.toLowerCase()));
    if (name !== undefined) columns[column] = name;
  }
  for (const needed of ['image', 'events'] as const) {
    if (columns[needed] !== undefined) continue;
    throw invalid(
      `The table of runs has no column "${needed}" (it has ${table.columns.join(', ')})`,
      table.file,
      1,
    );
  }
  return columns;
}

async function readRow(row: TableRow, columns: Columns, folder: string, file: string): Promise<LooseRun> {
  const cell = (column: Column): string | null => {
    const name = columns[column];
    const text = name === undefined ? '' : row.values[name].trim();
    return isMissing(text) ? null : text;
  };
  const path = (column: Column): string | null => {
    const text = cell(column);
    return text === null ? null : isAbsolute(text) ? text : resolve(folder, text);
  };
  const image = path('image');
  if (image === null) throw invalid('The row names no image', file, row.line);
  const below = relative(folder, image).replaceAll('\\', '/');
  const guess = labelsOf(below.startsWith('../') ? '' : below, stemOf(image));
  const label = (column: Column): string | null => {
    const text = cell(column);
    return text === null ? null : plainLabel(text.replace(/^(ses|task|run)-/i, ''));
  };
  const subject = cell('subject');
  const sidecar = await sidecarBeside(image.replace(/\.(nii|img)(\.gz)?$/i, '.json'));
  const tR = cell('tR');
  return {
    labels: {
      subject: subject === null ? guess.subject : subjectLabel(subject),
      session: label('session') ?? (columns.session === undefined ? guess.session : null),
      task: label('task') ?? guess.task,
      run: label('run') ?? (columns.run === undefined ? guess.run : null),
    },
    boldPath: image,
    danglingLink: null,
    version: 'as named',
    space: null,
    eventsPath: await existing(path('events'), 'events', file, row.line),
    confoundsPath: await existing(path('confounds'), 'confounds', file, row.line),
    maskPath: await existing(path('mask'), 'mask', file, row.line),
    metadata: tR === null ? sidecar : { ...sidecar, RepetitionTime: seconds(tR, file, row.line) },
  };
}

async function existing(
  path: string | null,
  column: string,
  file: string,
  line: number,
): Promise<string | null> {
  if (path === null || (await kindOf(path)) === 'file') return path;
  throw invalid(`The file in the column "${column}" is not there (${path})`, file, line);
}

function seconds(text: string, file: string, line: number): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw invalid(`The time between volumes "${text}" is no number of seconds`, file, line);
}

function invalid(message: string, file: string, line?: number): FusiformError {
  return new FusiformError('RUN_TABLE_INVALID', `${message}.`, {
    file,
    ...(line === undefined ? {} : { line }),
  });
}
