import { rankSumNull, rankSumTest } from '../../src/main/decoding/rank-tests.ts';
import { judgingOf, scoreCodes } from '../../src/main/jobs/evaluation/code-scores.ts';
import { scorePictures } from '../../src/main/jobs/evaluation/picture-scores.ts';
import { Random } from '../../src/main/math/random.ts';
import { type Benchmark, measuredRow, ratioRow } from './benchmark.ts';
import { alternate, time } from './harness.ts';
import { normals } from './inputs.ts';

const nFaces = 1000;
const nLatents = 1024;
const size = 128;
const nDraws = 1_000_000;

export const benchmark: Benchmark = {
  name: 'evaluation-metrics',
  description:
    'the published rank test with its 10^6 draws, and every score of 1,000 reconstructions of 128 pixels',
  async run() {
    const beaten = new Array<number>(20).fill(12);
    const rankTest = () => rankSumTest(beaten, rankSumNull(20, 20, { seed: 1, nDraws }));
    const random = new Random('draws');
    const bareDraws = () => {
      let sum = 0;
      for (let i = 0; i < 20 * nDraws; i++) sum += random.integer(20);
      return sum;
    };
    const targets = normals(nFaces * nLatents, 'targets');
    const decoded = normals(nFaces * nLatents, 'noise').map((value, i) => value + 0.1 * targets[i]);
    const stride = size * size * 3;
    const drawn = new Random('pictures');
    const originals = Uint8Array.from({ length: nFaces * stride }, () => drawn.uint32() & 255);
    const made = Float32Array.from(
      originals,
      (byte, i) => 0.7 * (byte / 255) + 0.3 * (originals[i ^ 1] / 255),
    );
    const allScores = () => {
      const judging = judgingOf(nFaces, { seed: 1, nPermutations: 10_000 });
      scoreCodes(decoded, targets, nLatents, judging);
      return scorePictures(originals, made, size, judging, true);
    };
    // Four images by eleven weights in rows and in columns, and as many products as correlations of the codes take.
    const weights = normals(11, 'weights');
    const operations = nFaces * (size * size * 4 * 22) + nFaces * nFaces * nLatents;
    const bareProducts = () => {
      let sum = 0;
      for (let i = 0; i < operations; i += 11) {
        const start = i % (decoded.length - 11);
        for (let k = 0; k < 11; k++) sum += weights[k] * decoded[start + k];
      }
      return sum;
    };
    const ranks = await alternate(rankTest, bareDraws, { pairs: 5, warmup: 1 });
    const scores = await alternate(allScores, bareProducts, { pairs: 2, warmup: 0 });
    return [
      ratioRow(
        {
          name: 'rank test',
          unit: 'x',
          how: '10^6 draws of 20 ranks; time over that of drawing them one by one',
        },
        ranks,
      ),
      measuredRow(
        {
          name: 'rank test time',
          unit: 's',
          how: '10^6 draws of 20 ranks, and the exact p',
          target: { atMost: 1 },
        },
        await time(rankTest, { runs: 5, warmup: 0 }),
      ),
      ratioRow(
        {
          name: 'all scores',
          unit: 'x',
          how: '1,000 faces, 1024 latents, 128 pixels: identification, retrieval, rank test, both SSIM, PixCorr, 10,000 permutations; time over that of as many products',
        },
        scores,
      ),
      measuredRow(
        { name: 'all scores time', unit: 's', how: 'the same', target: { atMost: 5 } },
        await time(allScores, { runs: 2, warmup: 0 }),
      ),
    ];
  },
};
