import type { Design } from '../../glm/design.ts';
import type { DesignQuality } from '../../qc/design-quality.ts';
import type { Flag, RunFindings } from '../../qc/flags.ts';
import type { Deviation } from '../../qc/study-outliers.ts';

/** The design of a run with the same events, HRF and drifts that the model would fit. */
export interface RunDesign {
  readonly design: Design;
  readonly quality: DesignQuality;
}

/** Everything that was found out about one run. */
export interface RunQuality extends RunFindings {
  /** `sub-01_ses-01_task-faces_run-01` */
  readonly name: string;
  /** What tells it from the other runs: `ses-01 run-01`. */
  readonly label: string;
  readonly nVolumes: number;
  /** Where framewise displacement comes from; null where no motion is known. */
  readonly motionSource: string | null;
  /** Correlation of its mean image with the median of all runs'; null for a lone run. */
  readonly meanCorrelation: number | null;
  readonly nConstant: number;
  readonly nNotFinite: number;
  /** Null where the run has no events. */
  readonly design: RunDesign | null;
  readonly deviations: readonly Deviation[];
  readonly flags: readonly Flag[];
}

export type Verdict = 'bad' | 'look' | 'good';

export function verdictOf({ flags }: Pick<RunQuality, 'flags'>): Verdict {
  if (flags.some(({ level }) => level === 'bad')) return 'bad';
  return flags.length > 0 ? 'look' : 'good';
}

/** Worst first: by verdict, by number of flags, by how much the volumes change. */
export function worstFirst<Run extends Pick<RunQuality, 'flags' | 'measures'>>(runs: readonly Run[]): Run[] {
  const rank = (run: Run) => ['bad', 'look', 'good'].indexOf(verdictOf(run));
  return [...runs].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      b.flags.length - a.flags.length ||
      b.measures.dvars_std_max - a.measures.dvars_std_max,
  );
}

/** What tells runs apart: the parts of their names that are not the same in all; the whole name of a lone run. */
export function runLabels(names: readonly string[]): string[] {
  const parts = names.map((name) => name.split('_'));
  return parts.map((own, run) => {
    const differing = own.filter((part) => !parts.every((others) => others.includes(part)));
    return differing.length > 0 ? differing.join(' ') : names[run];
  });
}
