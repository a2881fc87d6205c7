import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { FusiformError } from '../../../../shared/errors.ts';
import { addonPath, librariesPath, nodePackage } from '../home.ts';
import { headersPath, nvidiaLibraries, nvidiaPath, type Release } from './releases.ts';
import { compiler, runTool } from './tools.ts';

const require = createRequire(import.meta.url);

const sourcesPath = 'binding';
const libraries = ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];

interface Patch {
  readonly file: string;
  readonly reason: string;
  readonly before: string;
  readonly after: string;
}

/** What is changed in the sources of the addon, which come from the package as they were published. */
const patches: readonly Patch[] = [
  {
    file: 'tfjs_backend.cc',
    reason:
      'the names of attributes lie in one set of the process, which worker threads grow at the same time',
    before: `  const char *attr_name =
      ATTR_NAME_SET.insert(attr_name_string.c_str()).first->c_str();`,
    after: `  static std::mutex attr_name_mutex;
  const char *attr_name = [&] {
    std::lock_guard<std::mutex> lock(attr_name_mutex);
    return ATTR_NAME_SET.insert(attr_name_string).first->c_str();
  }();`,
  },
  {
    file: 'tfjs_backend.cc',
    reason: 'the header of the mutex',
    before: '#include <memory>\n',
    after: '#include <memory>\n#include <mutex>\n',
  },
];

/**
 * Compiles the addon of tfjs-node in `folder`, where libraries and headers are unpacked. The compiler is called
 * directly: two source files, and headers of Node's stable interface that lie in an npm package, so that nothing has
 * to be fetched for it.
 *
 * @throws FusiformError ENGINE_INSTALL_FAILED
 */
export async function buildAddon(folder: string, signal: AbortSignal): Promise<void> {
  const published = join(dirname(require.resolve(`${nodePackage}/package.json`)), 'binding');
  const sources = join(folder, sourcesPath);
  await mkdir(sources, { recursive: true });
  for (const name of await readdir(published)) {
    await writeFile(join(sources, name), patched(name, await readFile(join(published, name), 'utf8')));
  }
  await mkdir(join(folder, dirname(addonPath)), { recursive: true });
  const { include_dir: nodeHeaders } = require('node-api-headers') as { include_dir: string };
  await runTool(
    compiler(),
    [
      ...['-std=c++17', '-O2', '-fPIC', '-shared', '-pthread', '-fvisibility=hidden', '-DNAPI_VERSION=8'],
      ...[`-I${nodeHeaders}`, `-I${headersPath}`],
      ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((name) => join(sourcesPath, name)),
      ...[`-L${librariesPath}`, ...libraries.map((name) => `-l:${name}`)],
      ...['-Wl,-rpath,$ORIGIN/../../deps/lib', '-o', `${addonPath}.partial`],
    ],
    { cwd: folder },
    signal,
  );
  await rename(join(folder, `${addonPath}.partial`), join(folder, addonPath));
}

function patched(name: string, source: string): string {
  let text = source;
  for (const { file, before, after, reason } of patches) {
    if (file !== name) continue;
    const parts = text.split(before);
    if (parts.length !== 2) {
      throw new FusiformError(
        'ENGINE_INSTALL_FAILED',
        `${name} of ${nodePackage} is not the one that was to be changed (${reason}).`,
      );
    }
    text = parts.join(after);
  }
  return text;
}

/** Takes the symbols out that only a debugger reads: a quarter of the size. Done again it changes nothing. */
export async function stripLibraries(folder: string, signal: AbortSignal): Promise<void> {
  for (const name of libraries) {
    const path = join(folder, librariesPath, name);
    await runTool('strip', ['--strip-unneeded', '-o', `${path}.partial`, path], {}, signal);
    await rename(`${path}.partial`, path);
  }
}

/** Removes what only the building needed. */
export async function clearSources(folder: string): Promise<void> {
  for (const name of [sourcesPath, headersPath])
    await rm(join(folder, name), { recursive: true, force: true });
}

/**
 * TensorFlow opens NVIDIA's libraries by name, along the path that is written into its own two libraries. Here it is
 * read from them and must lead to the folder of every library that was installed.
 *
 * @throws FusiformError ENGINE_INSTALL_FAILED
 */
export async function checkLibraryPaths(
  folder: string,
  release: Release,
  signal: AbortSignal,
): Promise<void> {
  const searched = new Set<string>();
  for (const name of libraries) {
    const path = join(folder, librariesPath, name);
    for (const entry of await searchPath(path, signal)) {
      if (entry.startsWith('$ORIGIN')) searched.add(join(dirname(path), entry.slice('$ORIGIN'.length)));
    }
  }
  const unseen = [];
  for (const library of nvidiaLibraries(release)) {
    const lib = join(folder, nvidiaPath, library, 'lib');
    // The compiler brings programs, which are found by their place.
    if ((await holdsFiles(lib)) && !searched.has(lib)) unseen.push(library);
  }
  if (unseen.length === 0) return;
  throw new FusiformError(
    'ENGINE_INSTALL_FAILED',
    `TensorFlow's libraries do not look where these of NVIDIA lie: ${unseen.join(', ')}.`,
    { file: join(folder, librariesPath) },
  );
}

/** The entries of a library's RPATH or RUNPATH. */
export async function searchPath(library: string, signal: AbortSignal): Promise<string[]> {
  const entries: string[] = [];
  const onLine = (line: string) => {
    const list = /\((?:RPATH|RUNPATH)\).*\[(.*)\]/.exec(line)?.[1];
    if (list !== undefined) entries.push(...list.split(':').map((entry) => entry.replace(/\/+$/, '')));
  };
  await runTool('readelf', ['--wide', '--dynamic', library], { onLine, env: { LC_ALL: 'C' } }, signal);
  return entries;
}

async function holdsFiles(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length > 0;
  } catch {
    return false;
  }
}
