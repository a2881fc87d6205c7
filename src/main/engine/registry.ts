import type { Engine, EngineKind } from './engine.ts';
import { openWasmEngine } from './wasm/open.ts';

export interface EngineProbe {
  readonly kind: EngineKind;
  readonly available: boolean;
  readonly reason: string;
  readonly device?: string;
  readonly version?: string;
  readonly threads?: number;
}

export async function probeEngines(): Promise<EngineProbe[]> {
  return [{ kind: 'wasm', available: true, reason: 'runs everywhere' }];
}

export async function openEngine(
  _request: 'auto' | EngineKind,
  options: { threads?: number } = {},
): Promise<{ engine: Engine; reason: string; probes: EngineProbe[] }> {
  return { engine: await openWasmEngine(options), reason: 'runs everywhere', probes: await probeEngines() };
}
