import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type DecoderKind, publishedDecoder } from '../../shared/decoders.ts';
import { FusiformError } from '../../shared/errors.ts';
import type { JsonObject } from '../../shared/json.ts';
import { chooseMask } from '../bids/choose-mask.ts';
import { indexDataset } from '../bids/dataset.ts';
import { changeRoles, type RoleChange } from '../bids/roles/role-file.ts';
import { type Roles, type RoleTable, rolesOf, type TrialRole } from '../bids/roles/role-table.ts';
import { findSubject } from '../bids/select.ts';
import type { EngineKind } from '../engine/engine.ts';
import { defaultThreshold } from '../imaging/load-mask.ts';
import { fitEncodingStage } from '../jobs/stages/fit-encoding.ts';
import { type GlmSettingsInput, needsConfounds, parseGlmSettings } from '../jobs/stages/glm-settings.ts';
import { indexSubjectStage, readSubjectIndex } from '../jobs/stages/index-subject.ts';
import { placeholder } from '../jobs/stages/roles.ts';
import { rememberedHash } from '../store/file-hashes.ts';
import { setStudyOptions, studyOptions } from '../store/role-tables.ts';
import { collectRuns, fileInput, type HashFile, type RunInputs } from './bids-inputs.ts';
import { importFaces } from './faces.ts';
import { encodeFaces } from './latents.ts';
import { listModelOverlap, refuseTrainTestOverlap } from './leakage.ts';
import { describeModel } from './models.ts';
import { editedRoles, keepRoles, keptRoles, subjectRoles } from './role-tables.ts';
import { indexStudy, keptOptions, parseOptions, type StudyRequest } from './study-request.ts';
import type { Input, StageOutcome, Workspace } from './workspace.ts';

export { parseGlmSettings };
export type { GlmSettingsInput, Roles };

export interface AddSubjectRequest extends StudyRequest {
  readonly subject: string;
  /** Default: the only task, or the one named "faces". */
  readonly task?: string;
  /** Trial types by role; a type that is not named plays no part. Default: the table kept, else one proposed. */
  readonly roles?: Partial<Roles>;
  /** A role table that was edited (see `subject roles --out`). */
  readonly rolesFile?: string;
}

/** Reads what a study holds of a subject, checks every run, and notes it in the project. */
export async function addSubject(workspace: Workspace, request: AddSubjectRequest): Promise<StageOutcome> {
  const dataset = await indexStudy(request);
  const current = await subjectRoles(workspace, dataset, request);
  const table =
    request.roles === undefined
      ? await editedRoles(
          dataset,
          current,
          request.rolesFile === undefined ? {} : { file: request.rolesFile },
        )
      : changeRoles(current.table, rolesByType(current.table, request.roles));
  const isTold = request.roles !== undefined || request.rolesFile !== undefined;
  keepRoles(workspace, current.subject, table, isTold ? 'edited' : 'proposed');
  setStudyOptions(workspace.store.sql, current.subject, keptOptions(request.index));
  const outcome = await readSubject(workspace, { ...request, subject: current.subject, task: current.task });
  return { ...outcome, problems: [...current.problems, ...outcome.problems] };
}

/** Reads a subject that the project has once more, with the role table that holds now; nothing where it has none. */
export async function indexAgain(workspace: Workspace, subject: string): Promise<StageOutcome | undefined> {
  if (!workspace.entries('subject').some(({ name }) => name === subject)) return undefined;
  const { source, options } = studyOf(workspace, subject);
  const { task } = await readSubjectIndex(workspace.entry('subject', subject).path);
  return readSubject(workspace, { bids: source, index: parseOptions(options), subject, task });
}

/** Where a subject of the project came from, and how that is to be read. */
export function studyOf(workspace: Workspace, subject: string): { source: string; options: JsonObject } {
  const { source } = workspace.entry('subject', subject);
  return { source: source ?? '', options: studyOptions(workspace.store.sql, subject) };
}

async function readSubject(
  workspace: Workspace,
  { bids, index, subject, task }: StudyRequest & { readonly subject: string; readonly task: string },
): Promise<StageOutcome> {
  const kept = keptRoles(workspace, subject);
  if (kept === undefined) throw new Error(`Subject ${subject} has no role table.`);
  const collected = await collectRuns(bids, { subject, task }, hasher(workspace), {
    confounds: true,
    eventColumns: kept.table.columns,
    ...(index === undefined ? {} : { index }),
  });
  const outcome = await workspace.run({
    stage: indexSubjectStage,
    label: `read subject ${subject}`,
    parameters: { subject, task, runs: [...collected.specs], roles: rolesOf(kept.table) },
    inputs: collected.inputs,
    entry: { kind: 'subject', name: subject, source: resolve(bids) },
  });
  return { ...outcome, problems: [...collected.problems, ...outcome.problems] };
}

