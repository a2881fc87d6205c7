import { FusiformError } from '../../shared/errors.ts';
import type { EngineKind } from '../engine/engine.ts';
import { nativeStatus, provisionNative, removeNative } from '../engine/native/provision.ts';
import { type EngineProbe, openEngine, probeEngines } from '../engine/registry.ts';

export { type EngineKind, type EngineProbe, nativeStatus, provisionNative, removeNative };

export interface EngineChoice {
  readonly kind: EngineKind;
  readonly reason: string;
}

/**
 * Decides on an engine before any work starts: the kind is part of what a result depends on, so that it has to be
 * known when a job is named. A result on another engine agrees within rounding, not to the last bit.
 */
export async function chooseEngine(request: 'auto' | EngineKind): Promise<EngineChoice> {
  const probes = await probeEngines();
  if (request === 'auto') {
    const best = probes.find((probe) => probe.available);
    if (best?.kind === 'wasm') return { kind: best.kind, reason: best.reason };
    // Libraries that are there may still not load: the one that does is chosen, with the reason.
    const { engine, reason } = await openEngine('auto');
    await engine.dispose();
    return { kind: engine.info.kind, reason };
  }
  const probe = probes.find((candidate) => candidate.kind === request);
  if (probe?.available) return { kind: probe.kind, reason: 'as requested' };
  throw new FusiformError(
    'ENGINE_UNAVAILABLE',
    `The engine "${request}" cannot be used: ${probe?.reason ?? 'unknown'}.`,
  );
}
