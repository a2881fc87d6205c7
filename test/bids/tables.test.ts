import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { motionColumns } from '../../src/main/bids/confounds.ts';
import { readConfoundsTable } from '../../src/main/bids/confounds-table.ts';
import { checkEvents, type Events, eventsFromTable, overlappingEvents } from '../../src/main/bids/events.ts';
import { repetitionTime, repetitionTimeNotes } from '../../src/main/bids/repetition-time.ts';
import { parseTable } from '../../src/main/formats/tsv/table.ts';
import { temporaryFolder } from '../formats/temporary.ts';
import { writeTree } from './write-tree.ts';

const lines = (...rows: string[]): string => `${rows.join('\n').replaceAll(' | ', '\t')}\n`;
const events = (...rows: string[]): Events => eventsFromTable(parseTable(lines(...rows), 'e.tsv'));

test('events by the names of the files and by those of the README', () => {
  for (const header of [
    'onset | duration | trial_type | stim_file | oneback',
    'onset | duration | trial_type | stimulus | one_back',
  ]) {
    const { rows } = events(
      header,
      '1.5 | 1 | face   | a/F1.jpg | 0',
      '-3 | 0 | Fix | n/a | n/a',
      '9 | 1 | face | a/F1.jpg | 1',
    );
    assert.deepEqual(
      rows.map(({ line, onset, trialType, stimFile, oneback }) => [
        line,
        onset,
        trialType,
        stimFile,
        oneback,
      ]),
      [
        [3, -3, 'Fix', null, false],
        [2, 1.5, 'face', 'a/F1.jpg', false],
        [4, 9, 'face', 'a/F1.jpg', true],
      ],
    );
  }
});

test('events need onset and duration alone, and keep what else there is', () => {
  const { rows, problems } = events('duration | onset | response_time', '2 | 1e1 | 0.4');
  assert.deepEqual(problems, []);
  assert.deepEqual(rows, [
    {
      line: 2,
      onset: 10,
      duration: 2,
      trialType: 'dummy',
      stimFile: null,
      oneback: false,
      extra: { response_time: '0.4' },
    },
  ]);
  assert.throws(() => events('onset | trial_type', '1 | a'), { code: 'TABLE_COLUMN_UNKNOWN' });
});

test('events out of order are sorted, and it is said', () => {
  const { rows, problems } = events('onset | duration', '5 | 1', '9 | 1', '7 | 1');
  assert.deepEqual(
    rows.map(({ onset }) => onset),
    [5, 7, 9],
  );
  assert.deepEqual(
    problems.map(({ code, line }) => [code, line]),
    [['EVENTS_UNSORTED', 4]],
  );
});

test('a number that is none names its line', () => {
  for (const row of [
    'n/a | 1',
    'x | 1',
    '1,5 | 1',
    '0x10 | 1',
    'Infinity | 1',
    '1e999 | 1',
    '1 | ',
    '1 | -2',
    '1 | n/a',
  ]) {
    assert.throws(
      () => events('onset | duration', '0 | 1', row),
      { code: 'EVENTS_BAD_NUMBER', line: 3, file: 'e.tsv' },
      row,
    );
  }
  assert.throws(() => events('onset | duration | oneback', '0 | 1 | 2'), {
    code: 'EVENTS_BAD_NUMBER',
    line: 2,
  });
});

test('events at or after the end of the run are found', () => {
  const problems = checkEvents(events('onset | duration', '0 | 1', '19.9 | 9', '20 | 1', '100 | 1'), {
    nVolumes: 10,
    tR: 2,
  });
  assert.deepEqual(
    problems.map(({ code, line, file }) => [code, line, file]),
    [
      ['EVENTS_BEYOND_RUN', 4, 'e.tsv'],
      ['EVENTS_BEYOND_RUN', 5, 'e.tsv'],
    ],
  );
  assert.match(problems[0].message, /20 s.*ends at 20 s \(10 volumes of 2 s\)/);
});

test('the time between volumes: sidecar, then header, in plausible agreement', () => {
  const tR = (sidecar: unknown, header: number | null, time = 'sec'): number =>
    repetitionTime({
      metadata: sidecar === undefined ? {} : { RepetitionTime: sidecar },
      header: { tR: header, units: { time } },
      file: 'b.nii.gz',
    });
  const refuse = (sidecar: unknown, header: number | null, message: RegExp): void => {
    assert.throws(() => tR(sidecar, header), { code: 'BIDS_TR_INVALID', file: 'b.nii.gz', message });
  };
  assert.equal(tR(2, null), 2);
  assert.equal(tR(0.8, Math.fround(0.8)), 0.8);
  assert.equal(tR(undefined, 2.5), 2.5);
  assert.equal(tR(2, 1, 'unknown'), 2);
  refuse(2, 3, /2 s.*3 s/);
  refuse(2000, null, /milliseconds/);
  refuse(undefined, 2000, /milliseconds/);
  refuse(0, null, /cannot be/);
  refuse(-1, null, /cannot be/);
  refuse('2', null, /not a number/);
  refuse(undefined, null, /neither/);
});

