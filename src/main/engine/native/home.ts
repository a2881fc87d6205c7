import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

const require = createRequire(import.meta.url);

/** The JavaScript half of the engine; its own addon and its own download are not used. */
export const nodePackage = '@tensorflow/tfjs-node-gpu';
export const nodePackageVersion = '4.22.0';
export const tensorFlowVersion = '2.21.0';
/** Raised whenever the addon is built in another way: an engine of an earlier build is renewed. */
export const buildRevision = 2;

export type NativeDevice = 'cpu' | 'cuda';

export interface NativeHome {
  /** Where the user's engines lie: default `$FUSIFORM_HOME`, else `fusiform` in the user's data folder. */
  readonly home?: string;
}

export interface NativeStatus {
  readonly installed: boolean;
  readonly folder: string;
  /** Why it is not installed, or what is. */
  readonly reason: string;
  readonly version?: string;
  readonly device?: NativeDevice;
}

const manifestSchema = z.object({
  tensorFlow: z.string(),
  nodePackage: z.string(),
  build: z.number(),
  device: z.enum(['cpu', 'cuda']),
  wheels: z.array(z.object({ file: z.string(), sha256: z.string() })),
  /** Every installed file, relative to the folder. */
  files: z.record(z.string(), z.object({ bytes: z.number(), sha256: z.string() })),
});

/** `engine.json`, written last: what was installed, of what, and what each file has to be. */
export type NativeManifest = z.infer<typeof manifestSchema>;

export function enginesFolder({ home }: NativeHome = {}): string {
  if (home !== undefined) return join(home, 'engines');
  const { FUSIFORM_HOME, XDG_DATA_HOME } = process.env;
  if (FUSIFORM_HOME) return join(FUSIFORM_HOME, 'engines');
  return join(XDG_DATA_HOME || join(homedir(), '.local', 'share'), 'fusiform', 'engines');
}

export function nativeFolder(options: NativeHome = {}): string {
  return join(enginesFolder(options), 'native');
}

/** The addon finds its libraries relative to itself: this layout is written into it when it is linked. */
export const addonPath = 'lib/napi-v8/tfjs_binding.node';
export const librariesPath = 'deps/lib';
export const manifestName = 'engine.json';

/** Looks at names and sizes of files alone: nothing is loaded, and no content is read. */
export function nativeStatus(options: NativeHome = {}): NativeStatus {
  const folder = nativeFolder(options);
  const missing = (reason: string): NativeStatus => ({ installed: false, folder, reason });
  if (!nativePlatformSupported()) {
    return missing(`its libraries are for linux-x64, this is ${process.platform}-${process.arch}`);
  }
  if (!existsSync(join(folder, manifestName))) {
    return missing('not installed; `npm run engine:native` installs it');
  }
  const manifest = readManifest(folder);
  if (manifest === undefined || !isCurrent(manifest)) {
    return missing('of another version; `npm run engine:native` renews it');
  }
  const damage = findDamage(folder, manifest);
  if (damage !== undefined) return missing(`damaged (${damage}); \`npm run engine:native\` repairs it`);
  if (!nodePackageInstalled())
    return missing(`the package ${nodePackage} is not installed; \`npm run engine:native\` adds it`);
  return {
    installed: true,
    folder,
    reason: `TensorFlow ${manifest.tensorFlow}${manifest.device === 'cuda' ? ' with CUDA' : ''} is installed`,
    version: manifest.tensorFlow,
    device: manifest.device,
  };
}

export function nativePlatformSupported(): boolean {
  return process.platform === 'linux' && process.arch === 'x64';
}

export function isCurrent(manifest: NativeManifest): boolean {
  return (
    manifest.tensorFlow === tensorFlowVersion &&
    manifest.nodePackage === nodePackageVersion &&
    manifest.build === buildRevision
  );
}

/** Undefined if there is none, or it is not one of ours. */
export function readManifest(folder: string): NativeManifest | undefined {
  try {
    return manifestSchema.parse(JSON.parse(readFileSync(join(folder, manifestName), 'utf8')));
  } catch {
    return undefined;
  }
}

/** The first file that is missing or has another size than it was installed with. */
function findDamage(folder: string, { files }: NativeManifest): string | undefined {
  for (const [name, { bytes }] of Object.entries(files)) {
    const found = statSync(join(folder, name), { throwIfNoEntry: false })?.size;
    if (found === undefined) return `${name} is missing`;
    if (found !== bytes) return `${name} has ${found} bytes instead of ${bytes}`;
  }
  return undefined;
}

export function nodePackageInstalled(): boolean {
  try {
    require.resolve(`${nodePackage}/package.json`);
    return true;
  } catch {
    return false;
  }
}
