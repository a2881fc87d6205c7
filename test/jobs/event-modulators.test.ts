import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventsFromTable } from '../../src/main/bids/events.ts';
import { parseTable } from '../../src/main/formats/tsv/table.ts';
import { buildDesign } from '../../src/main/glm/design.ts';
import { computeRegressor } from '../../src/main/glm/regressor.ts';
import { eventModulators } from '../../src/main/jobs/stages/event-modulators.ts';
import { assertClose } from '../glm/assert-close.ts';

const table = (...rows: string[]) =>
  parseTable(
    ['onset\tduration\ttrial_type\trt\tload', ...rows.map((row) => row.replaceAll(' ', '\t'))].join('\n'),
    'e.tsv',
  );
const events = eventsFromTable(
  table('0 1 face 0.5 1', '8 1 house n/a 2', '16 1 face 1.5 2', '24 1 face 1 6', '32 1 house n/a 4'),
);

test('numeric columns of the events modulate the conditions that have values there', () => {
  const raw = eventModulators(events, ['rt', 'load'], 'raw');
  assert.deepEqual(
    raw.map(({ trialType, names }) => [trialType, ...names]),
    [
      ['face', 'face_x_rt', 'face_x_load'],
      ['house', 'house_x_load'],
    ],
  );
  assert.deepEqual([...raw[0].values.data], [0.5, 1, 1.5, 2, 1, 6]);
  const [centred] = eventModulators(events, ['rt', 'load'], 'centred');
  assert.deepEqual([...centred.values.data], [-0.5, -2, 0.5, -1, 0, 3]);
  const [orthogonal] = eventModulators(events, ['rt', 'load'], 'orthogonal');
  // load less its part of rt: (-2, -1, 3) has product 0.5 with rt's (-0.5, 0.5, 0), of square 0.5.
  assertClose(orthogonal.values.data, [-0.5, -1.5, 0.5, -1.5, 0, 3], 1e-14, 'orthogonal');
});

test('their columns of the design are the conditions weighted by the values', () => {
  const frameTimes = Float64Array.from({ length: 30 }, (_, i) => 2 * i);
  const modulators = eventModulators(events, ['rt'], 'centred');
  for (const convention of ['nilearn', 'spm'] as const) {
    const { names, roles, columns } = buildDesign({
      frameTimes,
      events: events.rows,
      modulators,
      convention,
    });
    const at = names.indexOf('face_x_rt');
    assert.equal(roles[at], 'modulator');
    const face = events.rows.filter(({ trialType }) => trialType === 'face');
    if (convention === 'nilearn') {
      const expected = computeRegressor(face, frameTimes, { amplitudes: [-0.5, 0.5, 0] });
      const column = Array.from({ length: 30 }, (_, t) => columns.data[t * names.length + at]);
      assertClose(column, expected.data, 1e-14, convention);
    }
  }
});

test('a value that is missing beside others, or no number, is named by line', () => {
  const bad = eventsFromTable(table('0 1 face 0.5 1', '8 1 face n/a 2'));
  assert.throws(() => eventModulators(bad, ['rt'], 'raw'), { code: 'EVENTS_BAD_NUMBER', line: 3 });
  const word = eventsFromTable(table('0 1 face slow 1'));
  assert.throws(() => eventModulators(word, ['rt'], 'raw'), { code: 'EVENTS_BAD_NUMBER', line: 2 });
  assert.throws(() => eventModulators(events, ['speed'], 'raw'), { code: 'TABLE_COLUMN_UNKNOWN' });
});
