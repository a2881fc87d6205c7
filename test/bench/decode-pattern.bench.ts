import { decodePatterns, prepareDecoder } from '../../src/main/decoding/mapping.ts';
import { type Benchmark, measuredRow, ratioRow } from './benchmark.ts';
import { alternate, scaled, time } from './harness.ts';
import { normals } from './inputs.ts';

const nRegressors = 65;
const nVoxels = 20_000;
/** Of all pairs of regressors, and of the pattern with each. */
const nProducts = (nRegressors * (nRegressors + 1)) / 2 + nRegressors;

export const benchmark: Benchmark = {
  name: 'decode-pattern',
  description: 'a decoder prepared and one pattern decoded, against a bare loop of the same inner products',
  async run() {
    const weights = normals(nRegressors * nVoxels, 'weights');
    const pattern = normals(nVoxels, 'pattern');
    const vectors = Float64Array.from(weights);
    const loop = () => {
      let total = 0;
      for (let product = 0; product < nProducts; product++) {
        const a = (product % nRegressors) * nVoxels;
        const b = ((product * 7) % nRegressors) * nVoxels;
        let sum = 0;
        for (let i = 0; i < nVoxels; i++) sum += vectors[a + i] * vectors[b + i];
        total += sum;
      }
      return total;
    };
    const decode = () => decodePatterns(prepareDecoder(weights, nRegressors, nVoxels, 0), pattern);
    const comparison = await alternate(decode, loop, { pairs: 11, warmup: 2 });
    const prepared = prepareDecoder(weights, nRegressors, nVoxels, 0);
    const seconds = await time(() => decodePatterns(prepared, pattern), { runs: 21, warmup: 3 });
    const size = `${nRegressors} x ${nVoxels}`;
    return [
      ratioRow(
        {
          name: 'decode-pattern',
          unit: 'x',
          how: `prepareDecoder and decodePatterns of ${size}; time over that of a float64 loop`,
          target: { atMost: 1.5 },
        },
        comparison,
      ),
      measuredRow(
        { name: 'decode-pattern prepared', unit: 'ms', how: `decodePatterns of one pattern, ${size}` },
        scaled(seconds, 1e3),
      ),
    ];
  },
};
