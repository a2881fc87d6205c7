import type { EngineKind } from '../engine/engine.ts';
import { interpolateStage } from '../jobs/stages/interpolate.ts';
import { collectCodes } from './face-sources.ts';
import type { StageOutcome, Workspace } from './workspace.ts';

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
