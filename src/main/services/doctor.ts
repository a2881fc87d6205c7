import { availableParallelism, cpus, totalmem } from 'node:os';
import { FusiformError } from '../../shared/errors.ts';
import { appVersion } from '../../shared/version.ts';
import { probeEngines } from '../engine/registry.ts';
import { chooseEngine, type EngineProbe, nativeStatus } from './engines.ts';

export interface DoctorReport {
  readonly fusiform: string;
  readonly node: string;
  readonly platform: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly engines: readonly EngineProbe[];
  /** The kind is null where the engine asked for cannot be used. */
  readonly chosen: { readonly kind: string | null; readonly reason: string };
  readonly native: Awaited<ReturnType<typeof nativeStatus>>;
}

/** What this machine has to compute with, what would be used, and why. */
export async function examine(
  request: 'auto' | 'native' | 'webgpu' | 'wasm' = 'auto',
): Promise<DoctorReport> {
  return {
    fusiform: appVersion,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    engines: await probeEngines(),
    chosen: await chooseEngine(request).catch((error: unknown) => {
      if (!(error instanceof FusiformError)) throw error;
      return { kind: null, reason: error.message };
    }),
    native: await nativeStatus(),
  };
}
