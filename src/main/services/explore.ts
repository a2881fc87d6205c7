import { join } from 'node:path';
import type { EngineKind } from '../engine/engine.ts';
import { readTable } from '../formats/tsv/table.ts';
import { faceSetFiles } from '../jobs/stages/face-set.ts';
import { interpolateStage } from '../jobs/stages/interpolate.ts';
import { latentUsageStage } from '../jobs/stages/latent-usage.ts';
import { type SampleSource, sampleFacesStage } from '../jobs/stages/sample-faces.ts';
import { type TraversalDirection, traverseStage } from '../jobs/stages/traverse.ts';
import { Random } from '../math/random.ts';
import { findAttributeAxis } from './attributes.ts';
import { collectCodes } from './face-sources.ts';
import { encodeFaces } from './latents.ts';
import type { Input, StageOutcome, Workspace } from './workspace.ts';

export interface InterpolateRequest {
  readonly model: string;
  /** See `CollectCodesRequest.sources`. */
  readonly from: string;
  readonly to: string;
  readonly faces: string;
  readonly engine: EngineKind;
  readonly steps: number;
  readonly way: 'linear' | 'spherical';
}

/** The faces between two faces. */
export async function interpolate(workspace: Workspace, request: InterpolateRequest): Promise<StageOutcome> {
  const { engine, steps, way, from, to } = request;
  const ends = await collectCodes(workspace, { ...request, sources: [from, to] });
  return workspace.run({
    stage: interpolateStage,
    label: `from ${from} to ${to}`,
    parameters: { engine, steps, way },
    inputs: { model: workspace.entry('model', request.model), ends },
  });
}

export type DirectionRequest =
  | {
      readonly kind: 'label';
      readonly column: string;
      readonly positive: string;
      readonly rule: 'axis' | 'classifier';
    }
  | Exclude<TraversalDirection, { kind: 'label' }>;

export interface TraverseRequest {
  readonly model: string;
  /** The face set that directions come from, and in which bare names are looked up. */
  readonly faces: string;
  readonly engine: EngineKind;
  readonly direction: DirectionRequest;
  /** The faces that are moved (see `CollectCodesRequest.sources`); or as many as `count`, drawn by seed. */
  readonly sources?: readonly string[];
  readonly count: number;
  readonly seed: number;
  readonly steps: number;
  readonly range: number;
}

/** Faces moved along a direction of the latent space, as a table of pictures. */
export async function traverse(workspace: Workspace, request: TraverseRequest): Promise<StageOutcome> {
  const { model, engine, direction, steps, range } = request;
  const sources = request.sources ?? (await drawFaces(workspace, request));
  const faces = await collectCodes(workspace, { ...request, sources });
  const inputs: Record<string, Input> = { model: workspace.entry('model', model), faces };
  if (direction.kind === 'label') {
    const { column, positive } = direction;
    inputs.axis = await findAttributeAxis(workspace, { ...request, column, positive, folds: 10 });
  } else inputs.latents = await encodeFaces(workspace, request);
  const named: TraversalDirection =
    direction.kind === 'label'
      ? { kind: 'label', name: `${direction.column}=${direction.positive}`, rule: direction.rule }
      : direction;
  return workspace.run({
    stage: traverseStage,
    label: `traverse ${named.kind === 'label' ? named.name : `${named.kind} ${named.index}`}`,
    parameters: { engine, direction: named, steps, range },
    inputs,
  });
}

async function drawFaces(
  workspace: Workspace,
  { faces, count, seed }: Pick<TraverseRequest, 'faces' | 'count' | 'seed'>,
): Promise<string[]> {
  const { rows } = await readTable(join(workspace.entry('faces', faces).path, faceSetFiles.table));
  const order = new Random(seed).fork('drawn faces').permutation(rows.length);
  return Array.from(order.subarray(0, count), (at) => `${faces}:${rows[at].values.file}`);
}

export interface LatentUsageRequest {
  readonly model: string;
  readonly faces: string;
  readonly engine: EngineKind;
  readonly top: number;
  readonly steps: number;
  readonly range: number;
}

/** Which latents a model uses over a face set, and what the most used ones do. */
export async function rankLatentUsage(
  workspace: Workspace,
  request: LatentUsageRequest,
): Promise<StageOutcome> {
  const { model, engine, top, steps, range } = request;
  const latents = await encodeFaces(workspace, request);
  return workspace.run({
    stage: latentUsageStage,
    label: `latents of "${model}"`,
    parameters: { engine, top, steps, range },
    inputs: { model: workspace.entry('model', model), latents },
  });
}

export interface SampleRequest {
  readonly model: string;
  /** The face set whose codes are imitated. */
  readonly faces: string;
  readonly engine: EngineKind;
  readonly count: number;
  readonly from: SampleSource;
  readonly seed: number;
}

/** Faces of random codes. */
export async function sampleFaces(workspace: Workspace, request: SampleRequest): Promise<StageOutcome> {
  const { model, engine, count, from, seed } = request;
  const inputs: Record<string, Input> = { model: workspace.entry('model', model) };
  if (from === 'codes') inputs.latents = await encodeFaces(workspace, request);
  return workspace.run({
    stage: sampleFacesStage,
    label: `sample ${count} faces by "${model}"`,
    parameters: { engine, count, from, seed },
    inputs,
  });
}
