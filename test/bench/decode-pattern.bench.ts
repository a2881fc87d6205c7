import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { applyProduct } from '../../src/main/decoding/affine-decoder.ts';
import { blocksOf, blockVoxels } from '../../src/main/decoding/fixed-point.ts';
import { decodePatterns, prepareDecoder } from '../../src/main/decoding/mapping.ts';
import { writeNpyFile } from '../../src/main/formats/npy/npy.ts';
import { openProducts, productThreads } from '../../src/main/jobs/decoders/open-products.ts';
import { type Benchmark, measuredRow, type Row, ratioRow } from './benchmark.ts';
import { alternate, scaled, time } from './harness.ts';
import { normals } from './inputs.ts';

/** A small decoder, prepared each time. */
const small = { nRegressors: 65, nVoxels: 20_000 };
/** One of the paper's size, kept open. */
const large = { nLatents: 1024, nVoxels: 100_000 };
const memoryBound = 1e9;

export const benchmark: Benchmark = {
  name: 'decode-pattern',
  description: 'one pattern decoded: by a small decoder made for it, and by a large one that is kept open',
  async run() {
    return [...(await openDecoder()), ...(await preparedDecoder())];
  },
};

async function openDecoder(): Promise<Row[]> {
  const { nLatents, nVoxels } = large;
  const nBlocks = blocksOf(nVoxels);
  const folder = await mkdtemp(join(tmpdir(), 'fusiform-bench-'));
  const file = join(folder, 'weights.npy');
  const numbers = nBlocks * nLatents * blockVoxels;
  await writeNpyFile(file, { shape: [nBlocks, nLatents, blockVoxels], data: sawtooth(numbers) });
  const scales = new Float64Array(nBlocks * nLatents).fill(1e-5);
  const pattern = normals(nVoxels, 'pattern');
  const decoder = { ...large, offset: new Float64Array(nLatents), posterior: null };
  const opened = await openProducts(file, scales, nLatents);
  const memory = await memoryReaders(numbers * Int16Array.BYTES_PER_ELEMENT);
  try {
    const decode = () => applyProduct(decoder, opened.product, pattern, [1]);
    const comparison = await alternate(decode, memory.read, { pairs: 41, warmup: 10 });
    const times = await time(decode, { runs: 41, warmup: 3 });
    const size = `${nVoxels} voxels, ${nLatents} latents, ${productThreads} threads, weights of 16 bits ${
      opened.whyNotMapped === null ? 'mapped from their file' : 'in memory'
    }`;
    await memory.close();
    const { rss } = process.memoryUsage();
    return [
      measuredRow(
        { name: 'decode-pattern open', unit: 'ms', how: `one pattern of ${size}`, target: { atMost: 10 } },
        scaled(times, 1e3),
      ),
      ratioRow(
        {
          name: 'decode-pattern open : memory',
          unit: 'x',
          how: 'time over that of bare reading of as many bytes of memory by as many threads',
        },
        comparison,
      ),
      measuredRow(
        {
          name: 'decode-pattern open memory',
          unit: 'GB',
          how: 'resident memory of the whole process, mapped weights among it',
          target: { atMost: memoryBound / 1e9 },
        },
        { median: rss / 1e9, min: rss / 1e9, max: rss / 1e9 },
      ),
    ];
  } finally {
    await opened.close();
    await rm(folder, { recursive: true });
  }
}

function sawtooth(length: number): Int16Array {
  const values = new Int16Array(length);
  for (let at = 0; at < length; at++) values[at] = ((at * 40503) % 65535) - 32767;
  return values;
}

async function memoryReaders(bytes: number) {
  const threads = Array.from(
    { length: productThreads },
    () =>
      new Worker(new URL('./memory-read-thread.ts', import.meta.url), {
        workerData: Math.ceil(bytes / productThreads / 256) * 256,
      }),
  );
  await Promise.all(threads.map((thread) => once(thread, 'message')));
  return {
    read: () =>
      Promise.all(
        threads.map((thread) => {
          const done = once(thread, 'message');
          thread.postMessage('read');
          return done;
        }),
      ),
    close: () => Promise.all(threads.map((thread) => thread.terminate())),
  };
}

async function preparedDecoder(): Promise<Row[]> {
  const { nRegressors, nVoxels } = small;
  /** Of all pairs of regressors, and of the pattern with each. */
  const nProducts = (nRegressors * (nRegressors + 1)) / 2 + nRegressors;
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
}
