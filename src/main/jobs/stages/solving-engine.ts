import type { Engine, EngineKind } from '../../engine/engine.ts';
import type { NormalEquations } from '../../glm/streaming.ts';
import type { StageContext } from '../stage.ts';

/** Multiplications that float64 loops do in some seconds. */
const manyMultiplications = 2e10;

/** The engine to solve a large model on, in float32; null for a small one, which float64 loops solve as fast. */
export async function solvingEngine(
  { names, nVoxels }: NormalEquations,
  kind: EngineKind,
  context: StageContext,
): Promise<Engine | null> {
  return names.length ** 2 * nVoxels > manyMultiplications ? context.engine(kind) : null;
}
