import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { readHeadMotion } from '../../src/main/jobs/quality/head-motion.ts';
import { temporaryFolder } from '../formats/temporary.ts';

/** Half a millimetre along x, then 0.01 rad about z (0.5 mm on the sphere) with 0.2 mm along y. */
const rows = [
  [0, 0, 0, 0, 0, 0],
  [0.5, 0, 0, 0, 0, 0],
  [0.5, 0.2, 0, 0, 0, 0.01],
];
const expected = [Number.NaN, 0.5, 0.7];

function assertMotion(found: Awaited<ReturnType<typeof readHeadMotion>>, source: RegExp): void {
  assert.ok(found !== null);
  assert.match(found.source, source);
  for (const [volume, value] of expected.entries()) {
    assert.ok(
      Object.is(found.displacement[volume], value) || Math.abs(found.displacement[volume] - value) < 1e-12,
    );
  }
}

test('framewise displacement from whatever table there is', async (t) => {
  const folder = await temporaryFolder(t);
  const write = async (name: string, lines: readonly (readonly (string | number)[])[], separator = '\t') => {
    const path = join(folder, name);
    await writeFile(path, `${lines.map((line) => line.join(separator)).join('\n')}\n`);
    return path;
  };
  const names = ['trans_x', 'trans_y', 'trans_z', 'rot_x', 'rot_y', 'rot_z'];
  assertMotion(await readHeadMotion(await write('new.tsv', [names, ...rows]), 3), /trans_x/);
  const old = ['X', 'Y', 'Z', 'RotX', 'RotY', 'RotZ'];
  assertMotion(await readHeadMotion(await write('old.tsv', [old, ...rows]), 3), /RotZ/);
  assertMotion(await readHeadMotion(await write('rp_run.txt', rows, '  '), 3), /trans_x/);
  const rotationsFirst = rows.map(([a, b, c, d, e, f]) => [d, e, f, a, b, c]);
  assertMotion(await readHeadMotion(await write('mc.par', rotationsFirst, '  '), 3), /trans_x/);
  const column = [
    ['framewise_displacement', ...names],
    ...rows.map((row, at) => [at === 0 ? 'n/a' : expected[at], ...row]),
  ];
  assertMotion(await readHeadMotion(await write('fd.tsv', column), 3), /column framewise_displacement/);
  assert.equal(await readHeadMotion(await write('csf.tsv', [['csf'], [1], [2], [3]]), 3), null);
  await assert.rejects(readHeadMotion(await write('short.tsv', [names, ...rows.slice(1)]), 3), {
    code: 'CONFOUNDS_LENGTH',
  });
  const hole = [names, rows[0], [0, 'n/a', 0, 0, 0, 0], rows[2]];
  await assert.rejects(readHeadMotion(await write('hole.tsv', hole), 3), {
    code: 'CONFOUNDS_NOT_FINITE',
    line: 3,
  });
});
