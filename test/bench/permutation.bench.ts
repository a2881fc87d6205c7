import { identify } from '../../src/main/decoding/identification.ts';
import { Random } from '../../src/main/math/random.ts';
import { type Benchmark, measuredRow, ratioRow } from './benchmark.ts';
import { alternate, scaled, time } from './harness.ts';
import { normals } from './inputs.ts';

const nStimuli = 20;
const nLatents = 64;
const nPermutations = 10_000;

export const benchmark: Benchmark = {
  name: 'permutation',
  description: 'identification with its permutations, against a bare loop of as many draws and comparisons',
  async run() {
    const targets = normals(nStimuli * nLatents, 'targets');
    const noise = normals(nStimuli * nLatents, 'noise');
    const decoded = targets.map((value, i) => 0.3 * value + noise[i]);
    const scores = Float64Array.from(normals(nStimuli ** 2, 'scores'));
    const random = new Random('draws');
    // A permutation and a bootstrap sample, each of one draw and one score a stimulus.
    const loop = () => {
      let reached = 0;
      for (let sample = 0; sample < 2 * nPermutations; sample++) {
        let sum = 0;
        for (let i = 0; i < nStimuli; i++) sum += scores[i * nStimuli + random.integer(nStimuli)];
        if (sum > 0) reached++;
      }
      return reached;
    };
    const test = () => identify(decoded, targets, nLatents, { seed: 1, nPermutations });
    const comparison = await alternate(test, loop, { pairs: 15, warmup: 3 });
    const seconds = await time(test, { runs: 15, warmup: 0 });
    const what = `identify, ${nStimuli} stimuli, ${nLatents} latents, ${nPermutations} permutations and bootstraps`;
    return [
      ratioRow(
        { name: 'permutation', unit: 'x', how: `${what}; time over that of a loop`, target: { atMost: 2 } },
        comparison,
      ),
      measuredRow({ name: 'permutation time', unit: 'ms', how: what }, scaled(seconds, 1e3)),
    ];
  },
};
