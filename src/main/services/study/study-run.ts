import { resolve } from 'node:path';
import type { DecoderKind } from '../../../shared/decoders.ts';
import { FusiformError, type Problem } from '../../../shared/errors.ts';
import type { GroupResult, LeftOut } from '../../../shared/group.ts';
import type { EngineKind } from '../../engine/engine.ts';
import { readGroup } from '../../jobs/stages/group-statistics.ts';
import { readSubjectIndex } from '../../jobs/stages/index-subject.ts';
import { type IndexOptions, indexStudy } from '../study-request.ts';
import { decodingName } from '../subjects.ts';
import { NotComputed, type Workspace } from '../workspace.ts';
import { groupStatistics } from './group.ts';
import { StudyClock } from './study-clock.ts';
import type { StudyConfig } from './study-config.ts';
import { type StudyStep, subjectSteps } from './study-steps.ts';

export interface StudyRequest {
  readonly config: StudyConfig;
  readonly engine: EngineKind;
  /** Told before each step. */
  readonly onStep?: (progress: StudyProgress) => void;
}

export interface StudyProgress {
  /** From 1. */
  readonly at: number;
  readonly total: number;
  readonly label: string;
  /** Of everything that is left; null until anything was timed. */
  readonly etaSeconds: number | null;
}

export type StepState = 'done' | 'cached' | 'failed' | 'skipped';

export interface StepReport {
  readonly subject: string;
  readonly kind: StudyStep['kind'];
  readonly model: string | null;
  readonly decoder: DecoderKind | null;
  readonly label: string;
  readonly state: StepState;
  readonly seconds: number;
  /** What arose and stopped nothing; for a step that failed, why. */
  readonly problems: readonly StepProblem[];
}

/** A fault of the program itself has no code that a user could look up. */
export type StepProblem = Problem | { readonly code: 'CRASH'; readonly message: string };

export interface StudyResult {
  readonly subjects: readonly string[];
  readonly steps: readonly StepReport[];
  readonly leftOut: readonly LeftOut[];
  /** Null where no subject came to its end. */
  readonly group: (GroupResult & { readonly path: string; readonly cached: boolean }) | null;
}

/**
 * Goes through the whole analysis of every subject of a study, and puts the subjects together. Whatever the project holds
 * is not computed again. A step that fails ends what builds on it, and nothing else.
 *
 * @throws FusiformError NAME_UNKNOWN for a latent model, BIDS_NO_SUBJECT where there is none at all, JOB_CANCELLED, and
 *   what no subject could be spared from: a full disk, an engine that is gone
 */
export async function runStudy(workspace: Workspace, request: StudyRequest): Promise<StudyResult> {
  const { config, engine, onStep = () => undefined } = request;
  const { subjects, runsOf } = await subjectsOf(workspace, config);
  checkNames(workspace, config);
  const steps = subjects.flatMap((subject) => subjectSteps(workspace, config, subject, engine));
  const clock = new StudyClock(workspace, runsOf);
  const reports = new Map<string, StepReport>();
  for (const [at, step] of steps.entries()) {
    onStep({
      at: at + 1,
      total: steps.length + 1,
      label: step.label,
      etaSeconds: timeLeft(clock, steps.slice(at)),
    });
    reports.set(step.id, await perform(step, reports, clock));
  }
  const done = [...reports.values()];
  const leftOut = done.filter(({ state }) => state === 'failed').map(leftOutOf);
  onStep({ at: steps.length + 1, total: steps.length + 1, label: 'group statistics', etaSeconds: null });
  return { subjects, steps: done, leftOut, group: await groupOf(workspace, config, subjects, done, leftOut) };
}

