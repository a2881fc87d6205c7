import type { Tensor } from '@tensorflow/tfjs-core';
import type { Engine } from '../../src/main/engine/engine.ts';
import { NormalEquations } from '../../src/main/glm/streaming.ts';
import { type Benchmark, missingRow, type Row, ratioRow } from './benchmark.ts';
import { onEngine } from './engines.ts';
import { alternate } from './harness.ts';
import { boldRun, normalMatrix, normals, withConstant } from './inputs.ts';

const nTime = 200;
const nRegressors = 300;
const nNuisance = 10;
const nVoxels = 20_000;
/** Multiplications of the reference go in pieces of this many voxels, as a product of a run must on any engine. */
const chunk = 4000;

const unit = 'of matMul';
/** Centring, projections, sums of squares and the way to and from the engine may take as long as the product. */
const target = { atLeast: 0.5 };

export const benchmark: Benchmark = {
  name: 'glm-accumulation',
  description: 'one run added to the normal equations, against the bare product X’Y on the same engine',
  async run() {
    const rows: Row[] = [];
    for (const kind of ['wasm', 'native'] as const) {
      const name = `glm-accumulation ${kind}`;
      const outcome = await onEngine(kind, measure);
      if ('missing' in outcome) {
        rows.push(missingRow(name, unit, outcome.missing));
        continue;
      }
      const how = `NormalEquations.addRun of ${nTime} x ${nRegressors} x ${nVoxels}; share of the GFLOP/s of matMul`;
      // The faster an engine multiplies, the more the ways to and from it weigh: the bound is the portable one's.
      rows.push(ratioRow({ name, unit, how, ...(kind === 'wasm' ? { target } : {}) }, outcome.result));
    }
    return rows;
  },
};

/**
 * Of equally many multiplications the ratio of times, reference first, is the share of its speed that is reached. The
 * reference multiplies the same arrays over and over, so that an engine that rearranges one of them does it once.
 */
function measure(engine: Engine) {
  const { tf } = engine;
  const x = normalMatrix(nTime, nRegressors, 'x');
  const nuisance = withConstant(nTime, nNuisance, 'nuisance');
  const y = boldRun(nTime, nVoxels, 'y');
  const names = Array.from({ length: nRegressors }, (_, i) => `regressor${i}`);
  const sums = NormalEquations.create(names, nVoxels);

  const left = tf.tensor2d(normals(nRegressors * nTime, 'left'), [nRegressors, nTime]);
  const right = tf.tensor2d(normals(nTime * chunk, 'right'), [nTime, chunk]);
  const matMul = async () => {
    for (let start = 0; start < nVoxels; start += chunk) {
      const [product, corner] = tf.tidy((): [Tensor, Tensor] => {
        const result = tf.matMul(left, right);
        return [result, tf.slice(result, [0, 0], [1, 1])];
      });
      // Reading one value waits for the product, without the way of all of it into this program's memory.
      await corner.data();
      tf.dispose([product, corner]);
    }
  };
  return alternate(matMul, () => sums.addRun(engine, x, nuisance, y), { pairs: 15, warmup: 2 });
}
