import { basename } from 'node:path';
import { type DecoderKind, publishedDecoder } from '../../shared/decoders.ts';
import { FusiformError } from '../../shared/errors.ts';
import type { EngineKind } from '../engine/engine.ts';
import { decodePatternsStage } from '../jobs/stages/decode-patterns.ts';
import { readPatternsStage } from '../jobs/stages/read-patterns.ts';
import type { EntryKind } from '../store/entries.ts';
import { rememberedHash } from '../store/file-hashes.ts';
import { findJob } from '../store/jobs.ts';
import { findAncestors } from '../store/lineage.ts';
import { fileInput } from './bids-inputs.ts';
import { staleNote } from './staleness.ts';
import { decodingName, mappingName } from './subjects.ts';
import type { StageOutcome, Workspace } from './workspace.ts';

export interface DecodeRequest {
  readonly subject: string;
  readonly model: string;
  readonly engine: EngineKind;
  /** Default: the paper's. */
  readonly decoder?: DecoderKind;
}

/**
 * Decodes a subject's test patterns (and imagery) into latents and images.
 *
 * @throws FusiformError NAME_UNKNOWN, MAPPING_OF_OTHER_MODEL, DECODER_OF_OTHER_VOXELS
 */
export function decodeSubject(workspace: Workspace, request: DecodeRequest): Promise<StageOutcome> {
  return decodePatternsOf(workspace, request, null);
}

/** Patterns in place of those of the test faces, and the name that their decoding is found by. */
export interface DecodedSource {
  readonly patterns: StageOutcome;
  readonly entry: string;
}

/** Decodes the test patterns of a mapping, or others. */
export async function decodePatternsOf(
  workspace: Workspace,
  { subject, model, engine, decoder = publishedDecoder }: DecodeRequest,
  source: DecodedSource | null,
): Promise<StageOutcome> {
  const modelEntry = workspace.entry('model', model);
  const { mapping, ...fitted } = decoderParts(workspace, { subject, model, decoder });
  const entry: { readonly kind: EntryKind; readonly name: string } =
    source === null
      ? { kind: 'decoding', name: decodingName(subject, model, decoder) }
      : { kind: 'offline-decoding', name: source.entry };
  const outcome = await workspace.run({
    stage: decodePatternsStage,
    label: `decode subject ${subject} by "${model}"${decoder === publishedDecoder ? '' : `, ${decoder}`}`,
    parameters: { engine },
    inputs: {
      mapping,
      model: modelEntry,
      ...(source === null ? {} : { patterns: source.patterns }),
      ...fitted,
    },
    entry,
  });
  const stale = staleNote(workspace, 'mapping', mappingName(subject, model));
  return { ...outcome, problems: [...stale, ...outcome.problems] };
}

/**
 * What a decoder is made of: the mapping and, but for the paper's, what was fitted beside it.
 *
 * @throws FusiformError NAME_UNKNOWN, MAPPING_OF_OTHER_MODEL
 */
export function decoderParts(
  workspace: Workspace,
  { subject, model, decoder = publishedDecoder }: Pick<DecodeRequest, 'subject' | 'model' | 'decoder'>,
): { readonly mapping: StageOutcome; readonly decoder?: StageOutcome } {
  const mapping = workspace.entry('mapping', mappingName(subject, model));
  refuseOtherModel(workspace, mapping, workspace.entry('model', model), model);
  if (decoder === publishedDecoder) return { mapping };
  return { mapping, decoder: workspace.entry('decoder', decodingName(subject, model, decoder)) };
}

/** @throws FusiformError as `readPatternsStage` */
export async function patternsOfFile(
  workspace: Workspace,
  mapping: StageOutcome,
  { file, presentations = 1 }: { readonly file: string; readonly presentations?: number },
): Promise<StageOutcome> {
  return workspace.run({
    stage: readPatternsStage,
    label: `patterns of ${basename(file)}`,
    parameters: { fileName: basename(file), presentations },
    inputs: { file: await fileInput(file, (path) => rememberedHash(workspace.store.sql, path)), mapping },
  });
}

/** A model that was trained anew under its name would make pictures of codes that mean something else to it. */
function refuseOtherModel(
  workspace: Workspace,
  mapping: StageOutcome,
  modelEntry: StageOutcome,
  name: string,
): void {
  const { sql } = workspace.store;
  const stage = findJob(sql, modelEntry.key)?.stage;
  // An imported mapping was made of no model of the project.
  if (stage === undefined || findAncestors(sql, mapping.key, 'fit-encoding').length === 0) return;
  if (findAncestors(sql, mapping.key, stage).some(({ artifact }) => artifact === modelEntry.hash)) return;
  throw new FusiformError(
    'MAPPING_OF_OTHER_MODEL',
    `The mapping was fitted to codes of another model than the one that is called "${name}" now.`,
    { file: workspace.store.dir },
  );
}
