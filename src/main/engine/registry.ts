import { availableParallelism } from 'node:os';
import { FusiformError } from '../../shared/errors.ts';
import type { JsonObject } from '../../shared/json.ts';
import type { Engine, EngineInfo, EngineKind, Processor } from './engine.ts';
import { nativeStatus } from './native/home.ts';
import { configureProcess } from './native/open.ts';
import { type EngineOptions, openKind, threadsOfEnvironment } from './open-kind.ts';
import { tryEngine } from './trial/trial.ts';
import { maxThreads } from './wasm/module.ts';
import { wasmInfo } from './wasm/open.ts';

export const engineKinds: readonly EngineKind[] = ['native', 'webgpu', 'wasm'];

export interface EngineProbe {
  readonly kind: EngineKind;
  readonly available: boolean;
  /** Why it can be used or cannot, as a part of a sentence. */
  readonly reason: string;
  /** The rest is known of an engine that can be used. */
  readonly device?: string;
  readonly processor?: Processor;
  readonly version?: string;
  readonly threads?: number | null;
  readonly memory?: EngineInfo['memory'];
  readonly details?: JsonObject;
}

export interface PassedOver {
  readonly kind: EngineKind;
  readonly reason: string;
}

export interface OpenedEngine {
  readonly engine: Engine;
  /** Why this one. */
  readonly reason: string;
  /** Those that `auto` would have preferred, and why it did not take them. */
  readonly passedOver: readonly PassedOver[];
}

/**
 * All engines of the machine. Where something is installed it is tried in a process of its own, so that an available
 * engine has computed and a broken one has harmed nothing.
 */
export async function probeEngines(): Promise<EngineProbe[]> {
  return await Promise.all(engineKinds.map(probeEngine));
}

export async function probeEngine(kind: EngineKind): Promise<EngineProbe> {
  if (kind === 'wasm') {
    const threads = Math.min(maxThreads, threadsOfEnvironment() ?? availableParallelism());
    return available(wasmInfo(threads), 'runs on every machine');
  }
  if (kind === 'native') {
    configureProcess(threadsOfEnvironment());
    const { installed, reason } = nativeStatus();
    if (!installed) return { kind, available: false, reason };
  }
  const trial = await tryEngine(kind);
  if ('reason' in trial) return { kind, available: false, reason: trial.reason };
  return available(trial.info, kind === 'native' ? 'installed, and it computes' : 'found, and it computes');
}

function available(info: EngineInfo, reason: string): EngineProbe {
  const { kind, device, processor, version, threads, memory, details } = info;
  const more = details === undefined ? {} : { details };
  return { kind, available: true, reason, device, processor, version, threads, memory, ...more };
}

/** How `auto` ranks them, the first the best; docs/decisions/2026-11-24-order-of-engines.md has the reasons. */
const order: readonly { readonly kind: EngineKind; readonly processor: Processor; readonly why: string }[] = [
  { kind: 'native', processor: 'gpu', why: 'TensorFlow on a GPU is the fastest' },
  { kind: 'webgpu', processor: 'gpu', why: 'a GPU is faster than the processor' },
  { kind: 'native', processor: 'cpu', why: 'TensorFlow is the fastest on the processor' },
  { kind: 'webgpu', processor: 'integrated gpu', why: 'even a small GPU is faster than WebAssembly' },
  { kind: 'wasm', processor: 'cpu', why: 'runs on every machine' },
];

export interface Candidate {
  readonly probe: EngineProbe;
  readonly why: string;
}

/** The engines that `auto` may take, the best first, and why it takes none of the others. */
export function rankEngines(probes: readonly EngineProbe[]): {
  candidates: Candidate[];
  passedOver: PassedOver[];
} {
  const candidates = order.flatMap(({ kind, processor, why }) =>
    probes
      .filter((probe) => probe.available && probe.kind === kind && probe.processor === processor)
      .map((probe) => ({ probe, why })),
  );
  const passedOver = probes
    .filter((probe) => candidates.every((candidate) => candidate.probe !== probe))
    .map(({ kind, available: usable, reason }) => ({
      kind,
      reason: usable ? 'computes in software, so only by its name' : reason,
    }));
  return { candidates, passedOver };
}

/**
 * Opens an engine in this thread. `auto` takes the best that opens.
 *
 * @throws FusiformError ENGINE_UNAVAILABLE if a kind that was asked for does not open, or none does
 */
export async function openEngine(
  request: 'auto' | EngineKind,
  options: EngineOptions = {},
): Promise<OpenedEngine> {
  if (request !== 'auto') {
    return { engine: await openKind(request, options), reason: 'as requested', passedOver: [] };
  }
  const { candidates, passedOver } = rankEngines(await probeEngines());
  for (const { probe, why } of candidates) {
    try {
      return { engine: await openKind(probe.kind, options), reason: why, passedOver };
    } catch (error) {
      passedOver.push({ kind: probe.kind, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  const reasons = passedOver.map(({ kind, reason }) => `${kind}: ${reason}`).join('; ');
  throw new FusiformError('ENGINE_UNAVAILABLE', `No engine could be opened. ${reasons}`);
}
