import { cp, mkdir, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { FusiformError } from '../../../shared/errors.ts';
import type { WorkContext } from '../../../shared/progress.ts';
import {
  addonPath,
  enginesFolder,
  librariesPath,
  manifestName,
  type NativeHome,
  type NativeManifest,
  type NativeStatus,
  nativeFolder,
  nativeStatus,
  nodePackage,
  nodePackageInstalled,
  nodePackageVersion,
  tensorFlowVersion,
} from './home.ts';
import { requireTools, runTool } from './tools.ts';
import { downloadWheel, unpackWheel, verifyWheel, wheelSha256 } from './wheel.ts';

export { type NativeHome, type NativeStatus, nativeStatus } from './home.ts';

const require = createRequire(import.meta.url);

export interface ProvisionOptions extends NativeHome {
  /** A wheel of tensorflow-cpu that is here already; default: it is downloaded. */
  readonly from?: string;
}

const megabyte = 1e6;
/** Download 274, unpacked headers and libraries 1121, the build. */
const neededBytes = 1500 * megabyte;

/**
 * Installs the native engine: takes TensorFlow's library and headers out of its Python wheel, compiles the
 * addon of tfjs-node against them, and tries the result in a process of its own. Everything happens in a folder
 * beside the final one, which is renamed at the end: an engine is there whole or not at all. What a broken-off
 * attempt has downloaded is used by the next.
 *
 * @throws FusiformError ENGINE_TOOL_MISSING, ENGINE_INSTALL_FAILED, DISK_FULL
 */
export async function provisionNative(
  options: ProvisionOptions,
  context: WorkContext,
): Promise<NativeStatus> {
  const before = nativeStatus(options);
  if (before.installed) return before;
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new FusiformError(
      'ENGINE_UNAVAILABLE',
      `The native engine cannot be installed here: ${before.reason}.`,
    );
  }
  await requireTools(context.signal);
  const engines = enginesFolder(options);
  await mkdir(engines, { recursive: true });
  await requireSpace(engines);
  await installNodePackage(context);

  const downloads = join(engines, 'downloads');
  const wheel = options.from ?? (await downloadWheel(downloads, context));
  await verifyWheel(wheel, context);

  const building = `${nativeFolder(options)}.building`;
  await rm(building, { recursive: true, force: true });
  await mkdir(join(building, librariesPath), { recursive: true });
  await unpackWheel(wheel, building, context);
  await buildAddon(building, context);
  const manifest: NativeManifest = {
    tensorFlow: tensorFlowVersion,
    nodePackage: nodePackageVersion,
    wheelSha256,
  };
  await writeFile(join(building, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
  await rm(nativeFolder(options), { recursive: true, force: true });
  await rename(building, nativeFolder(options));
  try {
    await tryEngine(options, context);
  } catch (error) {
    await rm(nativeFolder(options), { recursive: true, force: true });
    throw error;
  }
  await rm(downloads, { recursive: true, force: true });
  return nativeStatus(options);
}

/** Removes the engine and what an attempt to install it left behind. */
export async function removeNative(options: NativeHome = {}): Promise<void> {
  for (const folder of [
    nativeFolder(options),
    `${nativeFolder(options)}.building`,
    join(enginesFolder(options), 'downloads'),
  ]) {
    await rm(folder, { recursive: true, force: true });
  }
}

async function requireSpace(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= neededBytes) return;
  const [needed, free] = [neededBytes, bavail * bsize].map((bytes) => Math.round(bytes / megabyte));
  throw new FusiformError('DISK_FULL', `Installing the engine needs ${needed} MB, ${free} MB are free.`, {
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

/** The package's own sources and build description, in a copy: the package itself stays as it came. */
async function buildAddon(folder: string, context: WorkContext): Promise<void> {
  const report = (done: number, note: string) => context.report({ done, total: 3, unit: 'steps', note });
  report(0, 'compiling the addon');
  const source = dirname(require.resolve(`${nodePackage}/package.json`));
  for (const name of ['binding', 'binding.gyp']) {
    await cp(join(source, name), join(folder, name), { recursive: true });
  }
  // node-gyp wants a package around the build description.
  await writeFile(join(folder, 'package.json'), '{ "name": "tfjs-binding", "version": "1.0.0" }\n');
  const moduleFolder = join(folder, dirname(addonPath));
  await runTool(
    'npx',
    [
      '--yes',
      'node-gyp@12',
      'rebuild',
      '--module_name=tfjs_binding',
      `--module_path=${moduleFolder}`,
      `--module=${join(folder, addonPath)}`,
      `--napi_version=${process.versions.napi}`,
      '--napi_build_version=8',
      '--node_napi_label=napi-v8',
    ],
    { cwd: folder },
    context.signal,
  );
  report(1, 'stripping the libraries');
  for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']) {
    await runTool('strip', ['--strip-unneeded', join(folder, librariesPath, name)], {}, context.signal);
  }
  report(2, 'clearing up');
  for (const name of ['build', 'binding', 'binding.gyp', 'package.json', join('deps', 'include')]) {
    await rm(join(folder, name), { recursive: true, force: true });
  }
  await stat(join(folder, addonPath));
  report(3, 'built');
}

/** In a process of its own: a library that does not fit takes the process with it. */
async function tryEngine(options: NativeHome, context: WorkContext): Promise<void> {
  context.report({ done: 0, total: 1, unit: 'trials', note: 'multiplying two matrices' });
  const script = join(import.meta.dirname, 'trial.ts');
  const home = options.home === undefined ? [] : [options.home];
  await runTool(process.execPath, [script, ...home], {}, context.signal);
  context.report({ done: 1, total: 1, unit: 'trials', note: `TensorFlow ${tensorFlowVersion} works` });
}
