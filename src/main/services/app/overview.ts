import { type PipelineStep, pipelineSteps, type StepFacts } from '../../../shared/contract/overview.ts';
import type { JobKind } from '../../../shared/contract/job-requests.ts';
import type { QueuedJob } from '../../../shared/contract/jobs.ts';
import { findJob } from '../../store/jobs.ts';
import { staleEntries } from '../staleness.ts';
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

/** The pipeline as it stands: what there is, what no longer holds and why, and what can be done next. */
export function describePipeline(project: OpenProject): StepFacts[] {
  const { workspace, queue } = project;
  const stale = new Set(staleEntries(workspace));
  const entries = workspace.entries();
  const has = (step: PipelineStep) => entries.some(({ kind }) => kind === step);
  return pipelineSteps.map((step) => {
    const own = entries
      .filter(({ kind }) => kind === step)
      .map(({ name, jobKey }) => {
        const job = findJob(workspace.store.sql, jobKey);
        return {
          name,
          seconds: job?.seconds ?? 0,
          finishedAt: job?.finishedAt ?? null,
          stale: stale.has(`${step} ${name}`)
            ? 'The roles of the trial types were changed after it was computed.'
            : null,
        };
      });
    const job = latestOf(queue.live.value.jobs, step);
    return {
      step,
      state: stateOf(own, job),
      entries: own,
      needs: needs[step].find((needed) => !has(needed)) ?? null,
      job: job === undefined || job.state === 'done' ? null : job.id,
    };
  });
}

/** The job of a step that matters most: one that is not finished, else the one that ended last. */
function latestOf(jobs: readonly QueuedJob[], step: PipelineStep): QueuedJob | undefined {
  return jobs.find(({ request }) => stepOfKind[request.kind] === step);
}

function stateOf(
  entries: readonly { stale: string | null }[],
  job: QueuedJob | undefined,
): StepFacts['state'] {
  if (job?.state === 'running') return 'running';
  if (job?.state === 'waiting' || job?.state === 'paused') return 'waiting';
  if (job?.state === 'failed') return 'failed';
  if (entries.length === 0) return 'missing';
  return entries.some(({ stale }) => stale !== null) ? 'stale' : 'done';
}
