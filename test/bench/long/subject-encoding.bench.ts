import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { probeEngine } from '../../../src/main/engine/registry.ts';
import { median } from '../../../src/main/math/statistics.ts';
import { type Benchmark, measuredRow, missingRow, type Row } from '../benchmark.ts';
import { withTemporaryFolder } from '../inputs.ts';
import { type Kind, type Measured, measure } from '../subject/measure.ts';
import { hasPaperTiming, writePaperSubject } from '../subject/paper-subject.ts';

const lengths = [5, 10, 20] as const;
const pairs = 3;
/** Runs of the whole subject. */
const whole = 100;
const gibibyte = 2 ** 30;
const engine = 'native';
const name = 'subject-encoding';

export const benchmark: Benchmark = {
  name,
  description:
    'the encoding model of a subject of the published study’s size, against reading and multiplying',
  async run(): Promise<Row[]> {
    if (!hasPaperTiming()) return [missingRow(name, 'x', 'ds001761 is absent')];
    const probe = await probeEngine(engine);
    if (!probe.available) return [missingRow(name, 'x', `${engine} engine ${probe.reason}`)];
    return withTemporaryFolder(async (folder) => {
      const { nVoxels } = await writePaperSubject(folder, Math.max(...lengths));
      return rowsOf(await measureAll(folder, nVoxels), nVoxels);
    });
  },
};

type Measurements = Readonly<Record<Kind, readonly (readonly Measured[])[]>>;

/** [length][pair] of each: fits and references take turns. */
async function measureAll(folder: string, nVoxels: number): Promise<Measurements> {
  const all: Record<Kind, Measured[][]> = { fit: lengths.map(() => []), reference: lengths.map(() => []) };
  for (let pair = 0; pair < pairs; pair++) {
    for (const [at, nRuns] of lengths.entries()) {
      for (const kind of ['fit', 'reference'] as const) {
        const flops = nRuns * flopsOfRun(nVoxels);
        const measured = await measure({ kind, folder, nRuns, engine, flops });
        all[kind][at].push(measured);
        process.stderr.write(
          `  ${nRuns} runs, ${kind}: ${measured.seconds.toFixed(1)} s, ${(measured.residentBytes / gibibyte).toFixed(2)} GiB\n`,
        );
      }
      await removeResults(folder);
    }
  }
  return all;
}

/** X'Y and X'X of 200 volumes by 1050 regressors: 1024 latents, 20 test faces, and the others. */
function flopsOfRun(nVoxels: number): number {
  return 2 * 200 * 1050 * (nVoxels + 1050 / 2);
}

async function removeResults(folder: string): Promise<void> {
  for (const entry of await readdir(folder)) {
    if (entry.startsWith('fit-')) await rm(join(folder, entry), { recursive: true });
  }
}

function rowsOf({ fit, reference }: Measurements, nVoxels: number): Row[] {
  const how = `fit-encoding, AR(1), ${nVoxels} voxels, real timing, ${engine}`;
  const ratio = spread((pair) => extrapolated(fit, pair) / extrapolated(reference, pair));
  const seconds = spread((pair) => extrapolated(fit, pair));
  const linear = spread((pair) => {
    const [five, ten, twenty] = fit.map((of) => of[pair].seconds);
    return (twenty - ten) / 10 / ((ten - five) / 5);
  });
  const peaks = fit.map((of) => Math.max(...of.map(({ residentBytes }) => residentBytes)) / gibibyte);
  const exactly = (value: number) => ({ median: value, min: value, max: value });
  return [
    measuredRow(
      { name, unit: 'x', how: `${how}; ${whole} runs over gunzip and peak matMul`, target: { atMost: 1.3 } },
      ratio,
    ),
    measuredRow(
      {
        name: `${name} time`,
        unit: 's',
        how: `${how}; ${whole} runs, extrapolated from ${lengths.join(', ')}`,
      },
      seconds,
    ),
    measuredRow(
      { name: `${name} linear`, unit: 'x', how: 'seconds a run from 10 to 20 over those from 5 to 10' },
      linear,
    ),
    ...peaks.map((peak, at) =>
      measuredRow(
        {
          name: `${name} memory ${lengths[at]}`,
          unit: 'GiB',
          how: `most resident, ${lengths[at]} runs`,
          target: { atMost: 2e9 / gibibyte },
        },
        exactly(peak),
      ),
    ),
  ];
}

/** Seconds of the whole subject: the slope from the fewest to the most runs, through the middle. */
function extrapolated(measured: readonly (readonly Measured[])[], pair: number): number {
  const seconds = measured.map((of) => of[pair].seconds);
  const slope = (seconds[2] - seconds[0]) / (lengths[2] - lengths[0]);
  return seconds[1] + slope * (whole - lengths[1]);
}

function spread(of: (pair: number) => number) {
  const values = Array.from({ length: pairs }, (_, pair) => of(pair));
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}
