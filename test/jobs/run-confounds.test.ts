import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTable } from '../../src/main/formats/tsv/table.ts';
import { type GlmSettingsInput, glmSettingsSchema } from '../../src/main/jobs/stages/glm-settings.ts';
import { confoundsFromTable } from '../../src/main/jobs/stages/run-confounds.ts';

type Cells = Record<string, readonly (number | string)[]>;

const tableOf = (cells: Cells) => {
  const names = Object.keys(cells);
  const rows = cells[names[0]].map((_, row) => names.map((name) => cells[name][row]).join('\t'));
  return parseTable([names.join('\t'), ...rows].join('\n'), 'c.tsv');
};

const confounds = (
  cells: Cells,
  settings: GlmSettingsInput,
  sidecar: Record<string, unknown> | null = null,
) => {
  const { names, columns, ...rest } = confoundsFromTable(
    tableOf(cells),
    sidecar,
    glmSettingsSchema.parse(settings),
  );
  const column = (name: string) => {
    const at = names.indexOf(name);
    assert.ok(at >= 0, `${name} is not among ${names.join(', ')}`);
    return Array.from({ length: columns.rows }, (_, t) => columns.data[t * columns.cols + at]);
  };
  return { names, column, ...rest };
};

const six = {
  trans_x: [0.5, 1, 3],
  trans_y: [0, 0, 1],
  trans_z: [0, 2, 2],
  rot_x: [0, 0.5, 0.25],
  rot_y: [0, 0, 0.125],
  rot_z: [1, 1, 2],
};

test('the first value of a difference may be missing, no other', () => {
  const cells = {
    trans_x: [0.5, -1e-3],
    trans_x_derivative1: ['n/a', 2],
    framewise_displacement: ['n/a', 3],
  };
  const good = confounds(cells, { confounds: ['trans_x_derivative1', 'trans_x'] });
  assert.deepEqual(good.names, ['trans_x_derivative1', 'trans_x']);
  assert.deepEqual(
    [good.column('trans_x_derivative1'), good.column('trans_x')],
    [
      [0, 2],
      [0.5, -0.001],
    ],
  );
  assert.deepEqual(
    good.problems.map(({ code, line }) => [code, line]),
    [['CONFOUNDS_FIRST_ROW', 2]],
  );
  const mean = confounds(
    { d_derivative1: ['n/a', 1, 3] },
    { confounds: ['d_derivative1'], missingConfounds: 'mean' },
  );
  assert.deepEqual(mean.column('d_derivative1'), [2, 1, 3]);

  const fault = (table: Cells, line: number, settings: GlmSettingsInput = {}): void => {
    assert.throws(() => confounds(table, { confounds: Object.keys(table), ...settings }), {
      code: 'CONFOUNDS_NOT_FINITE',
      line,
    });
  };
  fault({ trans_x_derivative1: [1, 'n/a'] }, 3);
  fault({ trans_x: ['n/a', 1] }, 2);
  fault({ trans_x: [1, 'what'] }, 3);
  fault({ trans_x: [1, 'Infinity'] }, 3, { missingConfounds: 'censor' });
  fault({ trans_x: ['n/a', 'n/a'] }, 2, { missingConfounds: 'censor' });
});

test('a volume with an unknown confound may be left out of the model instead', () => {
  const { names, column, censored, problems } = confounds(
    { csf: [1, 'n/a', 3, 5], d_derivative1: ['n/a', 4, 4, 4] },
    { confounds: ['csf', 'd_derivative1'], missingConfounds: 'censor' },
  );
  assert.deepEqual(names, ['csf', 'd_derivative1', 'censored_1']);
  assert.deepEqual(column('csf'), [1, 3, 3, 5]);
  assert.deepEqual(column('d_derivative1'), [4, 4, 4, 4]);
  assert.deepEqual(column('censored_1'), [0, 1, 0, 0]);
  assert.deepEqual(censored, [1]);
  assert.ok(problems.some(({ code }) => code === 'VOLUMES_CENSORED'));
});

test('motion: six, with their changes, with squares; as the table has them or computed', () => {
  assert.deepEqual(confounds(six, { motion: 6 }).names, Object.keys(six));
  const twelve = confounds(six, { motion: 12 });
  assert.equal(twelve.names.length, 12);
  assert.deepEqual(twelve.column('trans_x_derivative1'), [0, 0.5, 2]);
  assert.deepEqual(
    twelve.problems.map(({ code, details }) => [code, (details as { columns: string[] }).columns.length]),
    [['CONFOUNDS_FIRST_ROW', 6]],
  );

  const full = confounds(six, { motion: 24 });
  assert.equal(full.names.length, 24);
  assert.deepEqual(full.column('trans_x_power2'), [0.25, 1, 9]);
  assert.deepEqual(full.column('trans_x_derivative1_power2'), [0, 0.25, 4]);

  const shifted = confounds(six, { motion: 24, motionModel: 'shifts' });
  assert.deepEqual(shifted.column('trans_x_shift1'), [0.5, 0.5, 1]);
  assert.deepEqual(shifted.column('trans_x_shift1_power2'), [0.25, 0.25, 1]);
  assert.deepEqual(shifted.problems, []);

  const derivatives = Object.fromEntries(
    Object.keys(six).map((name) => [`${name}_derivative1`, ['n/a', 7, 8]]),
  );
  const given = confounds({ ...six, ...derivatives }, { motion: 24, confounds: ['trans_x'] });
  assert.equal(given.names.length, 24, 'a column that is asked for twice stands once');
  assert.deepEqual(given.column('trans_x_derivative1'), [0, 7, 8]);
  assert.deepEqual(given.column('trans_x_derivative1_power2'), [0, 49, 64]);
});

