import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { FusiformError } from '../../../../shared/errors.ts';
import type { WorkContext } from '../../../../shared/progress.ts';
import {
  buildRevision,
  enginesFolder,
  manifestName,
  type NativeHome,
  type NativeManifest,
  type NativeStatus,
  nativeFolder,
  nativeStatus,
  nodePackage,
  nodePackageInstalled,
  nodePackageVersion,
} from '../home.ts';
import { buildAddon, checkLibraryPaths, clearSources, stripLibraries } from './addon.ts';
import { asInstallFault } from './faults.ts';
import { describeFiles } from './files.ts';
import { withInstallLock } from './install-lock.ts';
import { downloadsFolder, freeBytes, type InstallPlan } from './plan.ts';
import { requireTools, runTool } from './tools.ts';
import { listWheel, unpackWheel } from './unpack.ts';
import { type FetchOptions, fetchWheels } from './wheels.ts';

const require = createRequire(import.meta.url);

/** What needs a compiler and TensorFlow itself; tests without either give their own. */
export interface InstallSteps {
  readonly requireTools: (signal: AbortSignal) => Promise<void>;
  /** Makes the addon in the folder where libraries and headers lie, and clears up. */
  readonly build: (folder: string, plan: InstallPlan, context: WorkContext) => Promise<void>;
  /** Loads the engine of a home and computes with it. */
  readonly tryOut: (home: string, context: WorkContext) => Promise<Trial>;
}

export interface Trial {
  readonly gpu: boolean;
  /** What TensorFlow said of graphics cards. */
  readonly remarks: readonly string[];
}

export interface InstallResult extends NativeStatus {
  /** False: it was there already. */
  readonly renewed: boolean;
  readonly gpu: boolean | null;
  readonly notes: readonly string[];
}

const published: InstallSteps = { requireTools, build: buildEngine, tryOut };

/**
 * Installs the native engine: takes TensorFlow's libraries and headers out of their Python wheels, compiles the
 * addon of tfjs-node against them, and tries the result in a process of its own. Everything happens in a folder
 * beside the final one, which takes its place at the end: an engine is there whole and tried, or the former one stays.
 * What a broken-off attempt has downloaded and unpacked is used by the next.
 *
 * @throws FusiformError ENGINE_TOOL_MISSING, ENGINE_DOWNLOAD_FAILED, ENGINE_WHEEL_INVALID, ENGINE_INSTALL_FAILED,
 *   ENGINE_INSTALL_BUSY, DISK_FULL, WRITE_FAILED, JOB_CANCELLED
 */
export async function provisionNative(
  plan: InstallPlan,
  options: FetchOptions,
  context: WorkContext,
  steps: InstallSteps = published,
): Promise<InstallResult> {
  if (plan.installed) return { ...nativeStatus(options), renewed: false, gpu: null, notes: [] };
  try {
    context.signal.throwIfAborted();
    await steps.requireTools(context.signal);
    const engines = enginesFolder(options);
    await mkdir(engines, { recursive: true });
    return await withInstallLock(engines, async () => {
      await installNodePackage(context);
      const building = buildingHome(options);
      const folder = nativeFolder({ home: building });
      const ready = nativeStatus({ home: building });
      if (!ready.installed || ready.device !== plan.device) {
        await requireSpace(engines, plan.workingBytes);
        const files = await fetchWheels(plan, options, context);
        await unpack(files, plan, folder, context);
        await steps.build(folder, plan, context);
        // From here on the folder is finished, or made anew: without its sources it cannot be built again.
        await rm(join(folder, progressName), { force: true });
        await clearSources(folder);
        await writeManifest(folder, plan, context);
      }
      const trial = await steps.tryOut(building, context);
      await takePlace(folder, nativeFolder(options));
      await rm(building, { recursive: true, force: true });
      await rm(downloadsFolder(options), { recursive: true, force: true });
      const idle = plan.device === 'cuda' && !trial.gpu;
      return {
        ...nativeStatus(options),
        renewed: true,
        gpu: trial.gpu,
        notes: idle ? ['TensorFlow found no graphics card that it can use', ...trial.remarks] : [],
      };
    });
  } catch (error) {
    throw asInstallFault(error, nativeFolder(options));
  }
}

/** A home of its own for what is not finished, so that the engine can be tried before it takes its place. */
export function buildingHome(options: NativeHome): string {
  return join(enginesFolder(options), 'building');
}

async function requireSpace(folder: string, needed: number): Promise<void> {
  const free = await freeBytes(folder);
  if (free >= needed) return;
  const [neededMb, freeMb] = [needed, free].map((bytes) => Math.round(bytes / 1e6));
  throw new FusiformError('DISK_FULL', `Installing the engine needs ${neededMb} MB, ${freeMb} MB are free.`, {
    file: folder,
  });
}

