import type { Engine, EngineKind } from '../../src/main/engine/engine.ts';
import { openEngine, probeEngine } from '../../src/main/engine/registry.ts';

/**
 * Runs a measurement on an engine, opened and closed around it: one engine is open at a time.
 *
 * @returns what the measurement returned, or why the engine cannot be used
 */
export async function onEngine<T>(
  kind: EngineKind,
  measure: (engine: Engine) => Promise<T>,
): Promise<{ readonly result: T } | { readonly missing: string }> {
  const probe = await probeEngine(kind);
  if (!probe.available) return { missing: `${kind} engine ${probe.reason}` };
  const { engine } = await openEngine(kind);
  try {
    return { result: await measure(engine) };
  } finally {
    await engine.dispose();
  }
}
