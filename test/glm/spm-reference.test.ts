import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readMat } from '../../src/main/formats/mat/read-mat.ts';
import { type MatValue, type MatVariables, numericVariable } from '../../src/main/formats/mat/values.ts';
import { readNpy } from '../../src/main/formats/npy/npy.ts';
import { buildDesign, selectColumns } from '../../src/main/glm/design.ts';
import { createCosineDrift } from '../../src/main/glm/drift.ts';
import { hrfKernels, spmHrf, spmKernel, spmKernels } from '../../src/main/glm/hrf.ts';
import { computeRegressor } from '../../src/main/glm/regressor.ts';
import { assertClose } from './assert-close.ts';

/** Recorded with SPM itself by nipy and nilearn: see the data's README. */
const folder = join(import.meta.dirname, '../../../shared/data/glm-reference/nipy-spm');
const skip = existsSync(folder) ? false : "SPM's reference files are absent";

const numbers = (variables: MatVariables, name: string) =>
  numericVariable(variables, name, folder).data as ArrayLike<number>;

test("SPM's basis set, sampled every 10 ms: response, time and dispersion derivatives", {
  skip,
}, async () => {
  const bases = await readMat(join(folder, 'spm_bases.mat'));
  const kernels = spmKernels('spm + derivative + dispersion', 0.01, 16);
  for (const [at, name] of ['hrf', 'dhrf', 'ddhrf'].entries()) {
    assertClose(kernels[at], numbers(bases, name), 1e-10, name);
  }
});

test("SPM's basis set against nilearn's: how far the two definitions are apart", () => {
  // Sampled at the same 0.1 s. nilearn's starts a step late, has the ratio 0.167, and its time derivative looks 0.1 s ahead.
  const spm = spmKernels('spm + derivative + dispersion', 0.1, 16);
  const nilearn = hrfKernels('spm + derivative + dispersion', 2, 20);
  const differences = spm.map((kernel, k) => {
    const largest = Math.max(...kernel.map(Math.abs));
    return Math.max(...nilearn[k].map((value, i) => Math.abs(value - kernel[i]))) / largest;
  });
  assert.ok(differences[0] > 0.02 && differences[0] < 0.06, `response: ${differences[0]}`);
  assert.ok(differences[1] > 0.1 && differences[1] < 0.5, `time derivative: ${differences[1]}`);
  assert.ok(differences[2] < 0.1, `dispersion derivative: ${differences[2]}`);
});

test("54 sets of parameters of spm_hrf, in SPM's own file", { skip }, async () => {
  const variables = await readMat(join(folder, 'spm_hrfs.mat'));
  const cells = (name: string) => {
    const value = variables.get(name);
    assert.ok(value?.kind === 'cell');
    return value.cells.map((cell: MatValue) => {
      assert.ok(cell.kind === 'numeric');
      return Array.from(cell.data as ArrayLike<number>);
    });
  };
  const [params, hrfs] = [cells('params'), cells('hrfs')];
  assert.deepEqual([params.length, hrfs.length], [54, 54]);
  params.forEach(([step, delay, undershootDelay, dispersion, undershootDispersion, ratio], i) => {
    const shape = { delay, undershootDelay, dispersion, undershootDispersion, undershootRatio: 1 / ratio };
    assertClose(spmKernel(step, shape), hrfs[i], 1e-10, `set ${i}`);
  });
});

/** The arrays of an uncompressed .npz, by name. */
function readNpz(path: string): Map<string, { shape: readonly number[]; data: ArrayLike<number> }> {
  const bytes = readFileSync(path);
  const arrays = new Map<string, { shape: readonly number[]; data: ArrayLike<number> }>();
  for (let at = 0; bytes.readUInt32LE(at) === 0x04034b50; ) {
    const size = bytes.readUInt32LE(at + 18);
    const nameLength = bytes.readUInt16LE(at + 26);
    const start = at + 30 + nameLength + bytes.readUInt16LE(at + 28);
    const name = bytes.toString('latin1', at + 30, at + 30 + nameLength).replace(/\.npy$/, '');
    const { shape, data } = readNpy(Uint8Array.from(bytes.subarray(start, start + size)));
    arrays.set(name, { shape, data: data as ArrayLike<number> });
    at = start + size;
  }
  return arrays;
}

