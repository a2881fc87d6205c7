import type { JsonObject } from '../../shared/json.ts';
import type { EngineKind } from '../engine/engine.ts';
import type { StageResult } from '../jobs/stage.ts';
import type { EngineChoice } from './engines.ts';

/** Why this process took each engine; a job is told its kind alone, since that alone is part of its key. */
const choices = new Map<EngineKind, Pick<EngineChoice, 'reason' | 'passedOver'>>();

export function rememberChoice({ kind, reason, passedOver }: EngineChoice): void {
  choices.set(kind, { reason, passedOver });
}

/**
 * The summary of a job together with what it was computed on and why, for whoever reads the project later:
 * `computedOn` holds what the engine said of itself in the worker, the reason, and the engines that were passed over.
 */
export function summaryWithEngine({ summary, engine }: StageResult): JsonObject {
  if (engine === undefined) return summary;
  const { details: _limits, memory: _bound, ...device } = engine;
  const choice = choices.get(engine.kind);
  return {
    ...summary,
    computedOn: {
      ...device,
      reason: choice?.reason ?? 'named by the caller',
      passedOver: choice?.passedOver.map(({ kind, reason }) => ({ kind, reason })) ?? [],
    },
  };
}
