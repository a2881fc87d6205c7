import { availableParallelism, cpus, totalmem } from 'node:os';
import { appVersion } from '../../shared/version.ts';
import { type Chosen, chooseOrExplain } from './engine-settings.ts';
import { type EngineProbe, type EngineRequest, nativeStatus, probeEngines } from './engines.ts';
import { settingsPath } from './settings.ts';

export interface DoctorReport {
  readonly fusiform: string;
  readonly node: string;
  readonly platform: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly engines: readonly EngineProbe[];
  readonly chosen: Chosen;
  /** The file of `engine use`; it need not be there. */
  readonly settings: string;
  readonly native: Awaited<ReturnType<typeof nativeStatus>>;
}

/** What this machine has to compute with, what would be used, and why. */
export async function examine(request: EngineRequest = 'preferred'): Promise<DoctorReport> {
  return {
    fusiform: appVersion,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    engines: await probeEngines(),
    chosen: await chooseOrExplain(request),
    settings: settingsPath(),
    native: await nativeStatus(),
  };
}
