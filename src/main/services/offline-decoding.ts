import { resolve } from 'node:path';
import { type DecoderKind, publishedDecoder } from '../../shared/decoders.ts';
import { FusiformError } from '../../shared/errors.ts';
import type { EngineKind } from '../engine/engine.ts';
import type { DecodedUnit } from '../jobs/stages/decoded-trials.ts';
import { defaultGlmSettings, needsConfounds } from '../jobs/stages/glm-settings.ts';
import { readSubjectIndex } from '../jobs/stages/index-subject.ts';
import { runPatternsStage } from '../jobs/stages/run-patterns.ts';
import { rememberedHash } from '../store/file-hashes.ts';
import { jobInputs } from '../store/jobs.ts';
import { findAncestors } from '../store/lineage.ts';
import { collectRuns } from './bids-inputs.ts';
import { type DecodedSource, decodePatternsOf, patternsOfFile } from './decode.ts';
import { fittedWith } from './fitted-with.ts';
import { type IndexOptions, parseOptions } from './study-request.ts';
import { mappingName, studyOf } from './subjects.ts';
import type { StageOutcome, Workspace } from './workspace.ts';

export { type DecodedUnit, decodedUnits } from '../jobs/stages/decoded-trials.ts';

interface OfflineRequest {
  readonly subject: string;
  readonly model: string;
  /** Default: the paper's. */
  readonly decoder?: DecoderKind;
  readonly engine: EngineKind;
  /** What the result is found by beside subject, model and decoder; default: the names of the runs, or of the file. */
  readonly name?: string;
}

export interface DecodeRunsRequest extends OfflineRequest {
  /** Names of runs that the mapping was not fitted with: `sub-01_ses-09_task-faces_run-01`. */
  readonly runs: readonly string[];
  /** Where they lie; default: where the subject came from. */
  readonly bids?: string;
  readonly index?: IndexOptions;
  /** A pattern a picture over all these runs, or one a trial; default `picture`. */
  readonly unit?: DecodedUnit;
  /** Trial types to decode; default: those that show or call up a face. */
  readonly types?: readonly string[];
  /** How a single trial is estimated; default `lss`. */
  readonly singleTrial?: 'lsa' | 'lss';
}

/**
 * Decodes what was seen in runs that a finished mapping knows nothing of. They are modelled as the runs of the fit were, at the
 * voxels of the mapping.
 *
 * @throws FusiformError NAME_UNKNOWN, RUN_OF_MAPPING, NOTHING_TO_DECODE, RUN_GRID_MISMATCH, BIDS_NO_RUNS, and as `decodeSubject`
 */
export async function decodeRuns(workspace: Workspace, request: DecodeRunsRequest): Promise<StageOutcome> {
  const { subject, model, runs } = request;
  const mapping = workspace.entry('mapping', mappingName(subject, model));
  const fitted = fittedWith(workspace, subject, model);
  const settings = fitted?.settings ?? defaultGlmSettings;
  const { source, options } = studyOf(workspace, subject);
  const { roles, eventColumns } = await readSubjectIndex(workspace.entry('subject', subject).path);
  const collected = await collectRuns(
    request.bids ?? source,
    { subject },
    (path) => rememberedHash(workspace.store.sql, path),
    {
      confounds: needsConfounds(settings),
      index: request.bids === undefined ? parseOptions(options) : (request.index ?? {}),
      only: runs,
      ...(eventColumns === null ? {} : { eventColumns }),
    },
  );
  refuseRunsOfFit(workspace, mapping.key, collected.inputs);
  const patterns = await workspace.run({
    stage: runPatternsStage,
    label: `patterns of ${runs.length === 1 ? runs[0] : `${runs.length} new runs`} of subject ${subject}`,
    parameters: {
      subject,
      runs: [...collected.specs],
      settings,
      noise: fitted?.noise ?? 'ar1',
      roles,
      types: request.types === undefined ? null : [...request.types],
      unit: request.unit ?? 'picture',
      singleTrial: request.singleTrial ?? 'lss',
      engine: request.engine,
    },
    inputs: { ...collected.inputs, mapping },
  });
  const short = runs.map((run) => run.replace(/^sub-[^_]+_/, '')).join('+');
  const outcome = await decodeNamed(workspace, request, patterns, request.name ?? short);
  return { ...outcome, problems: [...collected.problems, ...patterns.problems, ...outcome.problems] };
}

export interface DecodeFileRequest extends OfflineRequest {
  /** See read-patterns.ts. */
  readonly file: string;
  /** How many presentations each pattern is a mean of; default 1. */
  readonly presentations?: number;
}

/** Decodes the patterns of a file, and keeps the result under a name. @throws FusiformError as `decodeSubject` */
export async function decodeFile(workspace: Workspace, request: DecodeFileRequest): Promise<StageOutcome> {
  const { file, presentations = 1 } = request;
  const mapping = workspace.entry('mapping', mappingName(request.subject, request.model));
  const patterns = await patternsOfFile(workspace, mapping, { file: resolve(file), presentations });
  const [stem] = file.split(/[/\\]/).slice(-1);
  return decodeNamed(workspace, request, patterns, request.name ?? stem);
}

function decodeNamed(
  workspace: Workspace,
  { subject, model, engine, decoder = publishedDecoder }: OfflineRequest,
  patterns: StageOutcome,
  name: string,
): Promise<StageOutcome> {
  const source: DecodedSource = { patterns, entry: offlineName(subject, model, decoder, name) };
  return decodePatternsOf(workspace, { subject, model, engine, decoder }, source);
}

/** Where a decoding of other patterns stands: the decoder is always named. */
export function offlineName(subject: string, model: string, decoder: DecoderKind, name: string): string {
  return `${mappingName(subject, model)}/${decoder}/${name}`;
}

/** By their contents: a run has the same name in another folder. */
function refuseRunsOfFit(
  workspace: Workspace,
  mappingKey: string,
  inputs: Readonly<Record<string, { readonly hash: string; readonly path: string }>>,
): void {
  const { sql } = workspace.store;
  const known = new Set(
    findAncestors(sql, mappingKey, 'fit-encoding').flatMap(({ key }) =>
      Object.entries(jobInputs(sql, key)).flatMap(([name, hash]) => (name.endsWith(':bold') ? [hash] : [])),
    ),
  );
  const used = Object.entries(inputs).filter(([name, { hash }]) => name.endsWith(':bold') && known.has(hash));
  if (used.length === 0) return;
  const names = used.map(([name]) => name.replace(/:bold$/, '')).join(', ');
  throw new FusiformError('RUN_OF_MAPPING', `The mapping was fitted with ${names}.`, {
    file: used[0][1].path,
  });
}
