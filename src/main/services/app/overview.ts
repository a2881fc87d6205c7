import type { JobKind } from '../../../shared/contract/job-requests.ts';
import type { QueuedJob } from '../../../shared/contract/jobs.ts';
import { type PipelineStep, pipelineSteps, type StepFacts } from '../../../shared/contract/overview.ts';
import { type NamedResult, namedResults } from '../../store/results.ts';
import { type StaleEntries, staleResults } from '../staleness.ts';
import { nextAction } from './next-action.ts';
import type { OpenProject } from './open-project.ts';

/** What each step is built upon. */
const needs: Readonly<Record<PipelineStep, readonly PipelineStep[]>> = {
  faces: [],
  model: ['faces'],
  subject: [],
  mapping: ['model', 'subject'],
  decoding: ['mapping'],
  evaluation: ['decoding'],
};

const stepOfKind: Readonly<Partial<Record<JobKind, PipelineStep>>> = {
  'import-faces': 'faces',
  'train-model': 'model',
  'fit-pca': 'model',
  'add-subject': 'subject',
  'fit-map': 'mapping',
  'decode-subject': 'decoding',
  'evaluate-subject': 'evaluation',
};

/** Results of a step that are named; the screens of the step list them all. */
const named = 4;

/** The pipeline as it stands: what there is, what no longer holds and why, and what can be done next. */
export function describePipeline({ workspace, queue }: OpenProject): StepFacts[] {
  const stale = staleResults(workspace);
  const results = namedResults(workspace.store.sql).filter(({ result }) => result !== null);
  const { jobs } = queue.live.value;
  const has = (step: PipelineStep) => results.some(({ kind }) => kind === step);
  return pipelineSteps.map((step) => {
    const own = results.filter(({ kind }) => kind === step);
    const count = own.filter((result) => stale.has(textOf(result))).length;
    const job = latestOf(jobs, step);
    const facts = {
      step,
      state: stateOf(own.length, count, job),
      needs: needs[step].find((needed) => !has(needed)) ?? null,
      job:
        job === undefined || job.state === 'done' || job.state === 'cancelled'
          ? null
          : { id: job.id, label: job.label, state: job.state },
    };
    return {
      ...facts,
      count: own.length,
      stale: count,
      seconds: own.reduce((sum, { result }) => sum + (result?.seconds ?? 0), 0),
      entries: mostTelling(own, stale).map(({ kind, name, result }) => ({
        name,
        seconds: result?.seconds ?? 0,
        finishedAt: result?.finishedAt ?? null,
        stale: stale.get(`${kind} ${name}`) ?? null,
      })),
      next: nextAction(facts, { results, stale, jobs }),
    };
  });
}

/** Those that no longer hold first, then the latest. */
function mostTelling(own: readonly NamedResult[], stale: StaleEntries): NamedResult[] {
  const latest = [...own].reverse();
  const isStale = (result: NamedResult) => stale.has(textOf(result));
  return [...latest.filter(isStale), ...latest.filter((result) => !isStale(result))].slice(0, named);
}

/** The job of a step that matters most: one that is not finished, else the one that ended last. */
function latestOf(jobs: readonly QueuedJob[], step: PipelineStep): QueuedJob | undefined {
  return jobs.find(({ request }) => stepOfKind[request.kind] === step);
}

function stateOf(count: number, stale: number, job: QueuedJob | undefined): StepFacts['state'] {
  if (job?.state === 'running') return 'running';
  if (job?.state === 'waiting' || job?.state === 'paused') return 'waiting';
  if (job?.state === 'failed') return 'failed';
  if (count === 0) return 'missing';
  return stale > 0 ? 'stale' : 'done';
}

const textOf = ({ kind, name }: NamedResult) => `${kind} ${name}`;
