import { FusiformError } from '../../shared/errors.ts';
import type { Engine, EngineKind } from './engine.ts';

export interface EngineOptions {
  /** Default: the environment variable FUSIFORM_THREADS, else as the engine decides. WebGPU takes no notice of it. */
  readonly threads?: number;
}

/**
 * Opens an engine in this thread; only its own code is loaded.
 *
 * @throws FusiformError ENGINE_UNAVAILABLE; USAGE if FUSIFORM_THREADS is no number of threads
 */
export async function openKind(kind: EngineKind, options: EngineOptions = {}): Promise<Engine> {
  const threads = options.threads ?? threadsOfEnvironment();
  const given = threads === undefined ? {} : { threads };
  switch (kind) {
    case 'native':
      return await (await import('./native/open.ts')).openNativeEngine(given);
    case 'webgpu':
      return await (await import('./webgpu/open.ts')).openWebGpuEngine();
    case 'wasm':
      return await (await import('./wasm/open.ts')).openWasmEngine(given);
  }
}

/** @throws FusiformError USAGE if FUSIFORM_THREADS is not a whole number above 0 */
export function threadsOfEnvironment(): number | undefined {
  const text = process.env.FUSIFORM_THREADS;
  if (!text) return undefined;
  const threads = Number(text);
  if (Number.isInteger(threads) && threads > 0) return threads;
  throw new FusiformError('USAGE', `FUSIFORM_THREADS is "${text}"; a whole number above 0 is needed.`);
}
