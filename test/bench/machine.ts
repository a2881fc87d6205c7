import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { probeEngines } from '../../src/main/engine/registry.ts';

/** What a figure has to be read with. */
export interface Machine {
  readonly date: string;
  readonly node: string;
  readonly platform: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** Processes that wanted a core in the minute before the run, on average; zero on Windows. */
  readonly load: number;
  /** The engines that can be used, with their versions. */
  readonly engines: readonly string[];
}

export async function describeMachine(): Promise<Machine> {
  const engines = (await probeEngines()).filter((probe) => probe.available);
  return {
    date: new Date().toISOString(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    load: loadavg()[0],
    engines: engines.map(({ kind, version }) => (version === undefined ? kind : `${kind} ${version}`)),
  };
}