test('every unusual event has a policy, and its line is named', () => {
  const { rows, problems } = events(
    'onset | duration | trial_type | stim_file',
    '-6 | 1 | face | a.jpg',
    '2 | 0 | face | b.jpg',
    '4 | 1 | n/a | c.jpg',
    '4 | 1 |  | c.jpg',
    '8 | 2 | face | d.jpg',
    '8 | 2 | face | d.jpg',
    '8 | 2 | face | e.jpg',
  );
  assert.deepEqual(
    problems.map(({ code, line }) => [code, line]),
    [
      ['EVENTS_NO_TYPE', 4],
      ['EVENTS_NEGATIVE', 2],
      ['EVENTS_TWICE', 7],
    ],
  );
  assert.deepEqual(
    rows.map(({ onset, duration }) => [onset, duration]),
    [
      [-6, 1],
      [2, 0],
      [8, 2],
      [8, 2],
      [8, 2],
    ],
  );
});

test('events long before the run are refused, and milliseconds are suspected', () => {
  const run = { nVolumes: 10, tR: 2 };
  const early = events('onset | duration', '-24 | 1', '-24.1 | 1', '3 | 1');
  assert.deepEqual(
    checkEvents(early, run).map(({ code, line }) => [code, line]),
    [['EVENTS_BEFORE_RUN', 3]],
  );
  const [first] = checkEvents(events('onset | duration', '0 | 1', '6000 | 1000', '19000 | 1000'), run);
  assert.deepEqual([first.code, first.line], ['EVENTS_BEYOND_RUN', 3]);
  assert.match(first.message, /milliseconds\?/);
});

test('overlap is listed once with all its lines; a rounded log is none', () => {
  const overlap = (...rows: string[]) =>
    overlappingEvents(events('onset | duration | trial_type', ...rows)).map(({ line, details }) => [
      line,
      details?.lines,
    ]);
  assert.deepEqual(overlap('0 | 10 | block', '2 | 1 | a', '4 | 1 | b', '10 | 1 | c'), [[3, [3, 4]]]);
  assert.deepEqual(overlap('6 | 12.01 | Img', '18 | 1 | Fix', '19 | 1 | Fix'), []);
});

test('columns by the names of labs’ logs, or as they are named', () => {
  const table = parseTable(
    lines('Onset | Dur | Condition | Image | Repeat | trial_type', '1 | 2 | face | a.png | 1 | x'),
    'e.tsv',
  );
  const [row] = eventsFromTable(
    parseTable(lines('Onset | Dur | Condition | Image | Repeat', '1 | 2 | face | a.png | 1'), 'e'),
  ).rows;
  assert.deepEqual(
    [row.onset, row.duration, row.trialType, row.stimFile, row.oneback],
    [1, 2, 'face', 'a.png', true],
  );
  const named = { onset: 'Onset', duration: 'Dur', trialType: 'Condition', stimFile: null, oneback: null };
  const [other] = eventsFromTable(table, named).rows;
  assert.deepEqual([other.trialType, other.stimFile, other.oneback], ['face', null, false]);
  assert.throws(() => eventsFromTable(table, { ...named, trialType: 'kind' }), {
    code: 'TABLE_COLUMN_UNKNOWN',
    message: /"kind"/,
  });
});

test('a header in milliseconds that calls them seconds is understood by its sidecar, and noted', () => {
  const sources = {
    metadata: { RepetitionTime: 2 },
    header: { tR: 2000, units: { time: 'sec' } },
    file: 'b.nii',
  };
  assert.equal(repetitionTime(sources), 2);
  assert.deepEqual(
    repetitionTimeNotes(sources).map(({ code, file }) => [code, file]),
    [['BIDS_TR_UNIT', 'b.nii']],
  );
  assert.deepEqual(repetitionTimeNotes({ ...sources, header: { ...sources.header, tR: 2 } }), []);
});

test('motion of SPM and FSL comes under fMRIPrep’s names', async (t) => {
  const folder = await writeTree(await temporaryFolder(t), {
    'rp_arun.txt': '  1.0e+00  2  3  0.1  0.2  0.3\r\n  4  5  6  0.4  0.5  0.6\r\n',
    'run.par': '0.1 0.2 0.3  1 2 3\n',
    'wide.txt': '1,2,3,4,5,6,7\n',
    'ragged.txt': '1 2 3 4 5 6\n1 2 3\n',
    'words.txt': 'global_signal drift\n1 2\n'.replaceAll(' ', '\t'),
  });
  const values = async (file: string, ...columns: string[]) => {
    const { rows } = await readConfoundsTable(join(folder, file));
    return rows.flatMap((row) => columns.map((column) => Number(row.values[column])));
  };
  assert.deepEqual(
    await values('rp_arun.txt', ...motionColumns),
    [1, 2, 3, 0.1, 0.2, 0.3, 4, 5, 6, 0.4, 0.5, 0.6],
  );
  assert.deepEqual(await values('run.par', ...motionColumns), [1, 2, 3, 0.1, 0.2, 0.3]);
  assert.deepEqual(await values('wide.txt', 'confound_07'), [7]);
  assert.deepEqual(await values('words.txt', 'drift'), [2]);
  await assert.rejects(values('ragged.txt', 'trans_x'), { code: 'TABLE_ROW_RAGGED', line: 2 });
});
