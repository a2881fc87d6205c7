import { type JobRequest, type JobRequestInput, jobRequest } from '../../../shared/contract/job-requests.ts';
import type { QueuedJob } from '../../../shared/contract/jobs.ts';
import type { NextAction, PipelineStep, StepFacts } from '../../../shared/contract/overview.ts';
import { type DecoderKind, decoderKinds, publishedDecoder } from '../../../shared/decoders.ts';
import type { NamedResult } from '../../store/results.ts';
import type { StaleEntries } from '../staleness.ts';
import { decodingName, mappingName } from '../subjects.ts';
import { describeSettings } from './request-settings.ts';

export interface PipelineFacts {
  readonly results: readonly NamedResult[];
  readonly stale: StaleEntries;
  readonly jobs: readonly QueuedJob[];
}

const places: Readonly<Record<PipelineStep, `/${string}`>> = {
  faces: '/faces',
  model: '/model',
  subject: '/subjects',
  mapping: '/subjects',
  decoding: '/decoding',
  evaluation: '/evaluation',
};

/** Where a first one is made, where that is another place than where they are listed. */
const beginningPlaces: Readonly<Partial<Record<PipelineStep, `/${string}`>>> = {
  faces: '/faces/import',
  subject: '/subjects/add',
};

const beginnings: Readonly<Record<PipelineStep, string>> = {
  faces: 'Import faces',
  model: 'Train a model',
  subject: 'Add a subject',
  mapping: 'Fit a mapping',
  decoding: 'Decode',
  evaluation: 'Evaluate',
};

const openings: Readonly<Record<PipelineStep, string>> = {
  faces: 'Look at the faces',
  model: 'Explore the models',
  subject: 'Look at the subjects',
  mapping: 'Look at the voxels',
  decoding: 'Look at the decoded faces',
  evaluation: 'Read the scores',
};

/** The one thing to do next about a step: there is always one. */
export function nextAction(
  { step, state, needs, job }: Pick<StepFacts, 'step' | 'state' | 'needs' | 'job'>,
  facts: PipelineFacts,
): NextAction {
  if (job !== null && state === 'failed') return going('See why it failed', `/jobs?job=${job.id}`);
  if (job !== null && state === 'running') return going('Watch the job', `/jobs?job=${job.id}`);
  if (job !== null) return going('See where it waits', `/jobs?job=${job.id}`);
  if (needs !== null) return going(`${beginnings[needs]} first`, beginningPlaces[needs] ?? places[needs]);
  const request = pending(step, facts);
  if (request !== null) {
    const { label } = request;
    return { label, place: null, request: request.request, settings: describeSettings(request.request) };
  }
  return state === 'missing'
    ? going(beginnings[step], beginningPlaces[step] ?? places[step])
    : going(openings[step], places[step]);
}

function going(label: string, place: `/${string}`): NextAction {
  return { label, place, request: null, settings: [] };
}

interface Pending {
  readonly label: string;
  readonly request: JobRequest;
}

/** What a step still lacks, or holds from what was replaced since: the first of it, as a request with its settings. */
function pending(step: PipelineStep, facts: PipelineFacts): Pending | null {
  const of = (kind: PipelineStep) => facts.results.filter((result) => result.kind === kind);
  if (step === 'mapping') {
    const pairs = of('subject').flatMap((subject) =>
      of('model').map((model) => ({ subject: subject.name, model: model.name })),
    );
    return first(step, facts, pairs, {
      nameOf: ({ subject, model }) => mappingName(subject, model),
      request: (pair) => ({ kind: 'fit-map', ...pair }),
      verb: 'Fit the mapping of',
    });
  }
  if (step === 'decoding') {
    return first(step, facts, of('mapping').flatMap(partsOf), {
      nameOf: ({ subject, model }) => decodingName(subject, model),
      request: ({ subject, model }) => ({ kind: 'decode-subject', subject, model }),
      verb: 'Decode',
    });
  }
  if (step === 'evaluation') {
    return first(step, facts, of('decoding').flatMap(partsOf), {
      nameOf: ({ subject, model, decoder }) => decodingName(subject, model, decoder),
      request: (parts) => ({ kind: 'evaluate-subject', ...parts }),
      verb: 'Evaluate',
    });
  }
  return null;
}

function first<Parts>(
  step: PipelineStep,
  { results, stale, jobs }: PipelineFacts,
  candidates: readonly Parts[],
  how: { nameOf: (parts: Parts) => string; request: (parts: Parts) => JobRequestInput; verb: string },
): Pending | null {
  const have = new Set(results.filter(({ kind }) => kind === step).map(({ name }) => name));
  const lacking = candidates.find((parts) => !have.has(how.nameOf(parts)));
  const renewed = candidates.find((parts) => stale.has(`${step} ${how.nameOf(parts)}`));
  const parts = renewed ?? lacking;
  if (parts === undefined) return null;
  const wanted = jobRequest.parse(how.request(parts));
  const label = `${how.verb} ${how.nameOf(parts)}${renewed === undefined ? '' : ' anew'}`;
  return { label, request: asLastTime(wanted, jobs) ?? wanted };
}

/** The settings that were used for the same result before, which are the latest in the queue. */
function asLastTime(wanted: JobRequest, jobs: readonly QueuedJob[]): JobRequest | undefined {
  const identity = identityOf(wanted);
  return jobs.find(({ state, request }) => state === 'done' && identityOf(request) === identity)?.request;
}

function identityOf(request: JobRequest): string {
  const { kind } = request;
  if (!('subject' in request)) return kind;
  return JSON.stringify([
    kind,
    request.subject,
    'model' in request ? request.model : '',
    'decoder' in request ? request.decoder : '',
  ]);
}

interface ResultParts {
  readonly subject: string;
  readonly model: string;
  readonly decoder: DecoderKind;
}

/** `01/vaegan/dual-ridge` in its parts; none where it is no such name. */
function partsOf({ name }: NamedResult): ResultParts[] {
  const [subject, model, kind = publishedDecoder] = name.split('/');
  const decoder = decoderKinds.find((known) => known === kind);
  return model === undefined || decoder === undefined ? [] : [{ subject, model, decoder }];
}
