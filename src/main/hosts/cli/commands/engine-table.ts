import type { EngineProbe } from '../../../services/engines.ts';
import { table } from '../terminal.ts';

/** One line an engine: what computes, how much memory it has, and why it can be used or cannot. */
export function engineTable(engines: readonly EngineProbe[]): string {
  return table([
    ['engine', 'works', 'device', 'memory', 'why'],
    ...engines.map(({ kind, available, device, threads, version, memory, reason }) => [
      kind,
      available ? 'yes' : 'no',
      [device, threads && `${threads} threads`, version].filter(Boolean).join(', ') || '-',
      memory ? `${formatBytes(memory.bytes)}, ${memory.what}` : '-',
      reason,
    ]),
  ]);
}

function formatBytes(bytes: number): string {
  return bytes >= 2 ** 30 ? `${(bytes / 2 ** 30).toFixed(0)} GiB` : `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}