/** npm 10 leaves the package out where its own install step fails; that step is not wanted anyway. */
async function installNodePackage(context: WorkContext): Promise<void> {
  if (nodePackageInstalled()) return;
  context.report({ done: 0, total: 1, unit: 'packages', note: `installing ${nodePackage}` });
  const root = dirname(dirname(dirname(dirname(require.resolve('@tensorflow/tfjs-core/package.json')))));
  await runTool(
    'npm',
    ['install', '--no-save', '--ignore-scripts', `${nodePackage}@${nodePackageVersion}`],
    { cwd: root },
    context.signal,
  );
}

const progressSchema = z.object({ build: z.number(), unpacked: z.array(z.string()) });
const progressName = 'unpacked.json';

/** One wheel after the other; which are whole is kept, so that a new attempt goes on behind the last. */
async function unpack(
  files: readonly string[],
  plan: InstallPlan,
  folder: string,
  context: WorkContext,
): Promise<void> {
  const known = plan.wheels.map(({ wheel }) => wheel.sha256);
  let unpacked = await readUnpacked(folder);
  if (!unpacked.every((sha256) => known.includes(sha256))) unpacked = [];
  if (unpacked.length === 0) await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const left = plan.wheels.flatMap(({ wheel }, i) =>
    unpacked.includes(wheel.sha256) ? [] : [{ wheel, file: files[i] }],
  );
  const sizes = await Promise.all(left.map(async ({ file }) => (await listWheel(file)).bytes));
  const total = sizes.reduce((sum, bytes) => sum + bytes, 0);
  await requireSpace(folder, total);
  let before = 0;
  for (const [i, { wheel, file }] of left.entries()) {
    await unpackWheel(file, folder, context.signal, (bytes) =>
      context.report({
        done: Math.round((before + bytes) / 1e6),
        total: Math.round(total / 1e6),
        unit: 'MB',
        note: `unpacking ${wheel.project}`,
      }),
    );
    before += sizes[i];
    unpacked = [...unpacked, wheel.sha256];
    await writeWhole(join(folder, progressName), JSON.stringify({ build: buildRevision, unpacked }));
  }
}

async function readUnpacked(folder: string): Promise<readonly string[]> {
  try {
    const text = await readFile(join(folder, progressName), 'utf8');
    const { build, unpacked } = progressSchema.parse(JSON.parse(text));
    return build === buildRevision ? unpacked : [];
  } catch {
    return [];
  }
}

async function buildEngine(folder: string, plan: InstallPlan, context: WorkContext): Promise<void> {
  const report = (done: number, note: string) => context.report({ done, total: 3, unit: 'steps', note });
  report(0, 'compiling the addon');
  await buildAddon(folder, context.signal);
  report(1, 'stripping the libraries');
  await stripLibraries(folder, context.signal);
  report(2, 'checking where the libraries are looked for');
  if (plan.device === 'cuda') await checkLibraryPaths(folder, plan.release, context.signal);
  report(3, 'built');
}

/** Last of all files: with it, the folder is an engine. */
async function writeManifest(folder: string, plan: InstallPlan, context: WorkContext): Promise<void> {
  const manifest: NativeManifest = {
    tensorFlow: plan.release.tensorFlow,
    nodePackage: nodePackageVersion,
    build: buildRevision,
    device: plan.device,
    wheels: plan.wheels.map(({ wheel: { file, sha256 } }) => ({ file, sha256 })),
    files: await describeFiles(folder, context),
  };
  await writeWhole(join(folder, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
}

async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(`${path}.partial`, text, { flush: true });
  await rename(`${path}.partial`, path);
}

/** The former engine goes only once the new one can take its name. */
async function takePlace(folder: string, place: string): Promise<void> {
  const former = `${place}.former`;
  await rm(former, { recursive: true, force: true });
  await rename(place, former).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  });
  await rename(folder, place);
  await rm(former, { recursive: true, force: true });
}

/** In a process of its own: a library that does not fit takes the process with it. */
async function tryOut(home: string, context: WorkContext): Promise<Trial> {
  context.report({ done: 0, total: 1, unit: 'trials', note: 'multiplying two matrices' });
  const lines: string[] = [];
  await runTool(
    process.execPath,
    [join(import.meta.dirname, 'trial.ts'), home],
    { onLine: (line) => lines.push(line), env: { TF_CPP_MIN_LOG_LEVEL: '0' } },
    context.signal,
  );
  context.report({ done: 1, total: 1, unit: 'trials', note: 'the engine works' });
  const remarks = lines.filter((line) => /cuda|gpu|dlopen/i.test(line)).slice(-5);
  return { gpu: lines.includes('device: GPU'), remarks };
}
