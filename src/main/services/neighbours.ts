import { FusiformError } from '../../shared/errors.ts';
import type { EngineKind } from '../engine/engine.ts';
import { memorisationStage } from '../jobs/stages/memorisation.ts';
import { neighboursStage } from '../jobs/stages/neighbours.ts';
import type { SampleSource } from '../jobs/stages/sample-faces.ts';
import { jobInputs } from '../store/jobs.ts';
import { collectCodes } from './face-sources.ts';
import { encodeFaces } from './latents.ts';
import type { StageOutcome, Workspace } from './workspace.ts';

export interface NeighboursRequest {
  readonly model: string;
  /** The set among which neighbours are looked for. */
  readonly faces: string;
  /** See `CollectCodesRequest.sources`. */
  readonly sources: readonly string[];
  readonly engine: EngineKind;
  readonly count: number;
  readonly by: 'correlation' | 'euclidean';
}

/** The faces of a set that are nearest to given faces in latent space. */
export async function findNeighbours(
  workspace: Workspace,
  request: NeighboursRequest,
): Promise<StageOutcome> {
  const { model, faces, engine, count, by } = request;
  const queries = await collectCodes(workspace, request);
  const latents = await encodeFaces(workspace, request);
  return workspace.run({
    stage: neighboursStage,
    label: `neighbours among "${faces}"`,
    parameters: { engine, count, by },
    inputs: {
      model: workspace.entry('model', model),
      faces: workspace.entry('faces', faces),
      latents,
      queries,
    },
  });
}

export interface MemorisationRequest {
  readonly model: string;
  /** The face set that the model was trained on. */
  readonly faces: string;
  readonly engine: EngineKind;
  readonly samples: number;
  readonly from: SampleSource;
  readonly seed: number;
}

/**
 * Whether a model's random faces are copies of its training faces.
 *
 * @throws FusiformError HELD_OUT_UNKNOWN where the model was trained on another set, or on all of it
 */
export async function judgeMemorisation(
  workspace: Workspace,
  request: MemorisationRequest,
): Promise<StageOutcome> {
  const { model, engine, samples, from, seed } = request;
  const trained = workspace.entry('model', model);
  const faces = workspace.entry('faces', request.faces);
  if (jobInputs(workspace.store.sql, trained.key).faces !== faces.hash) {
    throw new FusiformError(
      'HELD_OUT_UNKNOWN',
      `The model "${model}" was not trained on the face set "${request.faces}" as it is now.`,
    );
  }
  const latents = await encodeFaces(workspace, request);
  return workspace.run({
    stage: memorisationStage,
    label: `memory of "${model}"`,
    parameters: { engine, samples, from, seed },
    inputs: { model: trained, faces, latents },
  });
}
