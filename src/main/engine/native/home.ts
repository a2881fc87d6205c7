import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

const require = createRequire(import.meta.url);

/** The JavaScript half of the engine; its own addon and its own download are not used. */
export const nodePackage = '@tensorflow/tfjs-node-gpu';
export const nodePackageVersion = '4.22.0';
export const tensorFlowVersion = '2.21.0';

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
}

export interface NativeManifest {
  readonly tensorFlow: string;
  readonly nodePackage: string;
  readonly wheelSha256: string;
}

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
export const addonPath = join('lib', 'napi-v8', 'tfjs_binding.node');
export const librariesPath = join('deps', 'lib');
export const manifestName = 'engine.json';

/** Looks at files alone: nothing is loaded. */
export function nativeStatus(options: NativeHome = {}): NativeStatus {
  const folder = nativeFolder(options);
  const missing = (reason: string): NativeStatus => ({ installed: false, folder, reason });
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return missing(`its libraries are for linux-x64, this is ${process.platform}-${process.arch}`);
  }
  if (!existsSync(join(folder, manifestName)) || !existsSync(join(folder, addonPath))) {
    return missing('not installed; `npm run engine:native` installs it');
  }
  const manifest = readManifest(join(folder, manifestName));
  if (manifest?.tensorFlow !== tensorFlowVersion || manifest.nodePackage !== nodePackageVersion) {
    return missing('of another version; `npm run engine:native` renews it');
  }
  if (!nodePackageInstalled())
    return missing(`the package ${nodePackage} is not installed; \`npm run engine:native\` adds it`);
  return {
    installed: true,
    folder,
    reason: `TensorFlow ${manifest.tensorFlow} is installed`,
    version: manifest.tensorFlow,
  };
}

export function nodePackageInstalled(): boolean {
  try {
    require.resolve(`${nodePackage}/package.json`);
    return true;
  } catch {
    return false;
  }
}

function readManifest(path: string): Partial<NativeManifest> | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Partial<NativeManifest>;
  } catch {
    return undefined;
  }
}
