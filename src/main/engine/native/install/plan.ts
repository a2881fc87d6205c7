import { stat, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FusiformError } from '../../../../shared/errors.ts';
import {
  enginesFolder,
  type NativeDevice,
  type NativeHome,
  nativeFolder,
  nativePlatformSupported,
  nativeStatus,
} from '../home.ts';
import { partialPath, sizeOf } from './download.ts';
import { chooseDevice, type DriverProbe, findDriver } from './driver.ts';
import { asInstallFault } from './faults.ts';
import { createHttpClient } from './http.ts';
import { findWheel } from './package-index.ts';
import { type PipSettings, readPipSettings } from './pip-settings.ts';
import { type Release, releases, type Wheel } from './releases.ts';
import { missingTools, type Tool } from './tools.ts';

export interface PlanOptions extends NativeHome {
  /** Default `auto`: CUDA where a driver of NVIDIA that is new enough is present. */
  readonly device?: 'auto' | NativeDevice | undefined;
  /** Wheels that are here already, or folders with them: then the network is left alone. */
  readonly from?: readonly string[] | undefined;
  /** What can be installed; default: what this version was written for. */
  readonly releases?: Readonly<Record<NativeDevice, Release>> | undefined;
  /** Default: those of pip on this machine. */
  readonly settings?: PipSettings | undefined;
  readonly driverProbe?: DriverProbe | undefined;
}

export interface PlannedWheel {
  readonly wheel: Wheel;
  /** The file, if it is on this machine. */
  readonly local?: string;
  /** Where it can be fetched, the nearest first. */
  readonly places: readonly URL[];
  /** Bytes of it that an earlier attempt has brought. */
  readonly here: number;
}

export interface InstallPlan {
  readonly device: NativeDevice;
  /** Why this device. */
  readonly reason: string;
  readonly release: Release;
  readonly folder: string;
  /** None if it is installed already. */
  readonly wheels: readonly PlannedWheel[];
  readonly downloadBytes: number;
  /** Disk needed besides what is there, at the worst moment. */
  readonly workingBytes: number;
  readonly keptBytes: number;
  readonly freeBytes: number;
  readonly missingTools: readonly Tool[];
  readonly offline: boolean;
  /** A file of certificates that pip is told to trust. */
  readonly certificates: string | undefined;
  /** True: the engine is installed already, for this device. */
  readonly installed: boolean;
  readonly notes: readonly string[];
}

/** Stripping writes a library anew beside the old one; compiling takes a few megabytes. */
const buildingBytes = 620e6;
const nowhere: PipSettings = { findLinks: [], indexes: [] };

/**
 * What an installation would do: what is fetched from where, how much, and what it takes of the disk. Reads the
 * listings of the package indexes and changes nothing.
 *
 * @throws FusiformError ENGINE_UNAVAILABLE on a platform without libraries, FILE_NOT_FOUND if `from` lacks a wheel,
 *   JOB_CANCELLED
 */
export async function planNative(options: PlanOptions, signal: AbortSignal): Promise<InstallPlan> {
  try {
    return await plan(options, signal);
  } catch (error) {
    throw asInstallFault(error, nativeFolder(options));
  }
}

async function plan(options: PlanOptions, signal: AbortSignal): Promise<InstallPlan> {
  signal.throwIfAborted();
  if (!nativePlatformSupported()) {
    throw new FusiformError(
      'ENGINE_UNAVAILABLE',
      `The native engine cannot be installed here: ${nativeStatus(options).reason}.`,
    );
  }
  const table = options.releases ?? releases;
  const given = options.from === undefined ? undefined : await Promise.all(options.from.map(describeGiven));
  const driver = await findDriver(options.driverProbe);
  let choice = chooseDevice(options.device ?? 'auto', driver);
  if (options.device !== 'cuda' && given !== undefined && choice.device === 'cuda') {
    const complete = await hasAll(table.cuda, given);
    if (!complete) choice = { device: 'cpu', reason: 'the given files are those for the processor' };
  }
  const release = table[choice.device];
  const failures: string[] = [];
  const status = nativeStatus(options);
  const installed = status.installed && status.device === choice.device;
  // What is there already needs no index to be asked.
  const search = given === undefined && !installed;
  const settings = search ? (options.settings ?? (await readPipSettings(signal))) : nowhere;
  const wheels = installed
    ? []
    : given === undefined
      ? await locate(release, options, settings, failures, signal)
      : await takeGiven(release, given);
  const downloadBytes = wheels
    .filter(({ local }) => local === undefined)
    .reduce((sum, { wheel, here }) => sum + wheel.bytes - here, 0);
  return {
    device: choice.device,
    reason: choice.reason,
    release,
    folder: nativeFolder(options),
    wheels,
    downloadBytes,
    workingBytes: installed ? 0 : downloadBytes + release.unpackedBytes + buildingBytes,
    keptBytes: release.keptBytes,
    freeBytes: await freeBytes(enginesFolder(options)),
    missingTools: await missingTools(signal),
    offline: given !== undefined,
    certificates: settings.certificates,
    installed,
    notes: [
      ...new Set([...(choice.warning === undefined ? [] : [choice.warning]), ...release.notes, ...failures]),
    ],
  };
}

