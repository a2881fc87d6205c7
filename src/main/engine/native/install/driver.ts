import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { NativeDevice } from '../home.ts';

/** The oldest driver that runs CUDA 12.5 (minor version compatibility within CUDA 12, Linux). */
export const oldestDriver = '525.60.13';

export interface Driver {
  readonly version: string;
  /** Names of the graphics cards, if they could be asked for. */
  readonly cards: readonly string[];
}

/** How the driver is asked for; tests give their own answers. */
export interface DriverProbe {
  /** Standard output of a program, or undefined if it is not there or fails. */
  run(command: string, args: readonly string[]): Promise<string | undefined>;
  /** A file's text, or undefined. */
  read(path: string): Promise<string | undefined>;
}

const waitMs = 10_000;

const thisMachine: DriverProbe = {
  run: async (command, args) => {
    try {
      return (await promisify(execFile)(command, args, { timeout: waitMs })).stdout;
    } catch {
      return undefined;
    }
  },
  read: async (path) => {
    try {
      return await readFile(path, 'utf8');
    } catch {
      return undefined;
    }
  },
};

/** NVIDIA's driver, by its own program, else by what the kernel says. */
export async function findDriver(probe: DriverProbe = thisMachine): Promise<Driver | undefined> {
  const table = await probe.run('nvidia-smi', ['--query-gpu=driver_version,name', '--format=csv,noheader']);
  const rows = (table ?? '')
    .split('\n')
    .map((line) => /^\s*(\d+(?:\.\d+)+)\s*,\s*(.+?)\s*$/.exec(line))
    .filter((row) => row !== null);
  if (rows.length > 0) return { version: rows[0][1], cards: rows.map(([, , name]) => name) };
  const kernel = await probe.read('/proc/driver/nvidia/version');
  const version = /^NVRM version:.*?\s(\d+\.\d+(?:\.\d+)*)\s/m.exec(kernel ?? '')?.[1];
  return version === undefined ? undefined : { version, cards: [] };
}

export interface DeviceChoice {
  readonly device: NativeDevice;
  readonly reason: string;
  /** Speaks against the device that was asked for, which is taken all the same. */
  readonly warning?: string;
}

/** `auto` takes CUDA where a driver that is new enough is present. */
export function chooseDevice(request: 'auto' | NativeDevice, driver: Driver | undefined): DeviceChoice {
  const found = driver === undefined ? 'no NVIDIA driver was found' : describe(driver);
  const usable = driver !== undefined && compareVersions(driver.version, oldestDriver) >= 0;
  const old = driver !== undefined && !usable ? `, older than ${oldestDriver}, which CUDA 12.5 needs` : '';
  if (request === 'auto') return { device: usable ? 'cuda' : 'cpu', reason: `${found}${old}` };
  if (request === 'cpu' || usable) return { device: request, reason: 'as requested' };
  return {
    device: request,
    reason: 'as requested',
    warning: `${found}${old}: TensorFlow will compute on the processor until there is a driver`,
  };
}

function describe({ version, cards }: Driver): string {
  return `NVIDIA driver ${version}${cards.length === 0 ? '' : ` (${cards.join(', ')})`}`;
}

/** Versions of numbers between dots; missing numbers are 0. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
