import { join, resolve } from 'node:path';
import type { OnJobEvent } from '../../shared/job-events.ts';
import type { BidsSubject } from '../bids/dataset.ts';
import type { EventColumns } from '../bids/event-columns.ts';
import { findSubject } from '../bids/select.ts';
import { hashFile } from '../formats/files/read.ts';
import { tissues } from '../jobs/quality/carpet-groups.ts';
import { listedRuns } from '../jobs/quality/summary.ts';
import { type GlmSettingsInput, parseGlmSettings } from '../jobs/stages/glm-settings.ts';
import { readSubjectIndex } from '../jobs/stages/index-subject.ts';
import { qualityFiles, qualityStage } from '../jobs/stages/quality.ts';
import { defaultThresholds, type QualityThresholds } from '../qc/flags.ts';
import { rememberedHash } from '../store/file-hashes.ts';
import { listJobs } from '../store/jobs.ts';
import { collectRuns, fileInput, type HashFile } from './bids-inputs.ts';
import { keptRoles } from './role-tables.ts';
import { runStandalone } from './standalone.ts';
import { parseOptions, type StudyRequest } from './study-request.ts';
import { studyOf } from './subjects.ts';
import type { Input, StageOutcome, Workspace } from './workspace.ts';

export { defaultThresholds, listedRuns, qualityFiles };

export interface QualityOptions {
  readonly session?: string;
  readonly run?: string;
  /** Mask on the grid of the runs; default the dataset's brain mask, else the brain found in the mean image. */
  readonly mask?: string;
  /** Label image by which carpets are ordered; default the dataset's masks of tissues. */
  readonly atlas?: string;
  /** Table of its labels. */
  readonly atlasLabels?: string;
  /** How the design is built that is shown; what is not given is as `glm fit` has it. */
  readonly settings: GlmSettingsInput;
  readonly thresholds: QualityThresholds;
  readonly parquet: boolean;
}

export interface StandaloneQualityRequest extends QualityOptions, StudyRequest {
  readonly subject: string;
  readonly task?: string;
  readonly outDir: string;
  readonly signal: AbortSignal;
  readonly onEvent: OnJobEvent;
}

/** Quality control of a subject of a BIDS dataset, without a project. */
export async function examineDataset(request: StandaloneQualityRequest): Promise<StageOutcome> {
  const { prepared, problems } = await prepare(request, hashFile);
  const { outDir, signal, onEvent } = request;
  const outcome = await runStandalone({ ...prepared, outDir, signal, onEvent });
  return { ...outcome, problems: [...problems, ...outcome.problems] };
}

/** Quality control of a subject of a project, of the runs and the task that it was added with. */
export async function examineSubject(
  workspace: Workspace,
  request: QualityOptions & { readonly subject: string },
): Promise<StageOutcome> {
  const { subject } = request;
  const { task } = await readSubjectIndex(workspace.entry('subject', subject).path);
  const { source, options } = studyOf(workspace, subject);
  const hash: HashFile = (path) => rememberedHash(workspace.store.sql, path);
  const study = { bids: source, index: parseOptions(options), task };
  const columns = keptRoles(workspace, subject)?.table.columns;
  const { prepared, problems } = await prepare(
    { ...request, ...study, ...(columns === undefined ? {} : { eventColumns: columns }) },
    hash,
  );
  const outcome = await workspace.run(prepared);
  return { ...outcome, problems: [...problems, ...outcome.problems] };
}

/** What quality control of a subject found last; null where it was never done. */
export function latestQuality(workspace: Workspace, subject: string): StageOutcome | null {
  const job = listJobs(workspace.store.sql)
    .filter(
      ({ stage, state, parameters }) =>
        stage === qualityStage.name && state === 'done' && parameters.subject === subject,
    )
    .at(-1);
  return job === undefined ? null : workspace.outcome(job);
}

/** Where the page of an outcome stands. */
export function reportPath({ path }: Pick<StageOutcome, 'path'>): string {
  return join(path, qualityFiles.report);
}

interface PrepareRequest extends QualityOptions, StudyRequest {
  readonly subject: string;
  readonly task?: string;
  readonly eventColumns?: EventColumns;
}

async function prepare(request: PrepareRequest, hash: HashFile) {
  const { bids, index, eventColumns, subject, task, session, run, settings, thresholds, parquet } = request;
  const filter = {
    subject,
    ...(task === undefined ? {} : { task }),
    ...(session === undefined ? {} : { session }),
    ...(run === undefined ? {} : { run }),
  };
  const collected = await collectRuns(bids, filter, hash, {
    confounds: true,
    eventsRequired: false,
    ...(index === undefined ? {} : { index }),
    ...(eventColumns === undefined ? {} : { eventColumns }),
  });
  const label = collected.runs[0].subject;
  const atlas = {
    ...(request.atlas === undefined ? {} : { atlas: await fileInput(request.atlas, hash) }),
    ...(request.atlasLabels === undefined ? {} : { atlasLabels: await fileInput(request.atlasLabels, hash) }),
  };
  const masks = await findMasks(findSubject(collected.dataset, label), request.mask, hash);
  return {
    prepared: {
      stage: qualityStage,
      label: `quality of subject ${label}`,
      parameters: {
        subject: label,
        runs: [...collected.specs],
        settings: parseGlmSettings(settings),
        thresholds,
        maskRequired: request.mask !== undefined,
        ...(parquet ? { parquet } : {}),
      },
      inputs: { ...collected.inputs, ...masks, ...atlas },
    },
    problems: collected.problems,
  };
}

/** How labs name masks of tissues, in the order of `tissues`. */
const tissueNames: readonly RegExp[] = [/^(gm|gr[ae]y)/i, /^(wm|white)/i, /^(csf|ventricle)/i];

/** The brain mask, if one was given or is there, and masks of tissues. */
async function findMasks(
  { masks, runs }: BidsSubject,
  given: string | undefined,
  hash: HashFile,
): Promise<Record<string, Input>> {
  const present = masks.filter(({ danglingLink }) => danglingLink === null);
  const named = (pattern: RegExp) => present.find(({ name }) => pattern.test(name))?.path;
  const brain = given ?? runs.find(({ maskPath }) => maskPath !== null)?.maskPath ?? named(/^brain/i);
  const found: Record<string, Input> = {};
  if (brain) found.mask = await fileInput(resolve(brain), hash);
  for (const [at, tissue] of tissues.entries()) {
    const path = named(tissueNames[at]);
    if (path !== undefined) found[tissue] = await fileInput(path, hash);
  }
  return found;
}
