import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { vaeGanConfigSchema } from '../src/main/generative/vaegan/config.ts';
import { measuredRow, meets, missingRow, ratioRow } from './bench/benchmark.ts';
import { alternate, rate, scaled, time } from './bench/harness.ts';
import { formatTable } from './bench/report.ts';
import { adversarialStepFlops } from './bench/vaegan-flops.ts';

/** A clock that only work moves: each call of `takes` makes work that takes the milliseconds listed, in turn. */
function fakeClock() {
  let milliseconds = 5000;
  const log: string[] = [];
  return {
    now: () => milliseconds,
    log,
    takes: (name: string, ...durations: number[]) => {
      let calls = 0;
      return async () => {
        log.push(name);
        milliseconds += durations[calls];
        calls += 1;
        await Promise.resolve();
      };
    },
  };
}

describe('the harness of the benchmarks', () => {
  it('takes turns, after a warm-up that is not counted', async () => {
    const clock = fakeClock();
    const a = clock.takes('a', 9000, 6000, 4000, 16_000);
    const b = clock.takes('b', 9000, 2000, 2000, 4000);
    const { pairs, ratio, seconds } = await alternate(a, b, { pairs: 3, now: clock.now });
    assert.equal(clock.log.join(''), 'abababab');
    assert.equal(pairs, 3);
    assert.deepEqual(ratio, { median: 3, min: 2, max: 4 });
    assert.deepEqual(seconds, { a: 6, b: 2 });
  });

  it('pairs each run with its neighbour, so that a machine that slows down changes no ratio', async () => {
    const clock = fakeClock();
    const a = clock.takes('a', 20, 40, 400, 4000);
    const b = clock.takes('b', 10, 20, 200, 2000);
    const { ratio } = await alternate(a, b, { pairs: 4, warmup: 0, now: clock.now });
    assert.deepEqual(ratio, { median: 2, min: 2, max: 2 });
  });

  it('times work that stands alone', async () => {
    const clock = fakeClock();
    const spread = await time(clock.takes('a', 7000, 100, 400, 200), { runs: 3, now: clock.now });
    assert.deepEqual(spread, { median: 0.2, min: 0.1, max: 0.4 });
    assert.deepEqual(scaled(spread, 1000), { median: 200, min: 100, max: 400 });
    assert.deepEqual(rate(spread, 10), { median: 50, min: 25, max: 100 });
  });

  it('passes on what goes wrong', async () => {
    const fails = () => Promise.reject(new Error('broken'));
    await assert.rejects(
      alternate(fails, () => undefined),
      /broken/,
    );
    await assert.rejects(alternate(fails, fails, { pairs: 0 }), /at least one pair/);
    await assert.rejects(time(fails, { runs: 0 }), /at least one run/);
  });
});

describe('the rows of the benchmarks', () => {
  const spread = { median: 2, min: 1, max: 3 };

  it('hold where they meet the target, both bounds included', () => {
    assert.ok(meets(2, { atMost: 2 }) && meets(2, { atLeast: 2 }));
    assert.ok(!meets(2.1, { atMost: 2 }) && !meets(1.9, { atLeast: 2 }));
    const text = { name: 'n', unit: 'x', how: 'h' };
    assert.equal(measuredRow({ ...text, target: { atMost: 2 } }, spread).holds, true);
    assert.equal(measuredRow({ ...text, target: { atLeast: 2.5 } }, spread).holds, false);
    assert.equal(measuredRow(text, spread).holds, null);
    assert.equal(missingRow('n', 's', 'absent').holds, null);
  });

  it('say how they were measured', () => {
    const row = ratioRow(
      { name: 'n', unit: 'x', how: 'a over b' },
      { pairs: 5, ratio: spread, seconds: { a: 1.234, b: 0.000_056_7 } },
    );
    assert.equal(row.how, 'a over b (5 pairs, 1.23 s : 56.7 us)');
    assert.deepEqual([row.figure, row.range], [2, [1, 3]]);
  });

  it('stand in a table', () => {
    const table = formatTable([
      measuredRow({ name: 'one', unit: 'images/s', how: 'h', target: { atLeast: 300 } }, scaled(spread, 100)),
      missingRow('two', 's', 'absent'),
    ]);
    assert.equal(
      table,
      [
        'name  figure  range       unit      target  holds  how measured',
        'one   200     100 to 300  images/s  >= 300  NO     h',
        'two   -                   s                        not run: absent',
      ].join('\n'),
    );
  });
});

it('counts the operations of the convolutions of a training step', () => {
  const config = vaeGanConfigSchema.parse({
    imageSize: 8,
    latentDim: 2,
    encoder: { channels: [4, 5], kernelSize: 3 },
    generator: { baseChannels: 6, channels: [7, 3], kernelSize: 3 },
    discriminator: { channels: [8, 9], kernelSize: 3, similarityLayers: [0] },
    schedule: { batchSize: 2 },
  });
  // Pixels of the smaller image, kernel elements, channels in and out; 2 images, 4 made ones, 6 judged ones.
  const encoder = [2 * 2 * 16 * 9 * 3 * 4, 2 * 2 * 4 * 9 * 4 * 5];
  const generator = [4 * 2 * 4 * 9 * 6 * 7, 4 * 2 * 16 * 9 * 7 * 3];
  const judge = [6 * 2 * 16 * 9 * 3 * 8, 6 * 2 * 4 * 9 * 8 * 9];
  const [e, g, d] = [encoder, generator, judge].map(([first, second]) => first + second);
  const gradients = [judge[0] + g + e + encoder[1], d + 2 * g, d + judge[1]];
  assert.equal(adversarialStepFlops(config), e + g + d + gradients[0] + gradients[1] + gradients[2]);
});
