import type { Design } from '../../src/main/glm/design.ts';
import { fitRunWith } from '../../src/main/glm/fit-run.ts';
import { fitRun } from '../../src/main/glm/ols.ts';
import { crossProduct } from '../../src/main/math/matrix.ts';
import { type Benchmark, ratioRow } from './benchmark.ts';
import { alternate } from './harness.ts';
import { boldRun, normalMatrix, withConstant } from './inputs.ts';

const nTime = 200;
const nColumns = 30;
const nVoxels = 20_000;
const block = 128;

export const benchmark: Benchmark = {
  name: 'glm-ols',
  description:
    'least squares of one run in float64: white noise against bare products of as many multiplications, AR(1) against white',
  async run() {
    const design: Design = {
      names: Array.from({ length: nColumns }, (_, i) => `column${i}`),
      roles: Array.from({ length: nColumns }, (_, i) => (i === nColumns - 1 ? 'constant' : 'condition')),
      columns: withConstant(nTime, nColumns, 'design'),
    };
    const y = boldRun(nTime, nVoxels, 'y');
    // A fit multiplies the data by the basis (nTime rows) and the projections by its inverse (nColumns rows).
    const terms = nTime + nColumns;
    const left = normalMatrix(terms, nColumns, 'left');
    const right = normalMatrix(terms, block, 'right');
    const products = () => {
      for (let start = 0; start < nVoxels; start += block) crossProduct(left, right);
    };
    const how = `fitRun of ${nTime} x ${nColumns} x ${nVoxels}, time over that of crossProduct`;
    const comparison = await alternate(() => fitRun(design, y, nVoxels), products, { pairs: 9, warmup: 2 });
    const rows = [ratioRow({ name: 'glm-ols', unit: 'x', how, target: { atMost: 2 } }, comparison)];
    for (const noise of ['ar1', 'ar1-global'] as const) {
      const against = await alternate(
        () => fitRunWith(noise, design, y, nVoxels),
        () => fitRun(design, y, nVoxels),
        { pairs: 5, warmup: 1 },
      );
      rows.push(
        ratioRow(
          {
            name: `glm-${noise}`,
            unit: 'x',
            how: `the same run with noise ${noise}, time over that of ordinary least squares`,
          },
          against,
        ),
      );
    }
    return rows;
  },
};
