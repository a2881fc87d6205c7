import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { FusiformError } from '../../shared/errors.ts';
import type { EngineKind } from '../engine/engine.ts';
import { type CodeItem, collectCodesStage } from '../jobs/stages/collect-codes.ts';
import { rememberedHash } from '../store/file-hashes.ts';
import { codesInput, isCodeFile, picturePreparation } from './latents.ts';
import type { Input, StageOutcome, Workspace } from './workspace.ts';

export interface CollectCodesRequest {
  readonly model: string;
  /**
   * Each a picture file, a face of a set (`SET:FILE`, or `FILE` of the set `faces`), or a row of codes, counted from 1
   * (`codes.npy:3`, `codes.mat:3`, `vaegan/faces:3`).
   */
  readonly sources: readonly string[];
  /** The set in which bare names are looked up. */
  readonly faces: string;
  readonly engine: EngineKind;
  readonly crop?: number;
}

/**
 * Codes and pictures of faces from anywhere, in the order asked for.
 *
 * @throws FusiformError FACE_UNKNOWN, NAME_UNKNOWN, LATENTS_DIM_MISMATCH, LATENTS_OF_ANOTHER_MODEL
 */
export async function collectCodes(
  workspace: Workspace,
  request: CollectCodesRequest,
): Promise<StageOutcome> {
  const { model, engine, sources } = request;
  const inputs: Record<string, Input> = { model: workspace.entry('model', model) };
  const items: CodeItem[] = [];
  for (const source of sources) {
    const { item, input } = await resolveSource(workspace, source, request);
    items.push(item);
    inputs[item.input] = input;
  }
  return workspace.run({
    stage: collectCodesStage,
    label: `encode ${sources.length} faces by "${model}"`,
    parameters: { engine, preparation: await picturePreparation(workspace, model, request.crop), items },
    inputs,
  });
}

async function resolveSource(
  workspace: Workspace,
  source: string,
  { faces }: CollectCodesRequest,
): Promise<{ item: CodeItem; input: Input }> {
  if (isCodeFile(source)) {
    throw new FusiformError('FACE_UNKNOWN', `Which row of ${source}? Write ${source}:1 for the first.`);
  }
  const isFile = await stat(source).then(
    (stats) => stats.isFile(),
    () => false,
  );
  if (isFile) {
    const path = resolve(source);
    const hash = await rememberedHash(workspace.store.sql, path);
    return {
      item: { kind: 'picture', input: `picture ${hash}`, name: basename(path) },
      input: { path, hash },
    };
  }
  const [, before = '', after = ''] = /^(.*):([^:]+)$/.exec(source) ?? [];
  const row = /^\d+$/.test(after) ? Number(after) : 0;
  const isLatents = workspace.entries('latents').some(({ name }) => name === before);
  if (row > 0 && (isCodeFile(before) || isLatents)) {
    const input = await codesInput(workspace, before);
    return { item: { kind: 'code', input: `codes ${input.hash}`, row }, input };
  }
  const isSet = workspace.entries('faces').some(({ name }) => name === before);
  const input = workspace.entry('faces', isSet ? before : faces);
  return { item: { kind: 'face', input: `faces ${input.hash}`, file: isSet ? after : source }, input };
}
