import type { Engine } from '../../src/main/engine/engine.ts';
import { NormalEquations } from '../../src/main/glm/streaming.ts';
import type { Matrix } from '../../src/main/math/matrix.ts';
import { type Benchmark, measuredRow, missingRow, type Row, ratioRow } from './benchmark.ts';
import { onEngine } from './engines.ts';
import { alternate, type Comparison, scaled } from './harness.ts';
import { boldRun, normalMatrix, withConstant } from './inputs.ts';
import { peakProduct } from './peak-product.ts';
import { startPython } from './peers/lines.ts';

/** As many runs as an engine multiplies at a time. */
const nRuns = 3;
const nTime = 200;
const nRegressors = 1100;
const nNuisance = 20;
/** The portable engine is given fewer: its share does not depend on them, and its time does. */
const voxelsOf = { native: 100_000, wasm: 20_000 } as const;
type Kind = keyof typeof voxelsOf;

const unit = 'of matMul';
const target = { atLeast: 0.85 };

export const benchmark: Benchmark = {
  name: 'glm-accumulation',
  description: 'runs added to the normal equations, against matMul on the same engine and against NumPy',
  async run() {
    const rows: Row[] = [];
    for (const kind of ['native', 'wasm'] as const) {
      const outcome = await onEngine(kind, (engine) => measure(engine, kind));
      if ('missing' in outcome) rows.push(missingRow(`glm-accumulation ${kind}`, unit, outcome.missing));
      else rows.push(...outcome.result);
    }
    return rows;
  },
};

async function measure(engine: Engine, kind: Kind): Promise<Row[]> {
  const nVoxels = voxelsOf[kind];
  const sums = new Accumulation(engine, nVoxels);
  const peak = peakProduct(engine);
  const flops = nRuns * nTime * (2 * nRegressors * nVoxels + nRegressors * (nRegressors + 1));
  const done = await peak.run(flops);
  const how = `${nRuns} runs of ${nTime} x ${nRegressors} x ${nVoxels}`;
  const name = `glm-accumulation ${kind}`;
  const options = { pairs: kind === 'native' ? 7 : 5 };
  // Reference first: of equally many operations the ratio of times is the share of its speed that is reached.
  const share = (comparison: Comparison) => scaled(comparison.ratio, flops / done);
  const clock = new StoppedClock();
  const products = await alternate(
    () => peak.run(flops),
    () => sums.products(clock),
    { ...options, now: () => clock.now() },
  );
  const whole = await alternate(
    () => peak.run(flops),
    () => sums.addAll(),
    options,
  );
  peak.dispose();
  const rows = [
    measuredRow(
      { name, unit, how: `X'X and X'Y of ${how}, projected; share of the speed of matMul 2048^3`, target },
      share(products),
    ),
    measuredRow(
      { name: `${name} whole`, unit, how: `NormalEquations.addRun of ${how}, with projection and y'y` },
      share(whole),
    ),
  ];
  if (kind === 'native') rows.push(...(await againstNumPy(sums, nVoxels, how)));
  sums.dispose();
  return rows;
}

async function againstNumPy(sums: Accumulation, nVoxels: number, how: string): Promise<Row[]> {
  const name = 'glm-accumulation numpy';
  const started = await startPython('peer-numpy.py');
  if ('missing' in started) return [missingRow(name, 'x', started.missing)];
  const { peer } = started;
  const shape = {
    runs: nRuns,
    volumes: nTime,
    regressors: nRegressors,
    voxels: nVoxels,
    nuisance: nNuisance,
  };
  await peer.ask({ task: 'make', ...shape });
  const clock = new StoppedClock();
  const products = await alternate(
    () => sums.products(clock),
    () => peer.ask({ task: 'products' }),
    { now: () => clock.now() },
  );
  const whole = await alternate(
    () => sums.addAll(),
    () => peer.ask({ task: 'all' }),
  );
  await peer.stop();
  const against = `time over that of ${peer.version}`;
  return [
    ratioRow(
      { name, unit: 'x', how: `X'X and X'Y of ${how}, projected; ${against}`, target: { atMost: 1 } },
      products,
    ),
    ratioRow(
      {
        name: `${name} whole`,
        unit: 'x',
        how: `${how}, with projection and y'y; ${against}`,
        target: { atMost: 1 },
      },
      whole,
    ),
  ];
}

/** Runs in memory and their sums. */
class Accumulation {
  readonly #engine: Engine;
  readonly #runs: readonly { readonly x: Matrix; readonly nuisance: Matrix; readonly y: Float32Array }[];
  readonly #sums: NormalEquations;

  constructor(engine: Engine, nVoxels: number) {
    this.#engine = engine;
    this.#runs = Array.from({ length: nRuns }, (_, run) => ({
      x: normalMatrix(nTime, nRegressors, `x ${run}`),
      nuisance: withConstant(nTime, nNuisance, `nuisance ${run}`),
      y: boldRun(nTime, nVoxels, `y ${run}`),
    }));
    const names = Array.from({ length: nRegressors }, (_, i) => `regressor${i}`);
    this.#sums = NormalEquations.create(names, nVoxels, { precision: 'float32' });
  }

  async addAll(): Promise<void> {
    await this.#project();
    await this.#sums.settle();
  }

  /** Multiplies and adds what was projected before, while the clock stood still. */
  async products(clock: StoppedClock): Promise<void> {
    await clock.stoppedDuring(() => this.#project());
    await this.#sums.settle();
  }

  dispose(): void {
    this.#sums.dispose();
  }

  async #project(): Promise<void> {
    for (const { x, nuisance, y } of this.#runs) await this.#sums.addRun(this.#engine, x, nuisance, y);
  }
}

/** A clock that can be told not to run. */
class StoppedClock {
  #left = 0;

  now(): number {
    return performance.now() - this.#left;
  }

  async stoppedDuring(work: () => Promise<void>): Promise<void> {
    const started = performance.now();
    await work();
    this.#left += performance.now() - started;
  }
}