export function downloadsFolder(options: NativeHome): string {
  return join(enginesFolder(options), 'downloads');
}

/** Of the file system that the folder lies on, or will. */
export async function freeBytes(folder: string): Promise<number> {
  for (let path = resolve(folder); ; path = dirname(path)) {
    try {
      const { bavail, bsize } = await statfs(path);
      return bavail * bsize;
    } catch (error) {
      if (path === dirname(path)) throw error;
    }
  }
}

async function locate(
  release: Release,
  options: NativeHome,
  settings: PipSettings,
  failures: string[],
  signal: AbortSignal,
): Promise<PlannedWheel[]> {
  const http = createHttpClient({ certificates: settings.certificates });
  const one = async (wheel: Wheel): Promise<PlannedWheel> => {
    const path = join(downloadsFolder(options), wheel.file);
    if ((await sizeOf(path)) === wheel.bytes) return { wheel, local: path, places: [], here: wheel.bytes };
    const found = await findWheel(wheel, settings, http, signal);
    const near = found.places.find(({ protocol }) => protocol === 'file:');
    if (near !== undefined) return { wheel, local: fileURLToPath(near), places: [], here: wheel.bytes };
    if (found.places.length === 0) failures.push(`${wheel.file} was not found`, ...found.failures);
    const here = Math.min(wheel.bytes, await sizeOf(partialPath(path)));
    return { wheel, places: found.places, here };
  };
  try {
    return await Promise.all(release.wheels.map(one));
  } finally {
    http.close();
  }
}

interface Given {
  readonly path: string;
  readonly folder: boolean;
}

async function describeGiven(path: string): Promise<Given> {
  try {
    return { path: resolve(path), folder: (await stat(path)).isDirectory() };
  } catch (cause) {
    throw new FusiformError('FILE_NOT_FOUND', 'There is no wheel and no folder of wheels at this path.', {
      file: path,
      cause,
    });
  }
}

async function hasAll(release: Release, given: readonly Given[]): Promise<boolean> {
  const found = await Promise.all(release.wheels.map((wheel) => findGiven(wheel, given)));
  return found.every((path) => path !== undefined);
}

async function findGiven(wheel: Wheel, given: readonly Given[]): Promise<string | undefined> {
  for (const { path, folder } of given) {
    const candidate = folder ? join(path, wheel.file) : path;
    if (candidate.endsWith(wheel.file) && (await sizeOf(candidate)) > 0) return candidate;
  }
  return undefined;
}

async function takeGiven(release: Release, given: readonly Given[]): Promise<PlannedWheel[]> {
  const [only] = given;
  // A single file may have any name: its checksum says what it is.
  const anyName = given.length === 1 && release.wheels.length === 1 && !only.folder;
  const found = await Promise.all(
    release.wheels.map(async (wheel) => ({
      wheel,
      local: anyName ? only.path : await findGiven(wheel, given),
    })),
  );
  const missing = found.filter(({ local }) => local === undefined).map(({ wheel }) => wheel.file);
  if (missing.length > 0) {
    throw new FusiformError(
      'FILE_NOT_FOUND',
      `These wheels are needed and not given: ${missing.join(', ')}.`,
      {
        file: given.map(({ path }) => path).join(', '),
        details: { missing },
      },
    );
  }
  return found.map(({ wheel, local = '' }) => ({ wheel, local, places: [], here: wheel.bytes }));
}
