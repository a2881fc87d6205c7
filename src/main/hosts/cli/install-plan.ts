import type { InstallPlan } from '../../services/native-engine.ts';
import { table } from './terminal.ts';

const deviceNames = { cpu: 'the processor', cuda: 'NVIDIA graphics cards (CUDA)' } as const;

/** The plan of an installation as a person reads it. */
export function describePlan(plan: InstallPlan): string {
  const { device, release, wheels, downloadBytes, workingBytes, keptBytes, freeBytes } = plan;
  if (plan.installed) {
    return `Nothing to do: TensorFlow ${release.tensorFlow} for ${deviceNames[device]} is installed in ${plan.folder}.`;
  }
  const lines = [
    `Native engine: TensorFlow ${release.tensorFlow} for ${deviceNames[device]} (${plan.reason})`,
    '',
    table(
      wheels.map((planned) => [`  ${planned.wheel.file}`, formatBytes(planned.wheel.bytes), origin(planned)]),
    ),
    '',
    table([
      ['  download', formatBytes(downloadBytes)],
      ['  disk while it works', `${formatBytes(workingBytes)} (${formatBytes(freeBytes)} are free)`],
      ['  disk kept', `${formatBytes(keptBytes)} in ${plan.folder}`],
    ]),
    ...plan.notes.map((note) => `  note: ${note}`),
  ];
  if (plan.missingTools.length > 0) {
    const packages = [...new Set(plan.missingTools.map((tool) => tool.package))].join(' ');
    lines.push(
      `  missing: ${plan.missingTools.map(({ name }) => name).join(', ')} (sudo apt install ${packages})`,
    );
  }
  return lines.join('\n');
}

/** The same for `--json`. */
export function planAsJson(plan: InstallPlan) {
  return {
    device: plan.device,
    reason: plan.reason,
    tensorFlow: plan.release.tensorFlow,
    installed: plan.installed,
    offline: plan.offline,
    folder: plan.folder,
    wheels: plan.wheels.map(({ wheel, local, places, here }) => ({
      file: wheel.file,
      bytes: wheel.bytes,
      sha256: wheel.sha256,
      from: local ?? (places[0] === undefined ? null : withoutPassword(places[0])),
      bytesHere: here,
    })),
    downloadBytes: plan.downloadBytes,
    workingBytes: plan.workingBytes,
    keptBytes: plan.keptBytes,
    freeBytes: plan.freeBytes,
    missingTools: plan.missingTools.map(({ name }) => name),
    notes: plan.notes,
  };
}

function origin({ wheel, local, places, here }: InstallPlan['wheels'][number]): string {
  if (local !== undefined) return `here: ${local}`;
  const [place] = places;
  const part = here > 0 ? `, ${formatBytes(here)} of ${formatBytes(wheel.bytes)} are here` : '';
  return place === undefined ? `not found, pip will be asked${part}` : `from ${place.host}${part}`;
}

function withoutPassword(url: URL): string {
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  return shown.href;
}

/** Decimal, as disks and downloads are counted: `274 MB`, `4.5 GB`. */
export function formatBytes(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  if (bytes >= 1e6) return `${Math.round(bytes / 1e6)} MB`;
  return bytes === 0 ? '0 MB' : `${Math.max(1, Math.round(bytes / 1e3))} kB`;
}