test('columns by pattern, and under the names of old', () => {
  const old = { X: [1, 2], Y: [0, 1], Z: [0, 3], RotX: [0, 1], RotY: [0, 1], RotZ: [0, 1] };
  const more = { aCompCor01: [1, 2], aCompCor00: [3, 4], Cosine00: [1, -1], GlobalSignal: [5, 6] };
  const cells = { ...old, ...more };
  assert.deepEqual(confounds(cells, { motion: 6 }).column('trans_z'), [0, 3]);
  assert.deepEqual(confounds(cells, { confounds: ['global_signal', 'cosine*', 'a_comp_cor_*'] }).names, [
    'GlobalSignal',
    'Cosine00',
    'aCompCor01',
    'aCompCor00',
  ]);
  for (const wanted of ['white_matter', 'w_comp_cor_*']) {
    assert.throws(() => confounds(cells, { confounds: [wanted] }), { code: 'TABLE_COLUMN_UNKNOWN' });
  }
});

test('CompCor: the first components of a mask, told apart by name or by the sidecar', () => {
  const component = (value: number) => [value, -value];
  const before21 = {
    a_comp_cor_00: component(0),
    a_comp_cor_01: component(1),
    a_comp_cor_02: component(2),
    a_comp_cor_03: component(3),
    t_comp_cor_00: component(4),
  };
  const sidecar = {
    a_comp_cor_00: { Mask: 'CSF' },
    a_comp_cor_01: { Mask: 'CSF' },
    a_comp_cor_02: { Mask: 'WM' },
    a_comp_cor_03: { Mask: 'combined' },
  };
  const of = (compCorMask: GlmSettingsInput['compCorMask'], compCor = 1) =>
    confounds(before21, { compCor, compCorMask }, sidecar).names;
  assert.deepEqual(of('csf', 2), ['a_comp_cor_00', 'a_comp_cor_01']);
  assert.deepEqual(of('white-matter'), ['a_comp_cor_02']);
  assert.deepEqual(of('combined'), ['a_comp_cor_03']);
  assert.deepEqual(of('csf-and-white-matter'), ['a_comp_cor_00', 'a_comp_cor_02']);
  assert.deepEqual(of('temporal'), ['t_comp_cor_00']);
  assert.throws(() => of('white-matter', 2), { code: 'CONFOUNDS_COMPCOR', message: /1 components/ });

  const since21 = { ...before21, w_comp_cor_00: component(5), c_comp_cor_00: component(6) };
  const named = confounds(since21, { compCor: 1, compCorMask: 'csf-and-white-matter' });
  assert.deepEqual(named.names, ['c_comp_cor_00', 'w_comp_cor_00']);
});

test('volumes above a threshold, or marked by fMRIPrep, get a column each; neighbours and short stretches too', () => {
  const cells = {
    framewise_displacement: ['n/a', 0.1, 0.9, 0.1, 0.1, 0.2, 0.1, 0.6, 0.1, 0.1],
    std_dvars: ['n/a', 1, 1, 1, 1, 1, 1, 1, 1, 2],
    motion_outlier00: [0, 0, 0, 0, 1, 0, 0, 0, 0, 0],
    non_steady_state_outlier00: [1, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  };
  const of = (censor: GlmSettingsInput['censor']) => confounds(cells, { censor }).censored;
  assert.deepEqual(of({ framewiseDisplacement: 0.5 }), [2, 7]);
  assert.deepEqual(of({ framewiseDisplacement: 0.5, stdDvars: 1.5 }), [2, 7, 9]);
  assert.deepEqual(of({ outlierColumns: true }), [0, 4]);
  assert.deepEqual(of({ framewiseDisplacement: 0.5, before: 1, after: 2 }), [1, 2, 3, 4, 6, 7, 8, 9]);
  assert.deepEqual(of({ framewiseDisplacement: 0.5, shortest: 3 }), [0, 1, 2, 7, 8, 9]);
  assert.deepEqual(of({}), []);
  const { names, column } = confounds(cells, { censor: { framewiseDisplacement: 0.5 } });
  assert.deepEqual(names, ['censored_2', 'censored_7']);
  assert.deepEqual(column('censored_7'), [0, 0, 0, 0, 0, 0, 0, 1, 0, 0]);
  // Without the column it is computed: 2 + 0.5 mm at the second volume, more at the third.
  const moved = { ...six, rot_x: [0, 0.01, 0.01], rot_z: [1, 1, 1], rot_y: [0, 0, 0] };
  assert.deepEqual(confounds(moved, { censor: { framewiseDisplacement: 2.9 } }).censored, [1, 2]);
  assert.deepEqual(confounds(moved, { censor: { framewiseDisplacement: 3.1 } }).censored, []);
  assert.throws(() => confounds({ csf: [1, 2] }, { censor: { stdDvars: 1 } }), {
    code: 'TABLE_COLUMN_UNKNOWN',
  });
});
