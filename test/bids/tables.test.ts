import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkEvents, type Events, eventsFromTable } from '../../src/main/bids/events.ts';
import { repetitionTime } from '../../src/main/bids/repetition-time.ts';
import { parseTable } from '../../src/main/formats/tsv/table.ts';

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
