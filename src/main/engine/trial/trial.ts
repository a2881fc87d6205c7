import { join } from 'node:path';
import type { EngineInfo, EngineKind } from '../engine.ts';
import { startScript } from './script-process.ts';

/** What an engine said of itself once it was open and had computed something, or why it did not get there. */
export type Trial = { readonly info: EngineInfo } | { readonly reason: string };

/**
 * Libraries of half a gigabyte may come from a slow disk; a driver that answers at all does so within seconds, or
 * within half a minute where many others compute.
 */
const limitMs = { native: 120_000, webgpu: 60_000, wasm: 60_000 } as const;

/** Trials that went well, by what they depend on. One that failed is repeated: something may have been installed. */
const succeeded = new Map<string, Trial>();

/**
 * Opens an engine in a process of its own and lets it compute: a broken library or driver takes that process along,
 * or hangs it, and not this one.
 *
 * @param script what the process runs; another than the default is for tests
 */
export async function tryEngine(
  kind: EngineKind,
  { script = join(import.meta.dirname, 'child.ts'), timeoutMs = limitMs[kind] as number } = {},
): Promise<Trial> {
  const key = [kind, script, ...dependsOn.map((name) => process.env[name] ?? '')].join('\0');
  const known = succeeded.get(key);
  if (known !== undefined) return known;
  const trial = await runTrial(kind, script, timeoutMs);
  if ('info' in trial) succeeded.set(key, trial);
  return trial;
}

const dependsOn = [
  'FUSIFORM_HOME',
  'XDG_DATA_HOME',
  'FUSIFORM_THREADS',
  'FUSIFORM_WEBGPU_SOFTWARE',
  'VK_DRIVER_FILES',
  'VK_ICD_FILENAMES',
];

async function runTrial(kind: EngineKind, script: string, timeoutMs: number): Promise<Trial> {
  const child = startScript(script, [kind]);
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill();
  }, timeoutMs);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const end = await child.ended;
  clearTimeout(timer);
  if ('failure' in end) return { reason: `its trial could not be started: ${end.failure}` };
  if (isLate) return { reason: `its library or driver did not answer within ${timeoutMs / 1000} s` };
  if (end.code === 0) return parse(output);
  return { reason: `its library or driver crashes (${end.signal ?? `exit code ${end.code}`})` };
}

/** The last line: libraries may write to standard output too. */
function parse(output: string): Trial {
  try {
    return JSON.parse(output.trim().split('\n').at(-1) ?? '') as Trial;
  } catch {
    return { reason: 'its trial said nothing' };
  }
}
