import { listJobs } from '../../store/jobs.ts';
import type { Workspace } from '../workspace.ts';
import type { StepKind } from './study-steps.ts';

/** Which jobs a step consists of. */
const stagesOf: Readonly<Record<StepKind, readonly string[]>> = {
  subject: ['index-subject'],
  quality: ['quality'],
  map: ['import-faces', 'encode', 'fit-encoding', 'voxel-statistics', 'fit-mapping'],
  decoder: ['training-patterns', 'fit-decoder'],
  decode: ['decode-patterns'],
  evaluate: ['evaluate'],
  attributes: ['attribute-axes', 'decoded-attributes'],
  imagery: ['imagery'],
  'learning-curve': ['learning-curve'],
  group: ['group-statistics'],
};

/** Seconds where the project has done nothing alike yet: a fixed part, and one for each run of about 200 volumes. */
const rough: Readonly<Record<StepKind, readonly [fixed: number, perRun: number]>> = {
  subject: [1, 0.1],
  quality: [2, 3],
  map: [20, 6],
  decoder: [30, 3],
  decode: [5, 0],
  evaluate: [10, 0],
  attributes: [20, 0],
  imagery: [5, 1],
  'learning-curve': [30, 6],
  group: [2, 0],
};

/** How long steps take: as steps of their kind took in this run, else as their jobs took in the project, else roughly. */
export class StudyClock {
  readonly #known: ReadonlyMap<StepKind, number>;
  readonly #measured = new Map<StepKind, { seconds: number; count: number }>();
  readonly #runsOf: (subject: string) => number;

  /** @param runsOf functional runs of a subject, as far as that is known */
  constructor(workspace: Workspace, runsOf: (subject: string) => number) {
    this.#runsOf = runsOf;
    const done = listJobs(workspace.store.sql).filter(({ state }) => state === 'done');
    this.#known = new Map(
      (Object.keys(stagesOf) as StepKind[]).flatMap((kind) => {
        const medians = stagesOf[kind].map((stage) =>
          medianOf(done.filter((job) => job.stage === stage).map(({ seconds }) => seconds)),
        );
        return medians.some((seconds) => seconds === null)
          ? []
          : [[kind, medians.reduce<number>((sum, seconds) => sum + (seconds ?? 0), 0)] as const];
      }),
    );
  }

  /** Seconds that a step of this kind will take, if it has to be computed. */
  estimate(kind: StepKind, subject: string): number {
    const measured = this.#measured.get(kind);
    if (measured !== undefined) return measured.seconds / measured.count;
    const [fixed, perRun] = rough[kind];
    return this.#known.get(kind) ?? fixed + perRun * this.#runsOf(subject);
  }

  /** Whether anything of this kind has been timed on this machine. */
  isRough(kind: StepKind): boolean {
    return !this.#measured.has(kind) && !this.#known.has(kind);
  }

  took(kind: StepKind, seconds: number): void {
    const before = this.#measured.get(kind) ?? { seconds: 0, count: 0 };
    this.#measured.set(kind, { seconds: before.seconds + seconds, count: before.count + 1 });
  }
}

function medianOf(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
