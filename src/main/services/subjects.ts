import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FusiformError } from '../../shared/errors.ts';
import { indexDataset } from '../bids/dataset.ts';
import { findSubject } from '../bids/select.ts';
import type { EngineKind } from '../engine/engine.ts';
import { defaultThreshold } from '../imaging/load-mask.ts';
import { fitEncodingStage } from '../jobs/stages/fit-encoding.ts';
import { type GlmSettingsInput, glmSettingsSchema, needsConfounds } from '../jobs/stages/glm-settings.ts';
import { indexSubjectStage, readSubjectIndex } from '../jobs/stages/index-subject.ts';
import type { Roles } from '../jobs/stages/roles.ts';
import { rememberedHash } from '../store/file-hashes.ts';
import { collectRuns, fileInput, type HashFile } from './bids-inputs.ts';
import { importFaces } from './faces.ts';
import { encodeFaces } from './latents.ts';
import { describeModel } from './models.ts';
import type { Input, StageOutcome, Workspace } from './workspace.ts';

export type { GlmSettingsInput, Roles };

export interface AddSubjectRequest {
  readonly bids: string;
  readonly subject: string;
  /** Default: the only task, or the one named "faces". */
  readonly task?: string;
  /** Default: proposed from the names of the trial types. */
  readonly roles?: Roles;
}

/** Reads what a BIDS dataset holds of a subject, checks every run, and notes it in the project. */
export async function addSubject(workspace: Workspace, request: AddSubjectRequest): Promise<StageOutcome> {
  const hash = hasher(workspace);
  const task = request.task ?? (await chooseTask(request));
  const collected = await collectRuns(request.bids, { subject: request.subject, task }, hash, {
    confounds: true,
  });
  const label = collected.runs[0].subject;
  const outcome = await workspace.run({
    stage: indexSubjectStage,
    label: `read subject ${label}`,
    parameters: { subject: label, task, runs: [...collected.specs], roles: request.roles ?? null },
    inputs: collected.inputs,
    entry: { kind: 'subject', name: label, source: resolve(request.bids) },
  });
  return { ...outcome, problems: [...collected.problems, ...outcome.problems] };
}

async function chooseTask({ bids, subject }: AddSubjectRequest): Promise<string> {
  const tasks = [
    ...new Set(findSubject(await indexDataset(resolve(bids)), subject).runs.map((run) => run.task)),
  ];
  if (tasks.length === 1) return tasks[0];
  const faces = tasks.find((task) => task === 'faces');
  if (faces) return faces;
  throw new FusiformError(
    'BIDS_NO_RUNS',
    `The subject has the tasks ${tasks.join(', ')}; name one (--task).`,
    {
      file: resolve(bids),
    },
  );
}

export interface FitEncodingRequest {
  readonly subject: string;
  readonly model: string;
  readonly settings: GlmSettingsInput;
  readonly noise: 'ols' | 'ar1';
  readonly engine: EngineKind;
  /** Voxels to consider; default: the dataset's grey-matter mask, else its brain mask, else the brain found. */
  readonly mask?: string;
  /** Of a mask of probabilities, the least that counts; default 0.5. */
  readonly maskThreshold?: number;
  /** Folder of pictures; default: `stimuli` of the dataset. */
  readonly stimuli?: string;
  /** Share of the centre square of a picture that is kept. */
  readonly crop: number;
}

/** Learns how a subject's voxels encode a model's latents: the sums over runs, from which all else follows. */
export async function fitEncoding(workspace: Workspace, request: FitEncodingRequest): Promise<StageOutcome> {
  const { subject, model, engine } = request;
  const settings = glmSettingsSchema.parse(request.settings);
  const entry = workspace.entry('subject', subject);
  const bids = entry.source ?? '';
  const index = await readSubjectIndex(entry.path);
  if (index.roles.trainFace.length === 0 || index.roles.testFace.length === 0) {
    throw new FusiformError(
      'ROLES_INCOMPLETE',
      `The trial types of subject ${subject} name no training or no test faces.`,
      {
        file: bids,
        details: { roles: index.roles },
      },
    );
  }
  const latents = await encodeStimuli(workspace, request, bids);
  const hash = hasher(workspace);
  const collected = await collectRuns(bids, { subject, task: index.task }, hash, {
    confounds: needsConfounds(settings),
  });
  const maskPath = request.mask ?? (await findMask(bids, subject));
  const mask: Record<string, Input> = maskPath === undefined ? {} : { mask: await fileInput(maskPath, hash) };
  const encoding = await workspace.run({
    stage: fitEncodingStage,
    label: `GLM of subject ${subject}, latents of "${model}"`,
    parameters: {
      runs: [...collected.specs],
      settings,
      noise: request.noise,
      maskThreshold: request.maskThreshold ?? defaultThreshold,
      engine,
    },
    inputs: { ...collected.inputs, ...mask, subject: entry, latents },
  });
  return { ...encoding, problems: [...collected.problems, ...encoding.problems] };
}

export function mappingName(subject: string, model: string): string {
  return `${subject}/${model}`;
}

/** The face set that holds the pictures a subject's study shows, at the size of a model. */
export function stimuliName(subject: string, imageSize: number): string {
  return `stimuli-${subject}-${imageSize}px`;
}

async function encodeStimuli(
  workspace: Workspace,
  request: FitEncodingRequest,
  bids: string,
): Promise<StageOutcome> {
  const { imageSize } = await describeModel(workspace, request.model);
  const faces = stimuliName(request.subject, imageSize);
  const dir = request.stimuli ?? join(bids, 'stimuli');
  if (!existsSync(dir)) {
    throw new FusiformError('STIMULI_MISSING', 'The folder of the pictures that were shown is not there.', {
      file: dir,
    });
  }
  const labels = join(dir, 'labels.tsv');
  await importFaces(workspace, {
    dir,
    name: faces,
    imageSize,
    crop: request.crop,
    exclude: placeholder,
    ...(existsSync(labels) ? { labels: [labels] } : {}),
  });
  return encodeFaces(workspace, { model: request.model, faces, engine: request.engine });
}

/** Pictures that stand for no face, such as the fixation cross. */
const placeholder = /(^|\/)(placeholders\/|fixation)/i;

async function findMask(bids: string, subject: string): Promise<string | undefined> {
  const { masks, runs } = findSubject(await indexDataset(bids), subject);
  const present = masks.filter((mask) => mask.danglingLink === null);
  const named = (pattern: RegExp) => present.find((mask) => pattern.test(mask.name))?.path;
  return (
    named(/^(gm|gr[ae]y)/i) ??
    runs.find((run) => run.maskPath !== null)?.maskPath ??
    named(/^brain/i) ??
    undefined
  );
}

function hasher(workspace: Workspace): HashFile {
  return (path) => rememberedHash(workspace.store.sql, path);
}
