import { FusiformError, type Problem } from '../../../shared/errors.ts';
import type { EngineKind } from '../../engine/engine.ts';
import { NotComputed, type Workspace } from '../workspace.ts';
import { StudyClock } from './study-clock.ts';
import type { StudyConfig } from './study-config.ts';
import { checkNames, subjectsOf } from './study-run.ts';
import { type StudyStep, subjectSteps } from './study-steps.ts';

export interface PlannedStep {
  readonly subject: string;
  readonly kind: StudyStep['kind'];
  readonly label: string;
  /** `cached`: the project holds it. `refused`: the data would be refused as they are. */
  readonly state: 'cached' | 'to compute' | 'refused';
  /** The first job that is missing; null where that is not known yet. */
  readonly next: string | null;
  /** Seconds; 0 for what is cached. */
  readonly estimate: number;
  /** Whether nothing alike has been timed on this machine. */
  readonly isRough: boolean;
  readonly problem: Problem | null;
}

export interface StudyPlan {
  readonly subjects: readonly string[];
  readonly steps: readonly PlannedStep[];
  /** Seconds of everything that would be computed. */
  readonly estimate: number;
  readonly isRough: boolean;
}

/** What `runStudy` would do: what the project holds already, what is missing, and about how long that takes. */
export async function planStudy(
  workspace: Workspace,
  { config, engine }: { readonly config: StudyConfig; readonly engine: EngineKind },
): Promise<StudyPlan> {
  const { subjects, runsOf } = await subjectsOf(workspace, config);
  checkNames(workspace, config);
  const clock = new StudyClock(workspace, runsOf);
  const planned = new Map<string, PlannedStep>();
  await workspace.rehearse(async () => {
    for (const subject of subjects) {
      for (const step of subjectSteps(workspace, config, subject, engine)) {
        planned.set(step.id, await look(step, planned, clock));
      }
    }
  });
  const steps = [...planned.values()];
  return {
    subjects,
    steps,
    estimate: steps.reduce((sum, { estimate }) => sum + estimate, 0),
    isRough: steps.some((step) => step.state === 'to compute' && step.isRough),
  };
}

async function look(
  step: StudyStep,
  planned: ReadonlyMap<string, PlannedStep>,
  clock: StudyClock,
): Promise<PlannedStep> {
  const { subject, kind, label } = step;
  const shared = { subject, kind, label, next: null, problem: null, estimate: 0, isRough: false };
  const toCompute = (next: string | null): PlannedStep => ({
    ...shared,
    state: 'to compute',
    next,
    estimate: clock.estimate(kind, subject),
    isRough: clock.isRough(kind),
  });
  const before = step.needs.map((id) => planned.get(id)?.state);
  if (before.includes('refused')) return { ...shared, state: 'refused' };
  if (before.includes('to compute')) return toCompute(null);
  try {
    await step.run();
    return { ...shared, state: 'cached' };
  } catch (error) {
    if (error instanceof NotComputed) return toCompute(error.label);
    if (!(error instanceof FusiformError) || error.code === 'JOB_CANCELLED') throw error;
    return { ...shared, state: 'refused', problem: error.toProblem() };
  }
}