test("design matrices made by SPM: equal in SPM's convention", { skip }, () => {
  const copies: Record<string, number[][]> = JSON.parse(readFileSync(join(folder, 'spm_dmtx.json'), 'utf8'));
  const originals = readNpz(join(folder, 'spm_dmtx.npz'));
  assert.deepEqual([...originals.keys()].sort(), Object.keys(copies).sort());
  const frameTimes = Float64Array.from({ length: 100 }, (_, i) => i);
  const onsets = { c0: [30, 50, 70], c1: [10, 30, 80], c2: [30, 40, 60] };
  // Of events without duration, and of blocks of 10 s.
  for (const [name, duration] of [
    ['arr_0', 0],
    ['arr_1', 10],
  ] as const) {
    const events = Object.entries(onsets).flatMap(([trialType, times]) =>
      times.map((onset) => ({ onset, duration, trialType })),
    );
    // SPM before version 8 counted onsets from one bin later: its first bin is the second now.
    const design = buildDesign({
      frameTimes,
      events,
      driftModel: 'none',
      convention: 'spm',
      microtimeOnset: 2,
    });
    assert.deepEqual(originals.get(name)?.shape, [100, 4]);
    assertClose(design.columns.data, originals.get(name)?.data ?? [], 1e-12, name);
    assertClose(copies[name].flat(), originals.get(name)?.data ?? [], 1e-12, `${name} as JSON`);
    // In nilearn's own convention they differ, by up to a twentieth of the peak.
    const otherwise = buildDesign({ frameTimes, events, driftModel: 'none' });
    const difference = Math.max(
      ...otherwise.columns.data.map((value, i) => Math.abs(value - design.columns.data[i])),
    );
    assert.ok(difference > 0.001 && difference < 0.25, `${name}: ${difference}`);
  }
});

test("cosines of SPM's high-pass filter and of spm_dctmtx", { skip }, () => {
  const filter = readNpz(join(folder, 'spm_dmtx.npz')).get('cosbf_dt_1_nt_20_hcut_0p1');
  assert.deepEqual(filter?.shape, [20, 4]);
  // The file holds the constant and three; spm_filter's formula, as it stands in SPM12, makes it one more at this cut-off.
  const cosines = createCosineDrift(
    0.0999,
    Float64Array.from({ length: 20 }, (_, i) => i),
  );
  const ours = selectColumns(cosines, [3, 0, 1, 2]);
  assert.deepEqual([ours.rows, cosines.cols], [20, 4]);
  assertClose(ours.data, filter?.data ?? [], 1e-14, 'filter');
  for (const n of [5, 10, 100]) {
    const rows = readFileSync(join(folder, `dct_${n}.txt`), 'utf8')
      .trim()
      .split('\n');
    const expected = rows.flatMap((row) => row.trim().split(/\s+/).map(Number).slice(1));
    const drift = createCosineDrift(
      0.25,
      Float64Array.from({ length: n }, (_, i) => 2 * i),
    );
    const columns = [...Array(n - 1).keys()];
    assertClose(selectColumns(drift, columns).data, expected, 1e-7, `${n} (eight digits in the file)`);
  }
});

test('a condition file of onsets, durations and amplitudes: columns are the boxes convolved', {
  skip,
}, () => {
  const rows = readFileSync(join(folder, 'cond_test1.txt'), 'utf8').trim().split('\n');
  const events = rows.map((row) => row.trim().split(/\s+/).map(Number));
  assert.deepEqual(events, [
    [10, 5, 1],
    [20, 4, 2],
    [24, 3, 0.1],
  ]);
  const frameTimes = Float64Array.from({ length: 40 }, (_, i) => 1.5 * i);
  const column = computeRegressor(
    events.map(([onset, duration]) => ({ onset, duration })),
    frameTimes,
    { amplitudes: events.map(([, , amplitude]) => amplitude), oversampling: 500 },
  );
  // The integral of the response over each box, by Simpson's rule; the response as nilearn has it, of unit area.
  const shape = {
    delay: 6,
    undershootDelay: 16,
    dispersion: 1,
    undershootDispersion: 1,
    undershootRatio: 0.167,
  };
  const response = (from: number, to: number) => {
    const steps = 400;
    const h = (to - from) / steps;
    const values = spmHrf(
      Array.from({ length: steps + 1 }, (_, i) => from + i * h),
      shape,
    );
    const sum = values.reduce(
      (total, value, i) => total + value * (i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2),
      0,
    );
    return (sum * h) / 3 / (1 - 0.167);
  };
  const expected = frameTimes.map((t) =>
    events.reduce(
      (sum, [onset, duration, amplitude]) => sum + amplitude * response(t - onset - duration, t - onset),
      0,
    ),
  );
  assertClose(column.data, expected, 2e-3, 'regressor (nilearn samples the response a step late)');
});
