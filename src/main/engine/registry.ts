import { availableParallelism } from 'node:os';
import { FusiformError } from '../../shared/errors.ts';
import type { Engine, EngineKind } from './engine.ts';
import { nativeStatus } from './native/home.ts';
import { configureProcess, openNativeEngine } from './native/open.ts';
import { openWasmEngine, wasmVersion } from './wasm/open.ts';

export interface EngineProbe {
  readonly kind: EngineKind;
  readonly available: boolean;
  /** Why it can be used or cannot, as a part of a sentence. */
  readonly reason: string;
  readonly device?: string;
  readonly version?: string;
  readonly threads?: number;
}

export interface EngineOptions {
  /** Default: every core that the process may use. */
  readonly threads?: number;
}

export interface OpenedEngine {
  readonly engine: Engine;
  /** Why this one. */
  readonly reason: string;
  readonly probes: EngineProbe[];
}

const kinds: readonly EngineKind[] = ['native', 'webgpu', 'wasm'];

/** All engines, the fastest first. Looks at files alone, so that an available one may still fail to load. */
export async function probeEngines(): Promise<EngineProbe[]> {
  return [probeNative(), probeWebGpu(), probeWasm()];
}

function probeNative(): EngineProbe {
  configureProcess();
  const { installed, reason, version } = nativeStatus();
  return {
    kind: 'native',
    available: installed,
    reason,
    device: 'TensorFlow',
    ...(version === undefined ? {} : { version }),
  };
}

function probeWebGpu(): EngineProbe {
  return { kind: 'webgpu', available: false, reason: 'not in this version of Fusiform', device: 'WebGPU' };
}

function probeWasm(): EngineProbe {
  return {
    kind: 'wasm',
    available: true,
    reason: 'runs on every machine',
    device: 'WebAssembly with SIMD',
    version: wasmVersion(),
    threads: availableParallelism(),
  };
}

/**
 * Opens an engine. `auto` takes the first that is available and loads; the environment variable
 * FUSIFORM_ENGINE says what `auto` means.
 *
 * @throws FusiformError ENGINE_UNAVAILABLE if a kind that was asked for is not there
 * @throws FusiformError USAGE if FUSIFORM_ENGINE names no engine
 */
export async function openEngine(
  request: 'auto' | EngineKind,
  options: EngineOptions = {},
): Promise<OpenedEngine> {
  const probes = await probeEngines();
  const fromEnvironment = request === 'auto' ? environmentRequest() : 'auto';
  const kind = fromEnvironment === 'auto' ? request : fromEnvironment;
  if (kind !== 'auto') {
    const engine = await openKind(kind, probes, options);
    return { engine, probes, reason: request === 'auto' ? 'FUSIFORM_ENGINE says so' : 'as requested' };
  }
  const failures: string[] = [];
  for (const probe of probes) {
    if (!probe.available) {
      failures.push(`${probe.kind}: ${probe.reason}`);
      continue;
    }
    try {
      const engine = await openKind(probe.kind, probes, options);
      return { engine, probes, reason: [probe.reason, ...failures].join('; ') };
    } catch (error) {
      failures.push(`${probe.kind}: ${error instanceof Error ? error.message : error}`);
    }
  }
  throw new FusiformError('ENGINE_UNAVAILABLE', `No engine could be opened. ${failures.join('; ')}`);
}

function environmentRequest(): 'auto' | EngineKind {
  const value = process.env.FUSIFORM_ENGINE || 'auto';
  const kind = kinds.find((known) => known === value);
  if (kind === undefined && value !== 'auto') {
    throw new FusiformError('USAGE', `FUSIFORM_ENGINE is "${value}"; it may be auto, ${kinds.join(', ')}.`);
  }
  return kind ?? 'auto';
}

async function openKind(kind: EngineKind, probes: EngineProbe[], options: EngineOptions): Promise<Engine> {
  const probe = probes.find((candidate) => candidate.kind === kind);
  if (probe?.available !== true) {
    throw new FusiformError(
      'ENGINE_UNAVAILABLE',
      `The ${kind} engine is not available: ${probe?.reason ?? 'there is none of this name'}.`,
    );
  }
  return kind === 'native' ? await openNativeEngine(options) : await openWasmEngine(options);
}
