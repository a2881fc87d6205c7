import { nearestNeighbours } from '../../src/main/decoding/neighbours.ts';
import { openEngine } from '../../src/main/engine/registry.ts';
import { type Benchmark, measuredRow, ratioRow } from './benchmark.ts';
import { alternate, time } from './harness.ts';
import { normals } from './inputs.ts';

const nRows = 200_000;
const nFeatures = 1024;
const nQueries = 64;
const rowsAtOnce = 4096;

export const benchmark: Benchmark = {
  name: 'neighbours',
  description:
    'the five nearest of 200,000 codes of 1024 latents, against the bare products on the same engine',
  async run() {
    const { engine } = await openEngine('auto');
    const { tf } = engine;
    const set = normals(nRows * nFeatures, 'set');
    const queries = normals(nQueries * nFeatures, 'queries');
    const find = (some: Float32Array) => () =>
      nearestNeighbours(engine, some, set, nFeatures, { k: 5, by: 'euclidean' });
    const products = async () => {
      const left = tf.tensor2d(queries.slice(), [nQueries, nFeatures]);
      for (let from = 0; from < nRows; from += rowsAtOnce) {
        const to = Math.min(nRows, from + rowsAtOnce);
        const rows = set.slice(from * nFeatures, to * nFeatures);
        const product = tf.tidy(() =>
          tf.matMul(left, tf.tensor2d(rows, [to - from, nFeatures]), false, true),
        );
        await product.data();
        product.dispose();
      }
      left.dispose();
    };
    const { kind } = engine.info;
    const comparison = await alternate(find(queries), products, { pairs: 3 });
    const one = await time(find(queries.slice(0, nFeatures)), { runs: 3 });
    await engine.dispose();
    return [
      ratioRow(
        { name: 'neighbours', unit: 'x', how: `${nQueries} queries, time over the bare products, ${kind}` },
        comparison,
      ),
      measuredRow({ name: 'neighbours, one query', unit: 's', how: `200,000 x 1024, ${kind}` }, one),
    ];
  },
};
