import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FusiformError } from '../../../../shared/errors.ts';
import type { WorkContext } from '../../../../shared/progress.ts';
import type { NativeHome } from '../home.ts';
import { sha256Of } from './checksum.ts';
import { type DownloadOptions, download } from './download.ts';
import { createHttpClient } from './http.ts';
import { downloadWithPip } from './pip-download.ts';
import { downloadsFolder, type InstallPlan, type PlannedWheel } from './plan.ts';
import type { Wheel } from './releases.ts';

export interface FetchOptions extends NativeHome {
  readonly download?: (DownloadOptions & { readonly silenceMs?: number }) | undefined;
  /** Asked last, if no place gives the wheel. */
  readonly pip?: typeof downloadWithPip | undefined;
}

const megabytes = (bytes: number) => Math.round(bytes / 1e6);

/**
 * Brings every wheel of the plan to this machine and compares its checksum with the published one.
 *
 * @returns the files, in the order of the plan
 * @throws FusiformError ENGINE_DOWNLOAD_FAILED, ENGINE_WHEEL_INVALID
 */
export async function fetchWheels(
  plan: InstallPlan,
  options: FetchOptions,
  context: WorkContext,
): Promise<string[]> {
  const total = plan.wheels.reduce((sum, { wheel }) => sum + wheel.bytes, 0);
  const paths = [];
  let before = 0;
  for (const planned of plan.wheels) {
    const { wheel } = planned;
    const report = (verb: string) => (bytes: number) =>
      context.report({
        done: megabytes(before + bytes),
        total: megabytes(total),
        unit: 'MB',
        note: `${verb} ${wheel.project} ${wheel.version}`,
      });
    paths.push(await bring(planned, plan, options, context.signal, report));
    before += wheel.bytes;
  }
  return paths;
}

type Report = (verb: string) => (bytes: number) => void;

async function bring(
  { wheel, local, places }: PlannedWheel,
  plan: InstallPlan,
  options: FetchOptions,
  signal: AbortSignal,
  report: Report,
): Promise<string> {
  const downloads = downloadsFolder(options);
  if (local !== undefined) {
    const found = await sha256Of(local, signal, report('verifying'));
    if (found === wheel.sha256) return local;
    if (!local.startsWith(downloads)) {
      throw new FusiformError('ENGINE_WHEEL_INVALID', `This is not ${wheel.file}: its SHA-256 is ${found}.`, {
        file: local,
        details: { expected: wheel.sha256, found },
      });
    }
    await rm(local);
  }
  const path = join(downloads, wheel.file);
  await mkdir(downloads, { recursive: true });
  const failures = [];
  const http = createHttpClient({
    certificates: plan.certificates,
    silenceMs: options.download?.silenceMs,
  });
  try {
    for (const place of places) {
      try {
        await download(wheel, place, path, http, { signal }, report('downloading'), options.download);
        return path;
      } catch (error) {
        if (!(error instanceof FusiformError)) throw error;
        failures.push(error.message);
      }
    }
  } finally {
    http.close();
  }
  return await askPip(wheel, path, [...failures, ...plan.notes], options, signal, report);
}

async function askPip(
  wheel: Wheel,
  path: string,
  failures: readonly string[],
  { pip = downloadWithPip }: FetchOptions,
  signal: AbortSignal,
  report: Report,
): Promise<string> {
  try {
    await pip(wheel, path, signal, report('downloading (pip)'));
    return path;
  } catch (error) {
    signal.throwIfAborted();
    const own = error instanceof Error ? error.message : String(error);
    throw new FusiformError(
      'ENGINE_DOWNLOAD_FAILED',
      `${wheel.file} could not be had. ${[...failures, `pip: ${own}`].join('\n')}`,
      { cause: error },
    );
  }
}