/** Roles by name, as the options of the command line give them, as changes to every type of a table. */
function rolesByType({ types }: RoleTable, roles: Partial<Roles>): RoleChange[] {
  const named: readonly (readonly [TrialRole, readonly string[] | undefined])[] = [
    ['training-face', roles.trainFace],
    ['test-face', roles.testFace],
    ['fixation', roles.fixation],
    ['imagery', roles.imagery],
    ['one-back', roles.oneback],
    ['ignore', roles.ignore],
  ];
  const given = named.flatMap(([role, names = []]) => names.map((name) => ({ name, role })));
  const rest = types.filter(({ name }) => !given.some((change) => change.name === name));
  return [...given, ...rest.map(({ name }): RoleChange => ({ name, role: 'other' }))];
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
  /** Folds of runs whose sums are kept apart, for the cross-validated gain; default 0, none. */
  readonly folds?: number;
  /** Folder of pictures; default: `stimuli` of the dataset. */
  readonly stimuli?: string;
  /** Share of the centre square of a picture that is kept. */
  readonly crop: number;
  /** See `OverlapRequest`; default false. */
  readonly allowNear?: boolean;
}

/** Learns how a subject's voxels encode a model's latents: the sums over runs, from which all else follows. */
export async function fitEncoding(workspace: Workspace, request: FitEncodingRequest): Promise<StageOutcome> {
  const { subject, model, engine } = request;
  const settings = parseGlmSettings(request.settings);
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
  const faces = await importStimuli(workspace, request, bids);
  const overlaps = [
    ...(await refuseTrainTestOverlap(workspace, { ...request, faces })),
    ...(await listModelOverlap(workspace, { subject, model, faces })),
  ];
  const latents = await encodeFaces(workspace, { model, faces, engine });
  const { collected, inputs } = await subjectRuns(workspace, request);
  const encoding = await workspace.run({
    stage: fitEncodingStage,
    label: `GLM of subject ${subject}, latents of "${model}"`,
    parameters: {
      runs: [...collected.specs],
      settings,
      noise: request.noise,
      maskThreshold: request.maskThreshold ?? defaultThreshold,
      folds: request.folds ?? 0,
      engine,
    },
    inputs: { ...inputs, latents },
  });
  return { ...encoding, problems: [...overlaps, ...collected.problems, ...encoding.problems] };
}

/** A subject's runs, what is known of them, and the mask: the inputs of every stage that reads them. */
export async function subjectRuns(
  workspace: Workspace,
  { subject, settings, mask: given }: Pick<FitEncodingRequest, 'subject' | 'settings' | 'mask'>,
): Promise<{ collected: RunInputs; inputs: Record<string, Input> }> {
  const entry = workspace.entry('subject', subject);
  const bids = entry.source ?? '';
  const study = parseOptions(studyOptions(workspace.store.sql, subject));
  const index = await readSubjectIndex(entry.path);
  const hash = hasher(workspace);
  const collected = await collectRuns(bids, { subject, task: index.task }, hash, {
    confounds: needsConfounds(parseGlmSettings(settings)),
    index: study,
    ...(index.eventColumns === null ? {} : { eventColumns: index.eventColumns }),
  });
  const { masks, runs } = findSubject(await indexDataset(bids, study), subject);
  const path = given ?? chooseMask(masks, runs);
  const mask: Record<string, Input> = path === null ? {} : { mask: await fileInput(path, hash) };
  return { collected, inputs: { ...collected.inputs, ...mask, subject: entry } };
}

export function mappingName(subject: string, model: string): string {
  return `${subject}/${model}`;
}

/** What decoded codes and their scores are called: those of the paper's decoder as the mapping itself. */
export function decodingName(
  subject: string,
  model: string,
  decoder: DecoderKind = publishedDecoder,
): string {
  const name = mappingName(subject, model);
  return decoder === publishedDecoder ? name : `${name}/${decoder}`;
}

/** The face set that holds the pictures a subject's study shows, at the size of a model. */
export function stimuliName(subject: string, imageSize: number): string {
  return `stimuli-${subject}-${imageSize}px`;
}

/** The pictures that the subject was shown, as a face set. @returns its name */
async function importStimuli(
  workspace: Workspace,
  request: FitEncodingRequest,
  bids: string,
): Promise<string> {
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
  return faces;
}

function hasher(workspace: Workspace): HashFile {
  return (path) => rememberedHash(workspace.store.sql, path);
}
