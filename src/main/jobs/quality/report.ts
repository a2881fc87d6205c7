import type { Mask } from '../../imaging/mask.ts';
import { orientationCode } from '../../imaging/orientation.ts';
import { quantile } from '../../math/statistics.ts';
import type { QualityThresholds } from '../../qc/flags.ts';
import { correlationFigure, designFigure } from './design-figure.ts';
import { overviewFigure } from './overview-figure.ts';
import { qualityPage, type RunFigures } from './page.ts';
import type { RunQuality } from './run-quality.ts';
import { slicesFigure } from './slices-figure.ts';
import { largestVif } from './tables.ts';

export interface ReportContent {
  readonly subject: string;
  readonly runs: readonly RunQuality[];
  readonly thresholds: QualityThresholds;
  readonly mask: { readonly voxels: number; readonly source: string };
  readonly grid: Mask;
  /** [nx * ny * nz] sum or mean of the runs' mean images: what is seen in grey. */
  readonly background: Float64Array;
  /** Detrended tSNR of each run, [mask voxels]; NaN where there is none. */
  readonly maps: readonly Float32Array[];
  /** SVG of each run. */
  readonly carpets: readonly string[];
  /** Why runs could not be examined. */
  readonly leftOut: readonly string[];
}

/** The page, and its figures by the names under which they are also kept as files. */
export async function reportOf(
  content: ReportContent,
): Promise<{ page: string; figures: Readonly<Record<string, string>> }> {
  const { runs, grid, background: under, maps, carpets } = content;
  const average = averageMap(maps);
  // One scale for all, so that runs can be compared by eye.
  const top = roundUp(quantile(average.filter(Number.isFinite), 0.98));
  const shared = { mask: grid, under, title: 'tSNR (no unit)', top };
  const perRun = new Map<string, RunFigures>();
  const figures: Record<string, string> = {};
  for (const [at, { name }] of runs.entries()) {
    const slices = await slicesFigure({ ...shared, over: maps[at] });
    perRun.set(name, { carpet: carpets[at], slices });
    figures[`${name}_carpet`] = carpets[at];
    figures[`${name}_tsnr`] = slices;
  }
  const subjectSlices = await slicesFigure({ ...shared, over: average });
  figures.tsnr = subjectSlices;
  const overview = runs.length > 1 ? await overviewFigure(runs) : null;
  if (overview !== null) figures.overview = overview;
  const design = await designOfWorst(runs);
  if (design !== null) {
    figures.design = design.matrix;
    figures.correlations = design.correlations;
  }
  const orientation = orientationCode(grid.grid.affine);
  const page = qualityPage({ ...content, figures: perRun, orientation, subjectSlices, overview, design });
  return { page, figures };
}

async function designOfWorst(runs: readonly RunQuality[]) {
  const [run] = runs.filter(({ design }) => design !== null).sort((a, b) => inflation(b) - inflation(a));
  if (run?.design == null) return null;
  const { design, quality } = run.design;
  return {
    run,
    matrix: await designFigure(design, run.tR),
    correlations: await correlationFigure(design, quality),
  };
}

function inflation({ design }: RunQuality): number {
  return (design && largestVif(design)) || 0;
}

/** Mean over the runs that have a value. */
function averageMap(maps: readonly Float32Array[]): Float32Array {
  return maps[0].map((_, voxel) => {
    let sum = 0;
    let count = 0;
    for (const map of maps) {
      if (!Number.isFinite(map[voxel])) continue;
      sum += map[voxel];
      count += 1;
    }
    return sum / count;
  });
}

/** The next number of one or two round digits: 20, 25, 30, 40, 50, 60, 80, 100, ... */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 1.2, 1.6, 2, 2.4, 3.2, 4, 5, 6, 8, 10].find((digits) => digits * power >= value) ?? 10);
}