/** The labels that a study is about, and how many runs each has as far as is known without reading them. */
export async function subjectsOf(
  workspace: Workspace,
  { data }: StudyConfig,
): Promise<{ subjects: readonly string[]; runsOf: (subject: string) => number }> {
  const { bids, task: _task, subjects: wanted, stimuli: _pictures, ...index } = data;
  const runs = new Map<string, number>();
  if (bids === undefined) {
    for (const { name } of workspace.entries('subject')) {
      const { path } = workspace.entry('subject', name);
      runs.set(name, (await readSubjectIndex(path)).runs.length);
    }
  } else {
    const dataset = await indexStudy({ bids, index: index as IndexOptions });
    for (const subject of dataset.subjects) runs.set(subject.label, subject.runs.length);
  }
  const subjects = wanted.length > 0 ? wanted.map((label) => label.replace(/^sub-/, '')) : [...runs.keys()];
  if (subjects.length === 0) {
    const file = bids === undefined ? workspace.store.dir : resolve(bids);
    throw new FusiformError('BIDS_NO_SUBJECT', 'The study has no subject.', { file });
  }
  return { subjects, runsOf: (subject) => runs.get(subject) ?? 0 };
}

/** What every subject needs is looked for once, before anything is computed. @throws FusiformError NAME_UNKNOWN */
export function checkNames(workspace: Workspace, { analysis, gender, attributes }: StudyConfig): void {
  for (const model of analysis.models) workspace.entry('model', model);
  for (const part of [gender, attributes]) if (part !== undefined) workspace.entry('faces', part.faces);
}

async function perform(
  step: StudyStep,
  before: ReadonlyMap<string, StepReport>,
  clock: StudyClock,
): Promise<StepReport> {
  const { subject, kind, label } = step;
  const shared = { subject, kind, label, model: step.model ?? null, decoder: step.decoder ?? null };
  const isMissing = (id: string) => ['failed', 'skipped'].includes(before.get(id)?.state ?? 'skipped');
  if (step.needs.some(isMissing)) return { ...shared, state: 'skipped', seconds: 0, problems: [] };
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  try {
    const { cached, problems } = await step.run();
    if (!cached) clock.took(kind, seconds());
    return { ...shared, state: cached ? 'cached' : 'done', seconds: seconds(), problems };
  } catch (error) {
    if (isFatal(error)) throw error;
    return { ...shared, state: 'failed', seconds: seconds(), problems: [asProblem(error)] };
  }
}

/** What would befall every other subject too. */
function isFatal(error: unknown): boolean {
  if (!(error instanceof FusiformError)) return error instanceof NotComputed;
  const { code } = error;
  return (
    code === 'JOB_CANCELLED' ||
    code === 'DISK_FULL' ||
    code === 'WRITE_FAILED' ||
    code === 'ENGINE_UNAVAILABLE' ||
    code.startsWith('PROJECT_')
  );
}

function asProblem(error: unknown): StepProblem {
  if (error instanceof FusiformError) return error.toProblem();
  return { code: 'CRASH', message: error instanceof Error ? error.message : String(error) };
}

function leftOutOf({ subject, label, problems: [problem] }: StepReport): LeftOut {
  return { subject, step: label.replace(/^[^:]*: /, ''), code: problem.code, message: problem.message };
}

/** Null until anything of a kind that is left was timed. */
function timeLeft(clock: StudyClock, left: readonly StudyStep[]): number | null {
  if (left.every(({ kind }) => clock.isRough(kind))) return null;
  return left.reduce((sum, { kind, subject }) => sum + clock.estimate(kind, subject), 0);
}

async function groupOf(
  workspace: Workspace,
  config: StudyConfig,
  subjects: readonly string[],
  steps: readonly StepReport[],
  leftOut: readonly LeftOut[],
): Promise<StudyResult['group']> {
  const evaluations = steps.flatMap(({ kind, subject, model, decoder, state }) => {
    if (kind !== 'evaluate' || model === null || decoder === null) return [];
    if (state === 'failed' || state === 'skipped') return [];
    return [{ subject, decoder, name: decodingName(subject, model, decoder) }];
  });
  if (evaluations.length === 0) return null;
  const outcome = await groupStatistics(workspace, { name: config.name, subjects, evaluations, leftOut });
  return { ...(await readGroup(outcome.path)), path: outcome.path, cached: outcome.cached };
}
