import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { computeContrast, tStatistics, zStatistics } from '../../src/main/glm/contrast.ts';
import { parseContrast } from '../../src/main/glm/contrast-expression.ts';
import { buildDesign } from '../../src/main/glm/design.ts';
import { fixedEffects } from '../../src/main/glm/fixed-effects.ts';
import { fitRun } from '../../src/main/glm/ols.ts';
import { assertClose } from './assert-close.ts';

const folder = join(import.meta.dirname, '../../../shared/data/haxby2001/bids-1slice/sub-01/func');
const skip = existsSync(folder) ? false : 'the Haxby data are absent';

interface Reference {
  voxels: number[];
  effect: number[];
  variance: number[];
  t: number[];
  z: number[];
  dof: number;
}

test("real scans: the fixed effect of faces against houses over two runs equals nilearn's", { skip }, () => {
  // Made with nilearn's source; the file says how.
  const reference: Reference = JSON.parse(
    readFileSync(join(import.meta.dirname, '../fixtures/glm/haxby-two-runs.json'), 'utf8'),
  );
  const nTime = 121;
  const nVoxels = 800;
  const contrasts = ['01', '02'].map((run) => {
    const file = join(folder, `sub-01_task-objectviewing_run-${run}`);
    // Plain int16 after a header of 352 bytes.
    const scans = gunzipSync(readFileSync(`${file}_bold.nii.gz`)).subarray(352);
    const y = Float32Array.from({ length: nTime * nVoxels }, (_, i) => scans.readInt16LE(2 * i));
    const rows = readFileSync(`${file}_events.tsv`, 'utf8').trim().split('\n').slice(1);
    const events = rows.map((row) => {
      const [onset, duration, trialType] = row.split('\t');
      return { onset: Number(onset), duration: Number(duration), trialType };
    });
    const design = buildDesign({
      frameTimes: Float64Array.from({ length: nTime }, (_, i) => 2.5 * i),
      events,
    });
    const contrast = computeContrast(fitRun(design, y, nVoxels), parseContrast('face - house', design.names));
    assert.ok([...tStatistics(contrast), ...zStatistics(contrast)].every(Number.isFinite));
    return contrast;
  });
  const fixed = fixedEffects(contrasts);
  const chosen = (values: Float64Array) => reference.voxels.map((voxel) => values[voxel]);
  assert.equal(fixed.dof, reference.dof);
  assertClose(chosen(fixed.effect), reference.effect, 1e-10, 'effect');
  assertClose(chosen(fixed.variance), reference.variance, 1e-10, 'variance');
  assertClose(chosen(tStatistics(fixed)), reference.t, 1e-10, 't');
  assertClose(chosen(zStatistics(fixed)), reference.z, 1e-9, 'z');
});
