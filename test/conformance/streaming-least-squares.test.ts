import assert from 'node:assert/strict';
import { before, it } from 'node:test';
import { NormalEquations, type NormalSolution } from '../../src/main/glm/streaming.ts';
import { gram, type Matrix, matrix } from '../../src/main/math/matrix.ts';
import { Random } from '../../src/main/math/random.ts';
import { assertClose } from '../glm/assert-close.ts';
import { forEveryEngine } from './harness.ts';

/* The float64 loops, which test/glm/streaming.test.ts holds to the concatenated model, are the reference. */

const names = ['face', 'z1', 'z2', 'house'];
/** More than a chunk of voxels. */
const nVoxels = 4500;
/** More volumes than an engine takes at a time, so that sums are added to. */
const lengths = [200, 204, 195, 204, 200, 150, 204];

interface Run {
  readonly x: Matrix;
  readonly nuisance: Matrix;
  readonly y: Float32Array;
}

/** A signal of 1 on a baseline of 1000, with drift; `house` is missing from run 2. */
function makeRun(nTime: number, r: number): Run {
  const random = new Random(`run ${r}`);
  const x = matrix(nTime, names.length);
  const nuisance = matrix(nTime, 3);
  for (let t = 0; t < nTime; t++) {
    for (let j = 0; j < names.length; j++) {
      x.data[t * names.length + j] = r === 2 && j === 3 ? 0 : random.normal() + (j === 0 ? 1 : 0);
    }
    nuisance.data.set([1, Math.cos((Math.PI * (t + 0.5)) / nTime), random.normal()], 3 * t);
  }
  const y = new Float32Array(nTime * nVoxels);
  random.fillNormal(y);
  for (let t = 0; t < nTime; t++) {
    for (let v = 0; v < nVoxels; v++) {
      const drift = 5 * ((v % 7) - 3) * nuisance.data[3 * t + 1];
      const signal = x.data[t * names.length] * (v % 3) + x.data[t * names.length + 1 + (v % 2)];
      y[t * nVoxels + v] += 1000 + (v % 100) + drift + signal;
    }
  }
  return { x, nuisance, y };
}

const runs = lengths.map(makeRun);
let expected: NormalSolution;
before(async () => {
  const equations = NormalEquations.create(names, nVoxels);
  for (const { x, nuisance, y } of runs) await equations.addRun(null, x, nuisance, y);
  expected = await equations.solve();
});

function assertSame(solution: NormalSolution, what: string): void {
  assertClose(solution.beta, expected.beta, 1e-5, `${what}: coefficients`);
  assertClose(solution.residualSumOfSquares, expected.residualSumOfSquares, 1e-5, `${what}: residuals`);
  assertClose(solution.covariance.data, expected.covariance.data, 1e-11, `${what}: covariance`);
  assert.equal(solution.dof, expected.dof);
}

await forEveryEngine('streaming least squares', (engine) => {
  for (const precision of ['float32', 'float64'] as const) {
    it(`equals float64 to 1e-5 with sums in ${precision}`, async () => {
      const tensors = engine().memory().tensors;
      const equations = NormalEquations.create(names, nVoxels, { precision });
      for (const { x, nuisance, y } of runs) await equations.addRun(engine(), x, nuisance, y);
      assertSame(await equations.solve({ engine: engine() }), precision);
      assert.equal(engine().memory().tensors, tensors, 'no tensor is left behind');
    });
  }

  it('goes on after its sums were read, saved and loaded, and merged', async () => {
    let equations = NormalEquations.create(names, nVoxels, { precision: 'float32' });
    const other = NormalEquations.create(names, nVoxels, { precision: 'float32' });
    for (const [r, { x, nuisance, y }] of runs.entries()) {
      await (r < 5 ? equations : other).addRun(engine(), x, nuisance, y);
      if (r === 1) equations = NormalEquations.fromNamedArrays(await equations.toNamedArrays());
      if (r === 3) await equations.solve();
    }
    await equations.merge(other);
    assert.equal(equations.nRuns, runs.length);
    assertSame(await equations.solve(), 'pieces');
  });

  it('multiplies a design by itself in float64', () => {
    const x = matrix(
      57,
      33,
      Float64Array.from({ length: 57 * 33 }, (_, i) => 1e6 + Math.sin(i * i)),
    );
    assertClose(engine().gram(x).data, gram(x).data, 1e-14, 'gram');
  });
});
