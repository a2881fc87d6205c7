import { DualRidge } from '../../src/main/decoding/dual-ridge.ts';
import { patternKernel, type VoxelBlocks } from '../../src/main/decoding/pattern-kernel.ts';
import type { Engine } from '../../src/main/engine/engine.ts';
import { measuredRow, missingRow, type Row, ratioRow } from './benchmark.ts';
import { onEngine } from './engines.ts';
import { alternate, scaled } from './harness.ts';
import { normals } from './inputs.ts';
import { peakProduct } from './peak-product.ts';
import { startPython } from './peers/lines.ts';

export interface DualRidgeSize {
  readonly trials: number;
  readonly voxels: number;
  readonly latents: number;
  readonly held: number;
  readonly pairs: number;
}

const penalties = Array.from({ length: 20 }, (_, at) => 10 ** (-3 + (6 * at) / 19));

/**
 * The kernel of patterns, its decomposition, and the predictions of some trials under 20 penalties, against the cost of the kernel at
 * the engine's peak, and against scikit-learn.
 */
export async function measureDualRidge(name: string, size: DualRidgeSize): Promise<Row[]> {
  const outcome = await onEngine('native', (engine) => measure(name, size, engine));
  return 'missing' in outcome ? [missingRow(name, 'x', outcome.missing)] : outcome.result;
}

async function measure(name: string, size: DualRidgeSize, engine: Engine): Promise<Row[]> {
  const { trials, voxels, latents, held, pairs } = size;
  const patterns = repeated(trials, voxels);
  const codes = normals(trials * latents, 'codes');
  const all = Array.from({ length: trials }, (_, at) => at);
  const between = {
    rows: held,
    cols: trials,
    data: Float64Array.from(normals(held * trials, 'between')),
  };
  const spent = { kernel: 0, all: 0 };
  const fit = async () => {
    const started = performance.now();
    const { kernel } = await patternKernel(patterns, all, engine);
    spent.kernel += performance.now() - started;
    const ridge = await DualRidge.of(kernel, codes, engine);
    for await (const predicted of ridge.predict(between, penalties)) {
      if (Number.isNaN(predicted[0])) throw new Error('A prediction is no number');
    }
    ridge.dispose();
    spent.all += performance.now() - started;
  };
  const peak = peakProduct(engine);
  const flops = 2 * trials ** 2 * voxels;
  const done = await peak.run(flops / 20);
  const what = `${trials} trials, ${voxels} voxels, ${latents} targets, ${penalties.length} penalties`;
  const warmup = pairs > 1 ? 1 : 0;
  const comparison = await alternate(fit, () => peak.run(flops / 20), { pairs, warmup });
  peak.dispose();
  const rows = [
    measuredRow(
      {
        name,
        unit: 'x',
        how: `${what}; time over that of their kernel at the peak of matMul 2048^3, all n^2 of it`,
        target: { atMost: 1.5 },
      },
      scaled(comparison.ratio, done / flops),
    ),
    measuredRow(
      { name: `${name} kernel`, unit: 'x', how: 'share of the kernel in the whole time' },
      { median: spent.kernel / spent.all, min: spent.kernel / spent.all, max: spent.kernel / spent.all },
    ),
    measuredRow(
      {
        name: `${name} memory`,
        unit: 'GB',
        how: 'resident memory at its most, no more than 64 MB of patterns among it',
      },
      peakMemory(),
    ),
  ];
  const started = await startPython('peer-ridge.py');
  if ('missing' in started) return [...rows, missingRow(`${name} scikit-learn`, 'x', started.missing)];
  const { peer } = started;
  try {
    await peer.ask({ task: 'make', trials, voxels, latents, held });
    const against = await alternate(fit, () => peer.ask({ task: 'fit', penalties }), { pairs, warmup });
    rows.push(
      ratioRow(
        {
          name: `${name} scikit-learn`,
          unit: 'x',
          how: `${what}; time over that of ${peer.version}, one kernel in float32 and a solution for each penalty`,
          target: { atMost: 1 },
        },
        against,
      ),
    );
  } finally {
    await peer.stop();
  }
  return rows;
}

function peakMemory() {
  const bytes = process.resourceUsage().maxRSS * 1024;
  return { median: bytes / 1e9, min: bytes / 1e9, max: bytes / 1e9 };
}

/** Patterns of which a block is in memory at a time, other voxels the same noise shifted. */
function repeated(nTrials: number, nVoxels: number): VoxelBlocks {
  const step = Math.floor(16e6 / nTrials);
  const noise = normals(nTrials * step + nVoxels, 'patterns');
  return {
    nTrials,
    nVoxels,
    *voxelBlocks() {
      for (let start = 0; start < nVoxels; start += step) yield [start, Math.min(nVoxels, start + step)];
    },
    voxels: (start, end) => noise.slice(start, start + nTrials * (end - start)),
  };
}
