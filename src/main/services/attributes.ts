import type { EngineKind } from '../engine/engine.ts';
import { attributeAxisStage } from '../jobs/stages/attribute-axis.ts';
import { encodeFaces } from './latents.ts';
import type { StageOutcome, Workspace } from './workspace.ts';

/** The axis between two classes of a label, and how well it tells held-out faces apart. */
export async function findAttributeAxis(
  workspace: Workspace,
  request: {
    model: string;
    faces: string;
    column: string;
    positive: string;
    engine: EngineKind;
    seed: number;
  },
): Promise<StageOutcome> {
  const latents = await encodeFaces(workspace, request);
  return workspace.run({
    stage: attributeAxisStage,
    label: `axis of ${request.column} = ${request.positive}`,
    parameters: {
      column: request.column,
      positive: request.positive,
      folds: 10,
      seed: request.seed,
      engine: request.engine,
    },
    inputs: {
      latents,
      faces: workspace.entry('faces', request.faces),
      model: workspace.entry('model', request.model),
    },
  });
}
