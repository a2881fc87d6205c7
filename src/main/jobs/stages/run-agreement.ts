import { FusiformError, type Problem } from '../../../shared/errors.ts';
import type { Grid } from '../../formats/nifti/space.ts';
import { gridMismatchMessage, sameGrid } from '../../imaging/grid.ts';

/** What runs that are analysed together must, or should, have in common. */
export interface ComparedRun {
  readonly name: string;
  readonly series: { readonly path: string; readonly grid: Grid };
  /** Seconds. */
  readonly tR: number;
}

/**
 * The runs that lie on the grid of most. The others are listed (RUN_GRID_MISMATCH) and left out: their voxels are other
 * places. A run with another time between volumes than most is kept and noted (RUN_TR_DIFFERS): each is modelled with
 * its own.
 */
export function agreeingRuns<Run extends ComparedRun>(
  runs: readonly Run[],
): { runs: Run[]; problems: Problem[] } {
  const grids: { grid: Grid; runs: Run[] }[] = [];
  for (const run of runs) {
    const known = grids.find(({ grid }) => sameGrid(grid, run.series.grid));
    if (known) known.runs.push(run);
    else grids.push({ grid: run.series.grid, runs: [run] });
  }
  const [most, ...others] = grids.sort((a, b) => b.runs.length - a.runs.length);
  if (most === undefined) return { runs: [], problems: [] };
  const problems = others.flatMap((other) =>
    other.runs.map((run) =>
      new FusiformError(
        'RUN_GRID_MISMATCH',
        `Run ${run.name} is left out: it is not on the grid of the ${most.runs.length} others (${gridMismatchMessage(run.series.grid, most.grid)}).`,
        { file: run.series.path },
      ).toProblem(),
    ),
  );
  return { runs: most.runs, problems: [...problems, ...otherTimes(most.runs)] };
}

function otherTimes(runs: readonly ComparedRun[]): Problem[] {
  const times = [...Map.groupBy(runs, ({ tR }) => tR)].sort(([, a], [, b]) => b.length - a.length);
  const [[usual], ...others] = times;
  return others.flatMap(([tR, differing]) =>
    differing.map(({ name, series }) =>
      new FusiformError(
        'RUN_TR_DIFFERS',
        `Run ${name} has ${tR} s between volumes, and most runs have ${usual} s; it is modelled with its own.`,
        { file: series.path },
      ).toProblem(),
    ),
  );
}
